import { whyOtherDefinition } from '../../schedule/keyed-fingerprint.ts';
import type { PlannedStep } from '../../schedule/run-plan.ts';
import { planTest } from '../../schedule/test-marks.ts';
import { type BackfillBatch, findBackfill, type StoredBackfill } from '../../state/backfills.ts';
import { executeStep } from '../execute-step.ts';
import { forStep, type RunContext } from '../run-context.ts';
import type { StepResult } from '../run-types.ts';

/** Carries out what of a backfill is not done yet: one batch after another, each in a transaction of its own with the mark that it is done. */
export async function executeBackfill(
  context: RunContext,
  backfill: StoredBackfill,
  settled: Map<string, StepResult>,
): Promise<readonly StepResult[]> {
  const results: StepResult[] = [];
  const stopped = new Set<string>();
  // Another run may have done some of it since the plan was read.
  const { batches } = (await findBackfill(context.engine, backfill.id)) ?? backfill;
  for (const batch of batches) {
    const version = context.published.get(batch.model);
    // A version made since then was computed whole.
    if (batch.status === 'done' || version?.relation !== batch.relation || stopped.has(batch.model)) continue;
    const step = stepOf(context, backfill.id, batch, version.build + 1);
    const other = whyOtherDefinition(version.fingerprint, context.models.get(batch.model)!.fingerprint);
    const blocked = { ...step, action: 'blocked', reason: `${other}: \`etalon run\` builds all of it` } as const;
    const result = await executeStep(forStep(context, batch.model), other === undefined ? step : blocked, settled);
    results.push(result);
    settled.set(batch.model, result);
    if (result.status !== 'built') stopped.add(batch.model);
  }
  return results;
}

function stepOf(context: RunContext, id: string, batch: BackfillBatch, build: number): PlannedStep {
  const { model, number, from, to } = batch;
  const tests = context.manifest.tests.filter((test) => test.model === model).map(planTest);
  return {
    kind: 'planned-step',
    model,
    action: 'build',
    reason: `backfill ${id}: from ${from} to before ${to}`,
    build,
    after: [],
    tests,
    inPlace: { kind: 'backfill', id, number, from, to },
  };
}
