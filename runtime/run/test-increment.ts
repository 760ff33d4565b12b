import {
  type Change,
  changedPeriods,
  type FollowsRows,
  failuresIn,
  failuresSince,
  type ManifestModel,
  type ManifestTest,
  type NameResolver,
  type QualifiedName,
} from '../../compiler/index.ts';
import type { Session } from '../engine/engine.ts';
import type { PlannedStep, PlannedTest } from '../schedule/run-plan.ts';
import { countChanges } from './count-changes.ts';
import { type InPlaceTable, namesBeside } from './in-place-table.ts';
import { incrementNames, renderIncrement } from './increment-names.ts';
import { findKnownCounts, type KnownCounts } from './known-counts.ts';
import { latestSinceSql, timeColumn } from './latest-time.ts';
import { type RunContext, render, resolver } from './run-context.ts';
import {
  type Counted,
  judge,
  type ScanResult,
  scanRelation,
  type TestOutcome,
  type TestScope,
  testByQuery,
  throughOf,
} from './test-relation.ts';

/**
 * Tests a table that was changed in place, and counts it. What was counted over the version before is carried on by what came and went: the number of rows, and of those that a test
 * looks at; a row rule counts the rows that came and takes off those that went; a query that found nothing is asked of the units that were computed, or of the rows that a change can touch. What
 * cannot be told so is asked of the whole table.
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
  const known = await findKnownCounts(context, session, model, step, table.current);
  const counting = [...known].flatMap(([planned, { changes }]) => (followsRows(planned, changes) ? [planned] : []));
  const changed = await countChanges(context, session, model, step.build, counting, table);
  const outcomes = new Map<PlannedTest, TestOutcome>();
  for (const [planned, before] of known) {
    const counted = await countSince(context, session, model, planned, before, changed.tests.get(planned), table);
    if (counted !== undefined) outcomes.set(planned, await judge(context, session, planned, scope, counted));
  }
  const whole = step.tests.filter((planned) => !outcomes.has(planned));
  const rowTests = whole.filter(({ test }) => test.check.mode === 'row');
  const carried =
    rowTests.length === 0 ? await carryOn(context, session, model, table, changed.rows, names) : undefined;
  const scan = carried ?? (await scanRelation(context, session, model, rowTests, scope));
  const queries: TestOutcome[] = [];
  for (const planned of whole) {
    if (planned.test.check.mode === 'query') queries.push(await testByQuery(context, session, planned, scope));
  }
  return { ...scan, outcomes: [...outcomes.values(), ...scan.outcomes, ...queries] };
}

/** A row rule says nothing of other models; a query that follows the rows may, and then how many it tests goes on only by the rows of its own. */
function followsRows({ test: { check } }: PlannedTest, changes: readonly Change[]): boolean {
  return check.mode === 'row' ? changes.length === 0 : check.follows !== undefined;
}

/** The counts over the table as it is now; undefined where they cannot be told without all of it. */
async function countSince(
  context: RunContext,
  session: Session,
  model: ManifestModel,
  planned: PlannedTest,
  before: KnownCounts,
  change: Counted | undefined,
  table: InPlaceTable,
): Promise<Counted | undefined> {
  const { check } = planned.test;
  if (check.mode === 'row') {
    if (change === undefined) return undefined;
    const { tested, failing, seconds } = change;
    return { tested: before.tested + tested, failing: before.failing + failing, seconds };
  }
  if (before.failing > 0) return undefined;
  const started = performance.now();
  const failing = await countFailing(context, session, model, planned, before.changes, table);
  if (failing === undefined) return undefined;
  const tested =
    change === undefined
      ? await countOne(session, render(context, check.tested, resolver(context, { [model.name]: table.relation })))
      : before.tested + change.tested;
  return { tested, failing, seconds: (performance.now() - started) / 1000 };
}

/** Failing rows of a query that found none before. */
async function countFailing(
  context: RunContext,
  session: Session,
  model: ManifestModel,
  { test }: PlannedTest,
  changes: readonly Change[],
  table: InPlaceTable,
): Promise<number | undefined> {
  const { check } = test;
  if (check.mode !== 'query') return undefined;
  const follows = changes.length === 0 ? check.follows : undefined;
  if (follows !== undefined && table.computed?.units === 0) return 0;
  const own: Change = { model: model.name, seen: table.current.build, raw: table.isRaw ?? false };
  const standing = namesSince(context, model, table);
  const failures =
    (await failuresByPeriod(context, session, test, [own, ...changes], standing)) ??
    failuresSince(context.manifest, test, [own, ...changes]);
  if (failures === undefined) return undefined;
  const within = follows && rowsThatTell(follows, table);
  const names: NameResolver = (name) => (within !== undefined && name === model.name ? within : standing(name));
  return countOne(session, renderIncrement(context, `select count(*) from (${failures}) as failing`, names));
}

/** The failing rows of the periods that the changes touch, which are looked up first: named, they let an engine skip what lies elsewhere. */
async function failuresByPeriod(
  context: RunContext,
  session: Session,
  test: ManifestTest,
  changes: readonly Change[],
  names: NameResolver,
): Promise<string | undefined> {
  const touched = changedPeriods(context.manifest, test, changes);
  if (touched === undefined) return undefined;
  const sql = `select cast(period as text) as name from (${touched}) as t order by 1`;
  const { rows } = await session.execute(renderIncrement(context, sql, names));
  return failuresIn(
    context.manifest,
    test,
    rows.map(([name]) => String(name)),
  );
}

/** Where the rows computed tell whether one of them fails, the others of the table need not be looked at. */
function rowsThatTell({ among }: FollowsRows, { computed }: InPlaceTable): QualifiedName | undefined {
  if (computed === undefined) return undefined;
  return among === undefined || computed.by.every((column) => among.includes(column)) ? computed.rows : undefined;
}

/** Names of the table and of the others that a test reads, and of the logs beside them. */
function namesSince(context: RunContext, model: ManifestModel, { relation }: InPlaceTable): NameResolver {
  return namesBeside(model, relation, incrementNames(context, model, relation));
}

async function countOne(session: Session, sql: string): Promise<number> {
  return Number((await session.execute(sql)).rows[0]?.[0] ?? 0);
}

/** How many rows there are and how fresh, from what was known of the version before; undefined where that does not tell. */
async function carryOn(
  context: RunContext,
  session: Session,
  model: ManifestModel,
  { current, completeThrough, computed }: InPlaceTable,
  more: number,
  names: NameResolver,
): Promise<ScanResult | undefined> {
  if (current.rows === undefined) return undefined;
  const known = { rows: current.rows + more, outcomes: [] };
  const time = timeColumn(model);
  if (time === undefined) return known;
  const { freshThrough: from } = current;
  if (from === undefined) return undefined;
  if (computed?.units === 0 && completeThrough === current.completeThrough) return { ...known, freshThrough: from };
  const span = { from, ...throughOf(completeThrough) };
  const found = await session.execute(render(context, latestSinceSql(model, time, span), names));
  const latest = found.rows[0]?.[0] ?? null;
  // The row that was the latest has gone.
  return latest === null ? undefined : { ...known, freshThrough: String(latest) };
}
