import type { Statement } from '../../compiler/index.ts';
import type { Engine, QueryResult, Session } from '../../runtime/engine/engine.ts';

export interface Watch {
  /** Before a statement, or one of the engine's own units: `load`, `publish`, `create raw tables`, `begin`, `commit`. */
  readonly before: (sql: string) => void | Promise<void>;
  readonly after?: (sql: string) => void | Promise<void>;
}

/** An engine that tells of each thing it is asked to do, in order. */
export function watchEngine(engine: Engine, watch: Watch): Engine {
  const around = async <T>(sql: string, work: () => Promise<T>): Promise<T> => {
    await watch.before(sql);
    const result = await work();
    await watch.after?.(sql);
    return result;
  };
  const execute =
    (session: Session) =>
    (statement: Statement | string): Promise<QueryResult> =>
      around(typeof statement === 'string' ? statement : statement.sql, () => session.execute(statement));
  return {
    capabilities: engine.capabilities,
    label: engine.label,
    execute: execute(engine),
    transaction: (work) =>
      around('transaction', () =>
        engine.transaction(async (session) => {
          const inner: Session = { execute: execute(session) };
          real.set(inner, session);
          return work(inner);
        }),
      ),
    createRawTables: (session, load) =>
      around('create raw tables', () => engine.createRawTables(real.get(session) ?? session, load)),
    load: (session, load) => around('load', () => engine.load(real.get(session) ?? session, load)),
    publish: (session, views) => around('publish', () => engine.publish(real.get(session) ?? session, views)),
    findRelation: (name) => engine.findRelation(name),
    readCatalog: (schemas) => engine.readCatalog(schemas),
    readSize: (name) => engine.readSize(name),
    reclaim: () => around('reclaim', () => engine.reclaim()),
    analyze: (name) => around('analyze', () => engine.analyze(name)),
    cancel: () => engine.cancel(),
    close: () => engine.close(),
  };
}

/** The engine's session behind the one handed out: its own units want that one. */
const real = new WeakMap<Session, Session>();

/** Does the statement change anything? */
export function isWrite(sql: string): boolean {
  return !/^\s*(select|begin|commit|rollback)\b/i.test(sql);
}
