import type { Session } from '../engine/engine.ts';
import { statement, toBuilds, toCount, toText } from './rows.ts';

/** What a test last counted, and over which builds. */
export interface TestCounts {
  readonly checkHash: string;
  readonly inputs: Readonly<Record<string, number>>;
  readonly status: string;
  readonly tested: number;
  readonly failing: number;
}

/** The last counts of each test of a model, by the test's name. */
export async function readTestCounts(session: Session, model: string): Promise<ReadonlyMap<string, TestCounts>> {
  const found = await session.execute(
    statement(
      `select test, check_hash, inputs, status, tested, failing from (
         select r.*, row_number() over (partition by test order by run_number desc) as place
         from etalon_state.test_results r where model = $1
       ) ranked where place = 1`,
      model,
    ),
  );
  return new Map(
    found.rows.map((row) => [
      toText(row[0]),
      {
        checkHash: toText(row[1]),
        inputs: toBuilds(row[2]),
        status: toText(row[3]),
        tested: toCount(row[4]),
        failing: toCount(row[5]),
      },
    ]),
  );
}
