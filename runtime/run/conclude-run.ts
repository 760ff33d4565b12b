import { type Engine, EngineError } from '../engine/engine.ts';
import { releaseClaim } from '../state/claim.ts';
import type { Store } from '../state/open-store.ts';
import { recordRunEnd } from '../state/record.ts';
import { collectGarbage } from './collect-garbage.ts';
import { pruneChanges } from './prune-changes.ts';
import type { RunOptions } from './run-options.ts';
import type { RunResult, StepResult } from './run-types.ts';
import { stops } from './test-relation.ts';

export interface Finished extends Pick<RunResult, 'id' | 'startedAt' | 'steps' | 'tests' | 'ages'> {
  readonly interrupted: boolean;
}

/** What came of a run as a whole: one failed step, or a source beyond `error_after`, makes it a run in part, and exit code 5; failed tests alone, where only tests were asked for, 1. */
export function concludeRun(options: RunOptions, finished: Finished): RunResult {
  const { interrupted, ...rest } = finished;
  const status = statusOf(options, finished);
  return {
    kind: 'run',
    command: options.command,
    target: options.engine.label,
    ...rest,
    endedAt: options.effects.clock(),
    status,
    exitCode: interrupted ? 130 : status === 'done' ? 0 : options.testsOnly ? 1 : 5,
  };
}

function statusOf(options: RunOptions, { steps, tests, ages, interrupted }: Finished): RunResult['status'] {
  if (interrupted) return 'interrupted';
  const broken = steps.filter((step) => step.status === 'failed' || step.status === 'skipped').length;
  const isStale = ages.some(({ state }) => state === 'error');
  if (broken === 0 && !isStale && !tests.some(stops)) return 'done';
  return options.testsOnly || (broken > 0 && broken === steps.length) ? 'failed' : 'part';
}

/** The last words of a run, whatever came of it: old versions dropped, the journal closed, the claim given back. */
export async function closeRun(
  options: RunOptions,
  id: string,
  store: Store,
  result: RunResult | undefined,
): Promise<void> {
  await dropOld(options, store);
  const count = (status: StepResult['status']) => result?.steps.filter((step) => step.status === status).length ?? 0;
  const verdicts = [...(result?.tests ?? []), ...(result?.steps ?? []).flatMap((step) => step.tests)];
  const end = {
    id,
    status: result?.status ?? 'failed',
    endedAt: result?.endedAt ?? options.effects.clock(),
    built: count('built'),
    failed: count('failed'),
    skipped: count('skipped'),
    testsFailed: verdicts.filter(stops).length,
  } as const;
  await closeJournal(options.engine, id, end);
}

function closeJournal(engine: Engine, id: string, end: Parameters<typeof recordRunEnd>[1]): Promise<void> {
  return engine.transaction(async (session) => {
    await recordRunEnd(session, end);
    await releaseClaim(session, id);
  });
}

async function dropOld(options: RunOptions, store: Store): Promise<void> {
  try {
    await collectGarbage(options.engine, store, options.manifest);
    await pruneChanges(options.engine);
  } catch (error) {
    // What is left over harms nobody, and the next run tries again; the journal must be closed.
    if (!(error instanceof EngineError)) throw error;
  }
}
