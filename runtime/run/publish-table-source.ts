import {
  type DialectName,
  type ManifestModel,
  type QualifiedName,
  qualify,
  quoteIdentifier,
  tellsArrival,
} from '../../compiler/index.ts';
import type { Session } from '../engine/engine.ts';
import { isSettled } from '../schedule/plan-source.ts';
import type { PlannedStep } from '../schedule/run-plan.ts';
import type { TableShape } from '../schedule/target-state.ts';
import { recordCursor } from '../state/record.ts';
import { createLog } from './apply-rows.ts';
import { hashSql } from './build-model.ts';
import { type ArrivedRows, countArrived, stepCounts } from './count-arrivals.ts';
import { countEvents } from './count-events.ts';
import { recordHistory, refuseLostRows } from './guard-history.ts';
import { earlierInstant } from './instants.ts';
import { tellDrift } from './keep-drift.ts';
import { recordPublished } from './publish-version.ts';
import { type RunContext, render, resolver, StepError, stepSession, writeState } from './run-context.ts';
import { castColumn, countArrivals, findSourceTable, movedSql, nullColumn, unsettledSql } from './source-table.ts';
import type { StepOutcome } from './step-outcome.ts';
import { judgeTable, keepTable } from './table-columns.ts';
import { changesName, inTables, physicalName, publishedName } from './target-names.ts';
import { stops, testRelation } from './test-relation.ts';
import { versionOf } from './version-of.ts';

/** A source that is a table in the target: a view of its declared columns in their declared types. A new version each time its rows moved; the view itself is made once. */
export async function publishTableSource(
  context: RunContext,
  model: ManifestModel,
  step: PlannedStep,
  seconds: () => number,
): Promise<StepOutcome> {
  const current = context.published.get(model.name);
  const table = await findSourceTable(context.engine, model);
  const judged = await judgeTable(context, model, table);
  if (judged.isReshaped && step.appended) throw new StepError('its columns changed while it was read: run again');
  const isKnown = step.appended === true || (step.table !== undefined && 'unknown' in step.table);
  const standing =
    !judged.isReshaped && isKnown && current?.fingerprint === model.fingerprint && step.reason !== 'its table is gone';
  const relation = standing ? inTables(current.relation) : physicalName(model, step.build);
  const select = castSelect(context, model, table, judged.absent);
  if (!standing) await createView(context, model, step, table, relation, select);
  const names = resolver(context, { [model.name]: relation });
  const watermark = readWatermark(context, step);
  const scan = await testRelation(context, stepSession(context), model, step.tests, names, watermark);
  if (scan.outcomes.some(({ result }) => stops(result))) {
    return { status: 'failed', tests: scan.outcomes, rows: scan.rows };
  }
  const version = versionOf(context, model, step, { relation, kind: 'view', scan, completeThrough: watermark });
  const done = await writeState(context, async (session) => {
    if (!standing) {
      const view = publishedName(context.manifest, context.target, model.name);
      await context.engine.publish(session, [{ view, over: relation, columns: model.columns.map(({ name }) => name) }]);
    }
    await moveCursor(context, session, model, step, { table, relation, standing });
    await recordHistory(context, session, model, step, { relation, rows: scan.rows });
    // What arrived is in the log more than once where it arrived about the watermark: good for finding what it touches, not for counting.
    await countEvents(context, session, model, { relation, build: step.build, before: undefined });
    const arrived = arrivedRows(context, model, step, { relation, standing, completeThrough: watermark });
    const arrivals = await countArrived(context, session, model, step.build, arrived);
    await recordPublished(context, session, step, version, scan.outcomes, {
      seconds: seconds(),
      sqlHash: hashSql(select),
      ...stepCounts(arrivals),
    });
    return { arrivals, told: await keepTable(context, session, model, judged, shapeOf(step)) };
  });
  context.published.set(model.name, version);
  tellDrift(context, model, done.told);
  return { status: 'built', tests: scan.outcomes, rows: scan.rows, arrivals: done.arrivals, published: true };
}

/** Its rows are as they were; columns that nobody declared came or went. */
export async function rememberColumns(context: RunContext, model: ManifestModel, step: PlannedStep): Promise<void> {
  const judged = await judgeTable(context, model, await findSourceTable(context.engine, model));
  const told = await writeState(context, (session) => keepTable(context, session, model, judged, shapeOf(step)));
  tellDrift(context, model, told);
}

function shapeOf({ table }: PlannedStep): TableShape | undefined {
  return table !== undefined && 'rows' in table ? table.shape : undefined;
}

/** The rows that came since the table was last read, by its log where that tells them; else all that there are. */
function arrivedRows(
  context: RunContext,
  model: ManifestModel,
  { appended, build }: PlannedStep,
  {
    relation,
    standing,
    completeThrough,
  }: { readonly relation: QualifiedName; readonly standing: boolean; readonly completeThrough: string },
): ArrivedRows {
  const before = context.cursors.get(model.name)?.watermark;
  if (!standing || !appended || before === undefined || !tellsArrival(model))
    return { relation, isMore: false, completeThrough };
  return { relation: changesName(relation), where: `_came and _build = ${build}`, isMore: true, completeThrough };
}

/**
 * Remembers how far the table has been read. What came or went since is written into the log of changes, for models that follow the source; the rows that may still move are kept there as they
 * are now. All of it is one look at one state of the table: what commits after it is found by the next run.
 */
async function moveCursor(
  context: RunContext,
  session: Session,
  model: ManifestModel,
  step: PlannedStep,
  source: { readonly table: QualifiedName; readonly relation: QualifiedName; readonly standing: boolean },
): Promise<void> {
  if (step.table === undefined || !('rows' in step.table)) return;
  const { rows, watermark } = step.table;
  const cursor = { model: model.name, build: step.build, ...(watermark === undefined ? {} : { watermark }) };
  if (!tellsArrival(model) || watermark === undefined) {
    await recordCursor(session, context.run, { ...cursor, rows }, context.startedAt);
    return;
  }
  const { table, relation, standing } = source;
  const before = standing ? context.cursors.get(model.name) : undefined;
  const counted = await countArrivals(session, context.engine, model, table, watermark, before?.watermark);
  await createLog(session, model, relation);
  await logArrivals(context, session, model, step.build, relation, before?.watermark, watermark);
  // Rows that were settled when the run was planned and are not any more: without counts, the next run builds the readers whole.
  const moved = before?.counts && !isSettled(before.counts, counted.since);
  const { counts } = counted;
  await recordCursor(
    session,
    context.run,
    { ...cursor, rows: counted.rows, ...(moved ? {} : { counts }) },
    context.startedAt,
  );
}

async function logArrivals(
  context: RunContext,
  session: Session,
  model: ManifestModel,
  build: number,
  relation: QualifiedName,
  before: string | undefined,
  watermark: string,
): Promise<void> {
  const { dialect } = context.engine.capabilities;
  const columns = model.columns.map(({ name }) => quoteIdentifier(name)).join(', ');
  const log = qualify(changesName(relation));
  const into = `insert into ${log} (${columns}, _build, _came)`;
  if (before !== undefined) {
    const moved = movedSql(model, relation, before, dialect);
    await session.execute(`${into} select ${columns}, cast(${build} as bigint), _came from (${moved}) as m`);
  }
  await session.execute(`delete from ${log} where _build is null`);
  await session.execute(keepUnsettledSql(model, relation, watermark, dialect));
}

/** Writes the rows that may still move into the log of a source table, as they are now. */
export function keepUnsettledSql(
  model: ManifestModel,
  relation: QualifiedName,
  watermark: string,
  dialect: DialectName,
): string {
  const columns = model.columns.map(({ name }) => quoteIdentifier(name)).join(', ');
  const unsettled = unsettledSql(model, relation, watermark, dialect);
  return `insert into ${qualify(changesName(relation))} (${columns}, _build, _came) select ${columns}, null, true from (${unsettled}) as u`;
}

/** The last arrival, but never later than the run: a row stamped in the future moves nothing. Without an arrival column, the run itself. */
function readWatermark(context: RunContext, step: PlannedStep): string {
  const mark = step.table !== undefined && 'rows' in step.table ? step.table.watermark : undefined;
  return mark === undefined ? context.startedAt : earlierInstant(mark, context.startedAt);
}

async function createView(
  context: RunContext,
  model: ManifestModel,
  step: PlannedStep,
  table: QualifiedName,
  relation: QualifiedName,
  select: string,
): Promise<void> {
  await refuseLostRows(context, model, step, table);
  const own = publishedName(context.manifest, context.target, model.name);
  if (own.schema === table.schema && own.table === table.table) {
    throw new StepError(
      `\`${model.name}\` reads the table \`${table.schema}.${table.table}\`, which is the name that it is published under: rename the model, or the schema in project.yml`,
    );
  }
  await stepSession(context).execute(`create view ${qualify(relation)} as ${select}`);
}

function castSelect(
  context: RunContext,
  model: ManifestModel,
  table: QualifiedName,
  absent: ReadonlySet<string>,
): string {
  const columns = model.columns.map(
    (column) =>
      `${absent.has(column.name) ? nullColumn(column) : castColumn(column)} as ${quoteIdentifier(column.name)}`,
  );
  return render(context, `select ${columns.join(', ')} from ${model.name}`, () => table);
}
