import { hasPeriods, type ManifestModel, qualify } from '../../compiler/index.ts';
import { EngineError, type Session } from '../engine/engine.ts';
import type { InPlace, PlannedStep } from '../schedule/run-plan.ts';
import { recordBatch } from '../state/backfills.ts';
import type { VersionRecord } from '../state/records.ts';
import { applyChanges, createLog, logChanges } from './apply-rows.ts';
import { hashSql } from './build-model.ts';
import { HeldBack } from './held-back.ts';
import type { ComputedUnits } from './in-place-table.ts';
import { renderIncrement } from './increment-names.ts';
import { holdLateBack, readWaiting, type Waiting, warnOfWaiting } from './late-rows.ts';
import type { Completeness } from './period-bounds.ts';
import { recordPublished } from './publish-version.ts';
import { recordChangedPeriods } from './record-ledger.ts';
import { type RunContext, writeState } from './run-context.ts';
import { type StagedRows, stageRows } from './stage-rows.ts';
import type { Repaired, StepOutcome } from './step-outcome.ts';
import { inTables } from './target-names.ts';
import { testIncrement } from './test-increment.ts';
import { type ScanResult, stops } from './test-relation.ts';
import { completeThroughOf, versionOf } from './version-of.ts';

/** A step that brings a version up to date where it stands. */
export type InPlaceStep = PlannedStep & { readonly inPlace: InPlace };

export function isInPlace(step: PlannedStep): step is InPlaceStep {
  return step.inPlace !== undefined;
}

interface Done {
  readonly version: VersionRecord;
  readonly scan: ScanResult;
  readonly changed: number;
  readonly waiting: Waiting | undefined;
}

/**
 * Brings the published version of a model up to date where it stands. What changed in its inputs says which units (periods or keys) are touched; their rows are computed beside the
 * table; then, in one transaction, what differs is written to the table and to the log of its changes, tested and marked. So the table is what a full rebuild would leave, a
 * unit computed twice writes nothing, and models below find in the log exactly the rows that came or went.
 */
export async function incrementModel(
  context: RunContext,
  model: ManifestModel,
  step: InPlaceStep,
  seconds: () => number,
): Promise<StepOutcome> {
  const current = context.published.get(model.name)!;
  const relation = inTables(current.relation);
  // A backfill computes what it was asked for: what the model has not seen of its inputs, it has not seen afterwards.
  const isBackfill = step.inPlace.kind === 'backfill';
  const complete = {
    before: current.completeThrough,
    now: isBackfill ? current.completeThrough : completeThroughOf(context, model),
  };
  const staged = await stageRows(context, model, step, relation, complete);
  try {
    const done = await writeState(context, (session) =>
      writeIncrement(context, session, model, step, staged, complete, seconds),
    );
    context.published.set(model.name, done.version);
    warnOfWaiting(context, model, done.waiting);
    return {
      status: 'built',
      tests: done.scan.outcomes,
      rows: done.scan.rows,
      repaired: repairedOf(staged, done),
      published: true,
    };
  } catch (error) {
    if (!(error instanceof HeldBack)) throw error;
    return { status: 'failed', tests: error.outcomes, rows: error.rows };
  } finally {
    await dropScratch(context, staged);
  }
}

async function writeIncrement(
  context: RunContext,
  session: Session,
  model: ManifestModel,
  step: InPlaceStep,
  staged: StagedRows,
  complete: Completeness,
  seconds: () => number,
): Promise<Done> {
  const current = context.published.get(model.name)!;
  const relation = inTables(current.relation);
  await createLog(session, model, relation);
  let { isLate } = staged;
  let changed = 0;
  if (staged.units !== 0) {
    const replaced = renderIncrement(context, staged.replaced, staged.names);
    await logChanges(session, model, relation, { rows: staged.rows, replaced }, step.build);
    isLate = await holdLateBack(context, session, model, step.build, staged);
    changed = await applyChanges(session, model, relation, staged, step.build);
  }
  const computed = computedOf({ ...staged, isLate });
  const table = { relation, current, completeThrough: complete.now, ...(computed ? { computed } : {}) };
  const scan = await testIncrement(context, session, model, step, table);
  if (scan.outcomes.some(({ result }) => stops(result))) throw new HeldBack(scan.outcomes, scan.rows);
  const inputs = step.inPlace.kind === 'backfill' ? { inputs: current.inputs } : {};
  const version = {
    ...versionOf(context, model, step, { relation, kind: 'table', scan, completeThrough: complete.now }),
    ...inputs,
  };
  if (hasPeriods(model))
    await recordChangedPeriods(context, session, model, step.inPlace, { ...staged, isLate }, version);
  const waiting = isLate ? await readWaiting(session, staged) : undefined;
  if (step.inPlace.kind === 'backfill') {
    const { id, ...batch } = step.inPlace;
    const record = { ...batch, model: model.name, relation: relation.table, status: 'done', changed } as const;
    await recordBatch(session, id, record, context.run, version.validFrom);
  }
  await recordPublished(context, session, step, version, scan.outcomes, {
    seconds: seconds(),
    sqlHash: hashSql(staged.sql),
  });
  return { version, scan, changed, waiting };
}

function repairedOf({ unit, units, periods }: StagedRows, { changed, waiting }: Done): Repaired {
  return { unit, units, rows: changed, ...(periods ? { periods } : {}), ...(waiting ? { waiting } : {}) };
}

/** Of keys that late rows touch, some were not written: then what was computed is not what the table has. */
function computedOf({ unit, by, units, rows, isLate }: StagedRows): ComputedUnits | undefined {
  if (units < 0 || (unit === 'key' && isLate)) return undefined;
  return { units, rows, by };
}

/** What cannot be dropped, or is left here by a crash, goes with the next run's garbage: it changes nothing of what came of the step, and hides no error of it. */
async function dropScratch(context: RunContext, { rows, unitTable, lateTable, bounds }: StagedRows): Promise<void> {
  const tables = bounds.late === undefined ? [rows, unitTable] : [rows, unitTable, lateTable];
  for (const table of tables) {
    await context.engine.execute(`drop table if exists ${qualify(table)}`).catch((error: unknown) => {
      if (!(error instanceof EngineError)) throw error;
    });
  }
}
