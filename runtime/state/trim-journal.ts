import type { Session } from '../engine/engine.ts';
import { toldBuilds } from './builds.ts';
import { statement, toCount, toText } from './rows.ts';

/** Rows by table. */
export type JournalRows = Readonly<Record<'steps' | 'test_results' | 'failures' | 'errors' | 'build_values', number>>;

export const noJournalRows: JournalRows = { steps: 0, test_results: 0, failures: 0, errors: 0, build_values: 0 };

/** What is older than so much before an instant, both as text: `7 days`. */
export interface Age {
  readonly now: string;
  readonly olderThan: string;
}

const cutoff = 'cast($1 as timestamptz) - cast($2 as interval)';

/** What is old, by table, and not asked for any more: of models the last steps, of tests the last verdicts with their failing rows are kept however old, since planning goes by them. */
const old: Readonly<Record<keyof JournalRows, string>> = {
  failures: `recorded_at < ${cutoff} and (test, run) not in (
    select r.test, r.run from etalon_state.test_results r
    join (select test, max(run_number) as newest from etalon_state.test_results group by test) l on l.test = r.test and l.newest = r.run_number)`,
  steps: `ended_at < ${cutoff}
    and (model, run_number) not in (select model, max(run_number) from etalon_state.steps group by model)
    and (model, run_number) not in (select model, max(run_number) from etalon_state.steps where status in ('built', 'failed', 'fresh') group by model)`,
  test_results: `recorded_at < ${cutoff}
    and (test, run_number) not in (select test, max(run_number) from etalon_state.test_results group by test)`,
  errors: `recorded_at < ${cutoff}`,
  // Of each period under each meaning the last value stays, and what pages tell of the last builds.
  build_values: `build in (select number from etalon_state.builds where built_at < ${cutoff})
    and build <= (select max(number) from etalon_state.builds) - ${toldBuilds}
    and (metric, fingerprint, grain, period, build) not in (
      select metric, fingerprint, grain, period, max(build) from etalon_state.build_values group by metric, fingerprint, grain, period)`,
};

/** Failing rows go by their verdicts, so these go last. */
const tables = ['failures', 'steps', 'test_results', 'errors', 'build_values'] as const;

export function countOldJournal(session: Session, age: Age): Promise<JournalRows> {
  return eachTable(async (table) => {
    const sql = `select count(*) from etalon_state.${table} where ${old[table]}`;
    const found = await session.execute(statement(sql, age.now, age.olderThan));
    return toCount(found.rows[0]?.[0]);
  });
}

/** Returns how many rows went. */
export function trimJournal(session: Session, age: Age): Promise<JournalRows> {
  return eachTable(async (table) => {
    const sql = `delete from etalon_state.${table} where ${old[table]}`;
    return (await session.execute(statement(sql, age.now, age.olderThan))).count;
  });
}

async function eachTable(work: (table: (typeof tables)[number]) => Promise<number>): Promise<JournalRows> {
  const rows = { ...noJournalRows };
  for (const table of tables) rows[table] = await work(table);
  return rows;
}

/** The instant that is so much before now. */
export async function readCutoff(session: Session, age: Age): Promise<string> {
  return toText((await session.execute(statement(`select ${cutoff}`, age.now, age.olderThan))).rows[0]?.[0]);
}
