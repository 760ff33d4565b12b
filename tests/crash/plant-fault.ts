import { type Engine, EngineError } from '../../runtime/engine/engine.ts';
import { isWrite, watchEngine } from '../conformance/watch-engine.ts';

/**
 * What happens at a statement: the target refuses it, it is carried out and then an error comes, or it is carried out and the target goes away before it
 * can say so, and stays away. Of a COMMIT the last one is what hurts: the work is there, and the run does not know.
 */
export type Fault = 'refused' | 'failed after' | 'reply lost';

export interface Told {
  readonly sql: string;
  /** Outside a transaction: what it does stands at once. */
  readonly alone: boolean;
}

/** The same engine, and the statements that went to it. */
export function listStatements(engine: Engine): { readonly engine: Engine; readonly statements: readonly Told[] } {
  const statements: Told[] = [];
  let open = 0;
  const before = (sql: string): void => {
    statements.push({ sql, alone: open === 0 && sql !== 'begin' });
    if (sql === 'begin') open += 1;
    if (sql === 'commit') open -= 1;
  };
  return { engine: watchEngine(engine, { before }), statements };
}

/** Something is seen by others from this statement on that was not there before. */
export function isDecisive({ sql, alone }: Told): boolean {
  return sql === 'commit' || (alone && isWrite(sql));
}

export function isPublish({ sql }: Told): boolean {
  return /^create (or replace )?view "(raw|clean|marts)"/.test(sql);
}

/** An engine of which the `at`th statement goes wrong. */
export function plantFault(
  engine: Engine,
  at: number,
  fault: Fault,
): { engine: Engine; struck: () => string | undefined } {
  let count = 0;
  let lost = false;
  let struck: string | undefined;
  const fail = (sql: string, kind: 'sql' | 'unreachable', what: string): never => {
    struck = sql;
    throw new EngineError(kind, what, { final: true });
  };
  let awaited: string | undefined;
  const before = (sql: string): void => {
    count += 1;
    if (lost) throw new EngineError('unreachable', 'the connection was lost', { final: true });
    if (count !== at) return;
    if (fault === 'refused') fail(sql, 'sql', `statement ${at} was refused`);
    awaited = sql;
  };
  // Others may have been asked meanwhile, on other sessions.
  const after = (sql: string): void => {
    if (sql !== awaited) return;
    awaited = undefined;
    lost = fault === 'reply lost';
    if (lost) fail(sql, 'unreachable', `the reply to statement ${at} was lost`);
    fail(sql, 'sql', `statement ${at} failed after it was carried out`);
  };
  return { engine: watchEngine(engine, { before, after }), struck: () => struck };
}
