import { EngineError } from '../engine/engine.ts';
import { holdClaim, releaseClaim } from '../state/claim.ts';
import type { Store } from '../state/open-store.ts';
import { recordRunEnd } from '../state/record.ts';
import { collectGarbage, type Tenure } from './collect-garbage.ts';
import { pruneChanges } from './prune-changes.ts';
import type { RunOptions } from './run-options.ts';
import type { RunResult, StepResult } from './run-types.ts';
import type { Claim } from './take-claim.ts';
import { stops } from './test-relation.ts';

export interface Finished extends Pick<RunResult, 'id' | 'startedAt' | 'steps' | 'segments' | 'tests' | 'ages'> {
  readonly interrupted: boolean;
  /** Tests that were left to another run. */
  readonly testsWithheld: number;
}

/** What came of a run as a whole: one failed step, or a source beyond `error_after`, makes it a run in part, and exit code 5; failed tests alone, where only tests were asked for, 1. */
export function concludeRun(options: RunOptions, finished: Finished): RunResult {
  const { interrupted, testsWithheld: _, ...rest } = finished;
  const status = statusOf(options, finished);
  return {
    kind: 'run',
    command: options.command,
    target: options.engine.label,
    ...rest,
    endedAt: options.effects.clock(),
    status,
    exitCode: interrupted ? 130 : status === 'done' ? 0 : status === 'failed' && options.testsOnly ? 1 : 5,
  };
}

function statusOf(options: RunOptions, finished: Finished): RunResult['status'] {
  const { steps, segments, tests, ages, interrupted, testsWithheld } = finished;
  if (interrupted) return 'interrupted';
  if (options.testsOnly) return tests.some(stops) ? 'failed' : testsWithheld > 0 ? 'part' : 'done';
  const failed = steps.some((step) => step.status === 'failed');
  const broken = steps.filter((step) => step.status === 'failed' || step.status === 'skipped').length;
  const isWithoutSegment = segments.some(({ status }) => status === 'failed' || status === 'skipped');
  // Where nothing but segments was asked for, they decide.
  if (isWithoutSegment && steps.length === 0 && segments.every(({ status }) => status === 'failed')) return 'failed';
  const isStale = ages.some(({ state }) => state === 'error');
  if (broken + testsWithheld === 0 && !isWithoutSegment && !isStale && !tests.some(stops)) return 'done';
  return failed && broken === steps.length ? 'failed' : 'part';
}

/** The last words of a run, whatever came of it: old versions dropped, the journal closed, the claim given back. A run that was fenced off has none: who took over has said them. */
export async function closeRun(
  options: RunOptions,
  claim: Claim,
  tenure: Tenure,
  store: Store,
  result: RunResult | undefined,
): Promise<void> {
  await dropOld(options, store, tenure);
  const count = (status: StepResult['status']) => result?.steps.filter((step) => step.status === status).length ?? 0;
  const verdicts = [...(result?.tests ?? []), ...(result?.steps ?? []).flatMap((step) => step.tests)];
  const end = {
    id: tenure.claim.run,
    status: result?.status ?? 'failed',
    endedAt: result?.endedAt ?? options.effects.clock(),
    built: count('built'),
    failed: count('failed'),
    skipped: count('skipped'),
    testsFailed: verdicts.filter(stops).length,
  } as const;
  const isOurs = await options.engine.transaction(async (session) => {
    if (!(await holdClaim(session, tenure.claim))) return false;
    await recordRunEnd(session, end);
    await releaseClaim(session, tenure.claim);
    return true;
  });
  if (isOurs) claim.givenBack();
}

async function dropOld({ engine, manifest }: RunOptions, store: Store, tenure: Tenure): Promise<void> {
  try {
    const collected = await collectGarbage(engine, store, manifest, tenure);
    await pruneChanges({ engine, store, manifest, run: tenure.claim.run }, collected);
  } catch (error) {
    // What is left over harms nobody, and the next run tries again; the journal must be closed.
    if (!(error instanceof EngineError)) throw error;
  }
}
