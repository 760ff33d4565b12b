import type { ManifestModel } from '../../compiler/index.ts';
import { EngineError } from '../engine/engine.ts';
import { type RetryHabits, retryTransient } from '../engine/retry-transient.ts';
import type { PlannedStep } from '../schedule/run-plan.ts';
import { stagedNames } from './collect-garbage.ts';
import type { RunContext } from './run-context.ts';
import { inTables } from './target-names.ts';

const habits: Partial<RetryHabits> = { attempts: 4, firstPause: 250, longestPause: 4_000 };

/**
 * Does the work of a step again where it failed for a reason that passes by itself: a lost connection, a conflict, a lock. What the attempt before left is dropped first. Not where
 * the step may have taken effect: a commit whose reply was lost ends the run, and the next one sees what came of it. Nor what the engine has tried often enough itself.
 */
export function retryStep<T>(
  context: RunContext,
  model: ManifestModel,
  step: PlannedStep,
  work: () => Promise<T>,
): Promise<T> {
  const current = context.published.get(model.name);
  let attempts = 0;
  const attempt = async (): Promise<T> => {
    attempts += 1;
    if (attempts > 1) await dropStaged(context, model, step, current?.relation);
    return work();
  };
  const passes = (error: unknown): boolean => {
    if (!(error instanceof EngineError) || error.final || context.effects.signal?.aborted) return false;
    // A server that is being restarted refuses connections after it has cut them.
    const isPassing = error.kind === 'transient' || (error.kind === 'unreachable' && attempts > 1);
    return isPassing && context.published.get(model.name) === current;
  };
  return retryTransient(attempt, { ...habits, passes });
}

async function dropStaged(
  { engine }: RunContext,
  model: ManifestModel,
  step: PlannedStep,
  current: string | undefined,
): Promise<void> {
  const names = stagedNames(model, step.build, current).filter((name) => name !== current);
  for (const name of names) {
    const found = await engine.findRelation(inTables(name));
    if (found !== undefined && !(await engine.drop(inTables(name), 'table'))) await engine.drop(inTables(name), 'view');
  }
}
