import type { Statement } from '../../compiler/index.ts';
import type { Engine, QueryResult, Session } from '../../runtime/engine/engine.ts';

export interface Watch {
  /** Before a statement, `begin` and `commit` among them, and those of the engine's own units. */
  readonly before: (sql: string) => void | Promise<void>;
  /** When it was carried out, and nobody knows yet. */
  readonly after?: (sql: string) => void | Promise<void>;
}

type Around = <T>(sql: string, work: () => Promise<T>) => Promise<T>;

/** An engine that tells of each statement that goes to the target, in order. Of what it reads beside the target (files, for another engine) it tells nothing. */
export function watchEngine(engine: Engine, watch: Watch): Engine {
  const around: Around = async (sql, work) => {
    await watch.before(sql);
    const result = await work();
    await watch.after?.(sql);
    return result;
  };
  const transaction = async <T>(work: (session: Session) => Promise<T>): Promise<T> => {
    await watch.before('begin');
    const result = await engine.transaction(async (session) => {
      await watch.after?.('begin');
      const done = await work(watchSession(session, around));
      await watch.before('commit');
      return done;
    });
    await watch.after?.('commit');
    return result;
  };
  return {
    capabilities: engine.capabilities,
    label: engine.label,
    execute: watchSession(engine, around).execute,
    ask: (question) => around(textOf(question), () => engine.ask(question)),
    transaction,
    createRawTables: (session, load) => engine.createRawTables(session, load),
    load: (session, load) => engine.load(session, load),
    publish: (session, views) => engine.publish(session, views),
    findRelation: (name) => around('find relation', () => engine.findRelation(name)),
    readCatalog: (schemas) => around('read catalog', () => engine.readCatalog(schemas)),
    readSize: (name) => around('read size', () => engine.readSize(name)),
    reclaim: () => around('reclaim', () => engine.reclaim()),
    drop: (name, kind) => around(`drop ${kind} ${name.table}`, () => engine.drop(name, kind)),
    named: (name) => watchEngine(engine.named(name), watch),
    endSessions: (runs) => engine.endSessions(runs),
    analyze: (name, session) => around('analyze', () => engine.analyze(name, session)),
    indexLookups: (name, lookups, session) => around('index', () => engine.indexLookups(name, lookups, session)),
    cancel: () => engine.cancel(),
    close: () => engine.close(),
  };
}

function textOf(statement: Statement | string): string {
  return typeof statement === 'string' ? statement : statement.sql;
}

function watchSession(session: Session, around: Around): Session {
  const execute = (statement: Statement | string): Promise<QueryResult> =>
    around(textOf(statement), () => session.execute(statement));
  return standIn(session, execute, around);
}

/** What an engine's session has beside `execute`, for its own loading of rows. */
interface OwnSession extends Session {
  readonly client?: unknown;
  readonly use?: (sql: string, work: () => Promise<unknown>) => Promise<unknown>;
}

/** A session with another `execute`, which its engine takes for its own. */
export function standIn(
  session: OwnSession,
  execute: Session['execute'],
  around: Around = (_, work) => work(),
): Session {
  if (session.use === undefined) return { execute };
  const { client } = session;
  const own: OwnSession = { execute, client, use: (sql, work) => around(sql, () => session.use!(sql, work)) };
  return own;
}

/** Does the statement change anything? */
export function isWrite(sql: string): boolean {
  return !/^\s*(select|begin|commit|rollback|find|read|analyze|index)\b/i.test(sql);
}
