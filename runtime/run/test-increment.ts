import {
  failuresSince,
  type ManifestModel,
  type NameResolver,
  type QualifiedName,
  quoteIdentifier,
} from '../../compiler/index.ts';
import type { Session } from '../engine/engine.ts';
import type { PlannedStep, PlannedTest } from '../schedule/run-plan.ts';
import { sameBuilds, testInputs } from '../schedule/test-marks.ts';
import { readTestCounts, type TestCounts } from '../state/read-test-counts.ts';
import type { VersionRecord } from '../state/records.ts';
import { besideOf, renderIncrement } from './increment-names.ts';
import { type RunContext, resolver } from './run-context.ts';
import { changesName } from './target-names.ts';
import {
  type Counted,
  judge,
  type ScanResult,
  type TestOutcome,
  type TestScope,
  testRelation,
  testsPerScan,
} from './test-relation.ts';

export interface InPlaceTable {
  readonly relation: QualifiedName;
  /** The version that the rows were changed from. */
  readonly current: VersionRecord;
  readonly completeThrough: string | undefined;
  /** A source of files: the rows that came are in the table itself, by their batch. */
  readonly isRaw?: boolean;
}

/**
 * Tests a table that was changed in place. A test of which the counts over the version before are known looks at what changed only: a row rule counts the rows that came and takes off
 * those that went; a query that found nothing is asked about the rows that a change can touch. What cannot be told so is tested whole.
 */
export async function testIncrement(
  context: RunContext,
  session: Session,
  model: ManifestModel,
  step: PlannedStep,
  table: InPlaceTable,
): Promise<ScanResult> {
  const names = resolver(context, { [model.name]: table.relation });
  const scope: TestScope = { names, completeThrough: table.completeThrough };
  const marks = await readTestCounts(session, model.name);
  const known = new Map<PlannedTest, TestCounts>();
  for (const planned of step.tests) {
    const mark = marks.get(planned.test.name);
    if (mark !== undefined && holdsFor(context, planned, mark, table.current)) known.set(planned, mark);
  }
  const outcomes = new Map<PlannedTest, TestOutcome>();
  const rowTests = step.tests.filter((planned) => known.has(planned) && planned.test.check.mode === 'row');
  const counted = await countChanges(context, session, model, step, rowTests, table);
  for (const [planned, change] of counted) {
    const mark = known.get(planned)!;
    const total = {
      tested: mark.tested + change.tested,
      failing: mark.failing + change.failing,
      seconds: change.seconds,
    };
    outcomes.set(planned, await judge(context, session, planned, scope, total));
  }
  for (const [planned, mark] of known) {
    if (planned.test.check.mode !== 'query' || mark.failing > 0) continue;
    const found = await askSince(context, session, model, planned, table, names);
    if (found !== undefined) outcomes.set(planned, await judge(context, session, planned, scope, found));
  }
  const whole = step.tests.filter((planned) => !outcomes.has(planned));
  const scan = await testRelation(context, session, model, whole, names, table.completeThrough);
  return { ...scan, outcomes: [...outcomes.values(), ...scan.outcomes] };
}

/** Were the counts taken of the version before, with the same rule, over the same other models? */
function holdsFor(
  context: RunContext,
  { test, checkHash }: PlannedTest,
  mark: TestCounts,
  current: VersionRecord,
): boolean {
  const builds = new Map([...context.published].map(([name, version]) => [name, version.build]));
  builds.set(current.model, current.build);
  return mark.checkHash === checkHash && mark.status !== 'error' && sameBuilds(mark.inputs, testInputs(test, builds));
}

/** What the rows that came add to the counts of row rules, less those that went: all of them in one look at the log. */
async function countChanges(
  context: RunContext,
  session: Session,
  model: ManifestModel,
  step: PlannedStep,
  tests: readonly PlannedTest[],
  table: InPlaceTable,
): Promise<ReadonlyMap<PlannedTest, Counted>> {
  if (tests.length === 0) return new Map();
  if (tests.length > testsPerScan) {
    const first = await countChanges(context, session, model, step, tests.slice(0, testsPerScan), table);
    return new Map([
      ...first,
      ...(await countChanges(context, session, model, step, tests.slice(testsPerScan), table)),
    ]);
  }
  const started = performance.now();
  const sums = tests.flatMap(({ test }) => {
    if (test.check.mode !== 'row') return [];
    const tested = test.check.where === undefined ? 'true' : `(${test.check.where})`;
    return [tested, `${tested} and (${test.check.fails})`].map(
      (rule) => `coalesce(sum(case when ${rule} then (case when _came then 1 else -1 end) else 0 end), 0)`,
    );
  });
  const changed = changedRows(model, step.build, table.isRaw ?? false);
  const sql = `select ${sums.map((sum, i) => `${sum} as c${i}`).join(', ')} from ${changed}`;
  const found = await session.execute(renderChanges(context, sql, model, table.relation, resolver(context)));
  const counts = (found.rows[0] ?? []).map(Number);
  const seconds = (performance.now() - started) / 1000 / tests.length;
  return new Map(
    tests.map((planned, i) => [planned, { tested: counts[i * 2] ?? 0, failing: counts[i * 2 + 1] ?? 0, seconds }]),
  );
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

async function askSince(
  context: RunContext,
  session: Session,
  model: ManifestModel,
  { test }: PlannedTest,
  table: InPlaceTable,
  names: NameResolver,
): Promise<Counted | undefined> {
  const change = { model: model.name, seen: table.current.build, raw: table.isRaw ?? false };
  const failures = failuresSince(context.manifest, test, [change]);
  if (failures === undefined || test.check.mode !== 'query') return undefined;
  const started = performance.now();
  const sql = `select (select count(*) from (${failures}) as failing), (${test.check.tested})`;
  const found = await session.execute(renderChanges(context, sql, model, table.relation, names));
  const [failing, tested] = (found.rows[0] ?? []).map(Number);
  return { tested: tested ?? 0, failing: failing ?? 0, seconds: (performance.now() - started) / 1000 };
}

/** Names of a table that was changed in place, and of what lies beside it. */
function renderChanges(
  context: RunContext,
  sql: string,
  model: ManifestModel,
  relation: QualifiedName,
  names: NameResolver,
): string {
  const own: Readonly<Record<string, QualifiedName>> = {
    [model.name]: relation,
    [plainName(model, 'rows')]: relation,
    [plainName(model, 'changes')]: changesName(relation),
  };
  return renderIncrement(context, sql, (name) => own[name] ?? names(name));
}

/** As a resolver is asked for it: without quotes. */
function plainName(model: ManifestModel, what: 'changes' | 'rows'): string {
  return model.name.replace('.', `__${what}.`);
}
