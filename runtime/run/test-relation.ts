import {
  type ManifestModel,
  type ManifestTest,
  type NameResolver,
  personalOutputs,
  quoteIdentifier,
  type TestCheck,
  type Value,
} from '../../compiler/index.ts';
import { EngineError, type Session } from '../engine/engine.ts';
import type { PlannedTest } from '../schedule/run-plan.ts';
import type { TestResult } from '../state/history-types.ts';
import { describeFailure } from './describe-failure.ts';
import { latestSql, timeColumn } from './latest-time.ts';
import { type RunContext, render, StepError } from './run-context.ts';

/** A verdict, and what is kept of the failing rows: keys, with tagged columns masked. */
export interface TestOutcome {
  readonly planned: PlannedTest;
  readonly result: TestResult;
  readonly kept: readonly Readonly<Record<string, Value>>[];
}

/** What one scan over a relation tells. */
export interface ScanResult {
  readonly rows: number;
  readonly freshThrough?: string;
  readonly outcomes: readonly TestOutcome[];
}

/** What the SQL of a test reads: relations by their logical names, and where their data is complete. */
export interface TestScope {
  readonly names: NameResolver;
  readonly completeThrough: string | undefined;
  /** Asked in place of the test's own check: it finds the same rows, in the same columns. */
  readonly check?: TestCheck;
}

const keptFailures = 100;
const shownFailures = 5;
/** Two columns of a result each; PostgreSQL has at most 1664. */
export const testsPerScan = 400;

/**
 * Counts a relation's rows, finds its largest business time and runs its tests: all row tests in that same scan (of hundreds, in as many scans as it takes), each other test in one query more.
 * `session` may be a transaction's, so that the tests see what is not committed yet.
 */
export async function testRelation(
  context: RunContext,
  session: Session,
  model: ManifestModel,
  tests: readonly PlannedTest[],
  names: NameResolver,
  completeThrough: string | undefined,
): Promise<ScanResult> {
  const scope: TestScope = { names, completeThrough };
  const rowTests = tests.filter(({ test }) => test.check.mode === 'row');
  const scan = await scanRelation(context, session, model, rowTests, scope);
  const outcomes = [...scan.outcomes];
  for (const planned of tests) {
    if (planned.test.check.mode === 'query') outcomes.push(await testByQuery(context, session, planned, scope));
  }
  return { ...scan, outcomes };
}

/** Row tests in the scan that counts the rows; of hundreds, in as many scans as it takes. */
export async function scanRelation(
  context: RunContext,
  session: Session,
  model: ManifestModel,
  rowTests: readonly PlannedTest[],
  scope: TestScope,
): Promise<ScanResult> {
  const scan = await scanRows(context, session, model, rowTests.slice(0, testsPerScan), scope);
  const outcomes = [...scan.outcomes];
  for (let at = testsPerScan; at < rowTests.length; at += testsPerScan) {
    const more = await scanRows(context, session, model, rowTests.slice(at, at + testsPerScan), scope);
    outcomes.push(...more.outcomes);
  }
  return { ...scan, outcomes };
}

async function scanRows(
  context: RunContext,
  session: Session,
  model: ManifestModel,
  rowTests: readonly PlannedTest[],
  scope: TestScope,
): Promise<ScanResult> {
  const started = performance.now();
  const scan = render(context, scanSql(model, rowTests, scope.completeThrough), scope.names, scope.completeThrough);
  const counts = (await session.execute(scan)).rows[0] ?? [];
  const seconds = (performance.now() - started) / 1000 / rowTests.length;
  const outcomes: TestOutcome[] = [];
  for (const [index, planned] of rowTests.entries()) {
    const tested = Number(counts[2 + index * 2]);
    const failing = Number(counts[3 + index * 2]);
    outcomes.push(await judge(context, session, planned, scope, { tested, failing, seconds }));
  }
  const fresh = counts[1] ?? null;
  return { rows: Number(counts[0]), ...(fresh === null ? {} : { freshThrough: String(fresh) }), outcomes };
}

/** Canonical SQL of one row: the count of rows, the largest business time, and two counts for each row test. */
export function scanSql(
  model: ManifestModel,
  rowTests: readonly PlannedTest[],
  completeThrough: string | undefined,
): string {
  const counts = rowTests.flatMap(({ test }) => {
    if (test.check.mode !== 'row') return [];
    const tested = test.check.where === undefined ? '' : ` filter (where (${test.check.where}))`;
    const limits = test.check.where === undefined ? '' : `(${test.check.where}) and `;
    return [`count(*)${tested}`, `count(*) filter (where ${limits}(${test.check.fails}))`];
  });
  const columns = ['count(*)', latestSql(timeColumn(model), throughOf(completeThrough)), ...counts];
  const named = columns.map((column, index) => `${column} as c${index}`);
  return `select ${named.join(', ')} from ${model.name}`;
}

/** Rows dated beyond what can have arrived do not count. */
export function throughOf(completeThrough: string | undefined): { readonly through?: string } {
  return completeThrough === undefined ? {} : { through: completeThrough };
}

export async function testByQuery(
  context: RunContext,
  session: Session,
  planned: PlannedTest,
  scope: TestScope,
): Promise<TestOutcome> {
  const { check = planned.test.check } = scope;
  if (check.mode !== 'query') throw new Error('a row test has no query of its own');
  const started = performance.now();
  const secondsSince = () => (performance.now() - started) / 1000;
  const sql = check.counted ?? `select (select count(*) from (${check.failures}) as failing), (${check.tested})`;
  try {
    const found = await session.execute(render(context, sql, scope.names, scope.completeThrough));
    const [failing, tested] = found.rows[0] ?? [];
    const counted = { tested: Number(tested ?? 0), failing: Number(failing ?? 0), seconds: secondsSince() };
    return await judge(context, session, planned, scope, counted);
  } catch (error) {
    if (!isOfTheTest(error)) throw error;
    return {
      planned,
      result: verdict(planned.test, 'error', { tested: 0, failing: 0, seconds: secondsSince() }, error.message),
      kept: [],
    };
  }
}

/** Is it the test's own fault that it cannot run? */
export function isOfTheTest(error: unknown): error is EngineError | StepError {
  return (
    error instanceof StepError || (error instanceof EngineError && (error.kind === 'sql' || error.kind === 'data'))
  );
}

export interface Counted {
  readonly tested: number;
  readonly failing: number;
  readonly seconds: number;
}

/** The verdict on counts; keeps some of the failing rows, where there are any. */
export async function judge(
  context: RunContext,
  session: Session,
  planned: PlannedTest,
  scope: TestScope,
  counted: Counted,
): Promise<TestOutcome> {
  const { test } = planned;
  const borne = 'rows' in test.max ? test.max.rows : test.max.share * counted.tested;
  const kept = counted.failing === 0 ? [] : await keepFailures(context, session, test, scope);
  if (counted.failing <= borne) return { planned, result: verdict(test, 'passed', counted, undefined, kept), kept };
  const message = describeFailure(test, counted);
  return {
    planned,
    result: verdict(test, test.severity === 'warn' ? 'warned' : 'failed', counted, message, kept),
    kept,
  };
}

export function verdict(
  test: ManifestTest,
  status: TestResult['status'],
  counted: Counted,
  message?: string,
  kept: readonly Readonly<Record<string, Value>>[] = [],
): TestResult {
  return {
    kind: 'test-result',
    test: test.name,
    ...(test.model === undefined ? {} : { model: test.model }),
    severity: test.severity,
    max: test.max,
    status,
    tested: counted.tested,
    failing: counted.failing,
    sample: kept.slice(0, shownFailures),
    ...(message === undefined ? {} : { message }),
    seconds: counted.seconds,
  };
}

/** Does the verdict hold back a publish? */
export function stops(result: TestResult): boolean {
  return result.severity === 'error' && (result.status === 'failed' || result.status === 'error');
}

async function keepFailures(
  context: RunContext,
  session: Session,
  test: ManifestTest,
  { names, completeThrough, check = test.check }: TestScope,
): Promise<readonly Readonly<Record<string, Value>>[]> {
  const found = await session.execute(render(context, failuresSql(context, test, check), names, completeThrough));
  const isPersonal = personalOutputs(context.manifest, test);
  return found.rows.map((row) =>
    Object.fromEntries(
      found.columns.map(({ name }, index) => [name, isPersonal(name) ? mask(row[index]) : (row[index] ?? null)]),
    ),
  );
}

function failuresSql(context: RunContext, test: ManifestTest, check: TestCheck): string {
  if (check.mode === 'query') return `select * from (${check.failures}) as failing limit ${keptFailures}`;
  const model = context.models.get(test.model!)!;
  const keys = model.key.length > 0 ? model.key : model.columns.map((column) => column.name);
  const shown = [...new Set([...keys, ...(test.column === undefined ? [] : [test.column]), ...(check.shows ?? [])])];
  const limits = check.where === undefined ? '' : `(${check.where}) and `;
  const order = model.key.length > 0 ? ` order by ${model.key.map(quoteIdentifier).join(', ')}` : '';
  return `select ${shown.map(quoteIdentifier).join(', ')} from ${model.name} where ${limits}(${check.fails})${order} limit ${keptFailures}`;
}

function mask(value: Value | undefined): Value {
  return value === null || value === undefined ? null : '***';
}
