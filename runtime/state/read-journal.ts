import type { Allowance, TestSeverity, Value } from '../../compiler/index.ts';
import type { RunRecord, TestResult } from './history-types.ts';
import type { Store } from './open-store.ts';
import { defined, statement, toCount, toOptionalText, toText } from './rows.ts';

/** The last runs, the newest first. */
export async function readRuns(store: Store, limit = 100): Promise<readonly RunRecord[]> {
  if (store.schemaVersion === 0) return [];
  const found = await store.session.execute(
    `select id, command, started_at, ended_at, status, built, failed, skipped, tests_failed from etalon_state.runs order by number desc limit ${Math.trunc(limit)}`,
  );
  return found.rows.map((row) =>
    defined({
      id: toText(row[0]),
      command: toText(row[1]),
      startedAt: toText(row[2]),
      endedAt: toOptionalText(row[3]),
      status: toText(row[4]) as RunRecord['status'],
      built: toCount(row[5]),
      failed: toCount(row[6]),
      skipped: toCount(row[7]),
      testsFailed: toCount(row[8]),
    }),
  );
}

/** When the runs began that made what is published, by their ids. */
export async function readRunStarts(store: Store): Promise<ReadonlyMap<string, string>> {
  if (store.schemaVersion === 0) return new Map();
  const found = await store.session.execute(
    'select id, started_at from etalon_state.runs where id in (select run from etalon_state.versions where valid_to is null)',
  );
  return new Map(found.rows.map(([id, at]) => [toText(id), toText(at)]));
}

export interface LastStep {
  readonly model: string;
  readonly run: string;
  readonly status: 'built' | 'failed' | 'skipped' | 'fresh';
  readonly reason: string;
}

/** What last happened to each model that a run did anything about. */
export async function readLastSteps(store: Store): Promise<readonly LastStep[]> {
  if (store.schemaVersion === 0) return [];
  const found = await store.session.execute(
    `select model, run, status, reason from (
       select s.*, row_number() over (partition by model order by run_number desc) as place from etalon_state.steps s
     ) ranked where place = 1 order by model`,
  );
  return found.rows.map((row) => ({
    model: toText(row[0]),
    run: toText(row[1]),
    status: toText(row[2]) as LastStep['status'],
    reason: toText(row[3]),
  }));
}

export type JournalledTest = TestResult & { readonly run: string; readonly at: string };

const shownFailures = 5;

/** The last verdict on each test, with a few of its failing rows. */
export async function readTestResults(store: Store): Promise<readonly JournalledTest[]> {
  if (store.schemaVersion === 0) return [];
  const found = await store.session.execute(
    `select test, model, severity, max_rows, max_share, status, tested, failing, message, seconds, run, recorded_at from (
       select r.*, row_number() over (partition by test order by run_number desc) as place from etalon_state.test_results r
     ) ranked where place = 1 order by test`,
  );
  const samples = await readSamples(store);
  return found.rows.map((row) => toTest(row, samples.get(`${toText(row[10])} ${toText(row[0])}`) ?? []));
}

async function readSamples(store: Store): Promise<ReadonlyMap<string, readonly TestResult['sample'][number][]>> {
  const found = await store.session.execute(
    statement(
      'select run, test, row_keys from etalon_state.failures where number <= $1 order by run, test, number',
      shownFailures,
    ),
  );
  const samples = new Map<string, TestResult['sample'][number][]>();
  for (const [run, test, keys] of found.rows) {
    const name = `${toText(run)} ${toText(test)}`;
    samples.set(name, [...(samples.get(name) ?? []), JSON.parse(toText(keys)) as TestResult['sample'][number]]);
  }
  return samples;
}

function toTest(row: readonly Value[], sample: TestResult['sample']): JournalledTest {
  const max: Allowance = row[3] === null || row[3] === undefined ? { share: Number(row[4]) } : { rows: Number(row[3]) };
  return defined({
    kind: 'test-result' as const,
    test: toText(row[0]),
    model: toOptionalText(row[1]),
    severity: toText(row[2]) as TestSeverity,
    max,
    status: toText(row[5]) as TestResult['status'],
    tested: toCount(row[6]),
    failing: toCount(row[7]),
    sample,
    message: toOptionalText(row[8]),
    seconds: Number(row[9]),
    run: toText(row[10]),
    at: toText(row[11]),
  });
}
