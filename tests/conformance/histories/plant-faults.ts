import type { Statement } from '../../../compiler/index.ts';
import type { Engine, QueryResult, Session } from '../../../runtime/engine/engine.ts';
import { standIn } from '../watch-engine.ts';
import type { Plant } from './live-history.ts';

/*
 * The mistakes that others make, put between a run and its target. No switch in the engine: each changes what the engine asks for.
 */

/** Which periods are new is asked of the newest business time that is there: what comes for an older one is never seen. */
export const watermarkOnEventTime: Plant = (engine) => onlyPeriodsSince(engine, 0);

/** The last three days are computed again, whatever comes. */
export const fixedLookback: Plant = (engine) => onlyPeriodsSince(engine, 3);

/** Tables that are kept of metrics go on with what is new: a late row never comes into those that are called so. */
export function keptWithoutLate(of: RegExp): Plant {
  return (engine) => onlyPeriodsSince(engine, 0, of);
}

/** The units that a change touches are written to a table beside the model's; those of older periods are taken out of it. */
function onlyPeriodsSince(engine: Engine, days: number, of = /./): Engine {
  return {
    ...bound(engine),
    async execute(statement) {
      const result = await engine.execute(statement);
      const sql = typeof statement === 'string' ? statement : statement.sql;
      const [, table, units] = /^create table ("etalon_tables"\."\w+?)(__units_\d+") as/.exec(sql) ?? [];
      if (table === undefined || !of.test(table)) return result;
      const time = await findTime(engine, table);
      const period = await findPeriod(engine, `${table}${units}`, time);
      if (period === undefined) return result;
      const newest = `select max(cast("${time}" as date)) - ${days} from ${table}"`;
      await engine.execute(`delete from ${table}${units} where cast("${period}" as date) < (${newest})`);
      return result;
    },
  };
}

async function columnsOf(engine: Engine, relation: string): Promise<readonly string[]> {
  const table = relation.replaceAll('"', '').split('.')[1] ?? '';
  return (await engine.findRelation({ schema: 'etalon_tables', table }))?.columns.map(({ name }) => name) ?? [];
}

async function findTime(engine: Engine, table: string): Promise<string | undefined> {
  const columns = await columnsOf(engine, `${table}"`);
  return ['at', 'hour', 'day', 'week', 'month', 'quarter', 'year'].find((name) => columns.includes(name));
}

/** What tells how old a unit is: it is a period, or a group with the time that the model has. */
async function findPeriod(engine: Engine, units: string, time: string | undefined): Promise<string | undefined> {
  const columns = await columnsOf(engine, units);
  return ['period', time].find((name) => time !== undefined && name !== undefined && columns.includes(name));
}

/** What a run remembers is committed first, in a transaction of its own, and the data after it. */
export const stateBeforeData: Plant = (engine) => ({
  ...bound(engine),
  transaction: (work) =>
    engine.transaction(async (session) => {
      const marks: (Statement | string)[] = [];
      const done = await work(withholdMarks(session, marks));
      if (marks.length > 0) {
        await engine.transaction(async (other) => {
          for (const mark of marks) await other.execute(mark);
        });
      }
      return done;
    }),
});

const isMark = /^\s*(insert into|update) etalon_state\.(versions|steps|test_results|cursors|loaded_files|failures)\b/;

/** Takes the marks out of a transaction that writes data too: its first statement looks at the claim. */
function withholdMarks(session: Session, marks: (Statement | string)[]): Session {
  const nothing: QueryResult = { columns: [], rows: [], count: 1 };
  return standIn(session, async (statement) => {
    if (!isMark.test(typeof statement === 'string' ? statement : statement.sql)) return session.execute(statement);
    marks.push(statement);
    return nothing;
  });
}

/** Methods of an engine that is a class, as those of a plain object. */
function bound(engine: Engine): Engine {
  return {
    capabilities: engine.capabilities,
    label: engine.label,
    execute: (statement) => engine.execute(statement),
    ask: (question) => engine.ask(question),
    transaction: (work) => engine.transaction(work),
    createRawTables: (session, load) => engine.createRawTables(session, load),
    load: (session, load) => engine.load(session, load),
    publish: (session, views) => engine.publish(session, views),
    findRelation: (name) => engine.findRelation(name),
    readCatalog: (schemas) => engine.readCatalog(schemas),
    readSize: (name) => engine.readSize(name),
    reclaim: () => engine.reclaim(),
    drop: (name, kind) => engine.drop(name, kind),
    // What is planted stays in the sessions of a run, too.
    named(this: Engine) {
      return this;
    },
    endSessions: (runs) => engine.endSessions(runs),
    analyze: (name, session) => engine.analyze(name, session),
    indexLookups: (name, lookups, session) => engine.indexLookups(name, lookups, session),
    cancel: () => engine.cancel(),
    close: () => engine.close(),
  };
}
