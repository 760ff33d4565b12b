import { type ManifestModel, quoteIdentifier } from '../../compiler/index.ts';
import type { Session } from '../engine/engine.ts';
import type { PlannedTest } from '../schedule/run-plan.ts';
import { type InPlaceTable, namesBeside } from './in-place-table.ts';
import { besideOf, renderIncrement } from './increment-names.ts';
import { type RunContext, resolver } from './run-context.ts';
import { type Counted, testsPerScan } from './test-relation.ts';

/** How the counts over a table differ from those before a build: what came less what went. */
export interface ChangedCounts {
  readonly rows: number;
  /** Of row tests both counts; of others that follow the rows, only how many were tested. */
  readonly tests: ReadonlyMap<PlannedTest, Counted>;
}

/** All of it in one look at the log, or in as many as hundreds of tests take. */
export async function countChanges(
  context: RunContext,
  session: Session,
  model: ManifestModel,
  build: number,
  tests: readonly PlannedTest[],
  table: InPlaceTable,
): Promise<ChangedCounts> {
  const started = performance.now();
  const counted = tests.slice(0, testsPerScan);
  const sums = ['true', ...counted.flatMap(rulesOf)].map(
    (rule) => `coalesce(sum(case when ${rule} then (case when _came then 1 else -1 end) else 0 end), 0)`,
  );
  const changed = changedRows(model, build, table.isRaw ?? false);
  const sql = `select ${sums.map((sum, i) => `${sum} as c${i}`).join(', ')} from ${changed}`;
  const names = namesBeside(model, table.relation, resolver(context));
  const found = await session.execute(renderIncrement(context, sql, names));
  const [rows = 0, ...counts] = (found.rows[0] ?? []).map(Number);
  const seconds = (performance.now() - started) / 1000 / counted.length;
  const more = tests.length > testsPerScan ? tests.slice(testsPerScan) : [];
  const rest = more.length === 0 ? [] : (await countChanges(context, session, model, build, more, table)).tests;
  const own = counted.map(
    (planned, i) => [planned, { tested: counts[i * 2] ?? 0, failing: counts[i * 2 + 1] ?? 0, seconds }] as const,
  );
  return { rows, tests: new Map([...own, ...rest]) };
}

/** Two conditions: which rows are tested, and which of them fail by themselves. */
function rulesOf({ test: { check } }: PlannedTest): readonly [string, string] {
  if (check.mode === 'query') return [`(${check.follows?.tested ?? 'false'})`, 'false'];
  const tested = check.where === undefined ? 'true' : `(${check.where})`;
  return [tested, `${tested} and (${check.fails})`];
}

/** What stands after FROM: the rows of a build, with whether they came. */
function changedRows(model: ManifestModel, build: number, isRaw: boolean): string {
  const log = besideOf(model, 'changes');
  if (!isRaw) return `${log} where _build = ${build}`;
  const columns = model.columns.map(({ name }) => quoteIdentifier(name)).join(', ');
  const gone = `select ${columns}, _came from ${log} where _build = ${build}`;
  const came = `select ${columns}, true as _came from ${besideOf(model, 'rows')} where _batch = ${build}`;
  return `(${gone} union all ${came}) as changed`;
}
