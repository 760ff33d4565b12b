import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { EngineError } from '../engine/engine.ts';
import { isIdle } from '../schedule/describe-run-plan.ts';
import type { RunPlan } from '../schedule/run-plan.ts';
import type { Observed } from '../schedule/target-state.ts';
import { planTest } from '../schedule/test-marks.ts';
import { migrate } from '../state/migrate.ts';
import { type RunHandle, recordInterrupted, recordRunStart } from '../state/record.ts';
import { executeBackfill } from './backfill/execute-backfill.ts';
import { claimTarget } from './claim-target.ts';
import { collectGarbage } from './collect-garbage.ts';
import { closeRun, concludeRun } from './conclude-run.ts';
import { executeInOrder } from './execute-plan.ts';
import { executeStep } from './execute-step.ts';
import { withHashKey } from './hash-key.ts';
import { judgeSources, warnOfAges } from './judge-sources.ts';
import { hasNews, keepProblems } from './keep-problems.ts';
import { describeNothing } from './match-files.ts';
import { createMutex } from './mutex.ts';
import { type Prepared, prepareRun } from './prepare-run.ts';
import { InterruptedError, type RunContext } from './run-context.ts';
import type { RunOptions } from './run-options.ts';
import { runTests } from './run-tests.ts';
import type { RunResult, StepResult } from './run-types.ts';

/**
 * Brings the target up to date with the definitions and the sources: what is fresh is left alone, what is built is tested before readers see it.
 * @throws EngineError `busy` where another run holds the target, `unreachable` where it went away; StateError where the state cannot be used.
 */
export async function run(options: RunOptions): Promise<RunResult> {
  const began = performance.now();
  const result = await runToEnd(withHashKey(options));
  options.effects.emit({
    event: 'run_ended',
    run: result.id,
    at: result.endedAt,
    status: result.status,
    seconds: Math.round(performance.now() - began) / 1000,
  });
  return result;
}

async function runToEnd(options: RunOptions): Promise<RunResult> {
  const startedAt = options.effects.clock();
  const id = `${startedAt.replaceAll(/[-:]|\.\d+|Z$/g, '')}-${randomBytes(4).toString('hex')}`;
  const first = await prepareRun(options);
  if (!options.testsOnly && !options.backfill && isIdle(first.plan) && first.snapshot.openRuns.length === 0) {
    const idle = runIdle(options, id, startedAt, first);
    if (!hasNews(options, first.snapshot.problems, idle.result)) return idle.end();
  }
  await migrate(options.engine, first.store.schemaVersion, startedAt);
  const claim = await claimTarget(options.engine, id);
  try {
    return await runClaimed(options, id, startedAt, first.observed);
  } finally {
    await claim.release();
  }
}

/** Nothing to do, nothing written: not even that there was a run. `end` tells so. */
function runIdle(
  options: RunOptions,
  id: string,
  startedAt: string,
  prepared: Prepared,
): { readonly result: RunResult; end(): RunResult } {
  const { emit, clock } = options.effects;
  const rows = new Map(prepared.snapshot.versions.map((version) => [version.model, version.rows]));
  const made = new Map(options.manifest.models.map((model) => [model.name, model.generated]));
  const steps = prepared.plan.steps.map((step): StepResult => {
    const count = rows.get(step.model);
    const generated = made.get(step.model);
    const result: StepResult = {
      kind: 'step',
      model: step.model,
      status: 'fresh',
      reason: step.reason,
      ...(generated ? { generated } : {}),
      ...(count === undefined ? {} : { rows: count }),
      seconds: 0,
      tests: [],
    };
    return result;
  });
  const published = new Map(prepared.snapshot.versions.map((version) => [version.model, version]));
  const ages = judgeSources(options.manifest, published, steps, startedAt);
  const result = concludeRun(options, { id, startedAt, steps, tests: [], ages, interrupted: false });
  const end = () => {
    announce(options, id, startedAt, prepared);
    for (const step of steps) emit({ event: 'step_ended', run: id, at: clock(), step });
    warnOfAges(options, id, ages);
    return result;
  };
  return { result, end };
}

function announce(options: RunOptions, id: string, startedAt: string, { plan, observed }: Prepared): void {
  const { emit, folder } = options.effects;
  emit({ event: 'run_started', run: id, at: startedAt, models: plan.steps.length, target: options.engine.label });
  for (const { name, source } of options.manifest.models) {
    // A slip in a pattern would otherwise be a table without rows that nobody wonders at.
    if (source?.pattern === undefined || observed.files[name]?.length !== 0) continue;
    const message = describeNothing(folder, source.pattern);
    emit({ event: 'warning', run: id, at: startedAt, model: name, message });
  }
}

async function runClaimed(options: RunOptions, id: string, startedAt: string, observed: Observed): Promise<RunResult> {
  const { engine, effects } = options;
  // What was seen before the claim may have been done by whoever held it.
  const prepared = await prepareRun(options, observed);
  const handle = await engine.transaction(async (session) => {
    await recordInterrupted(session, prepared.snapshot.openRuns, startedAt);
    return recordRunStart(session, {
      id,
      command: options.command,
      project: options.manifest.project.name,
      target: options.target ?? options.manifest.project.target,
      etalon: options.manifest.etalon,
      host: hostname(),
      pid: process.pid,
      startedAt,
    });
  });
  let cancelling = Promise.resolve();
  const cancel = () => {
    cancelling = engine.cancel().catch(() => undefined);
  };
  if (effects.signal?.aborted) cancel();
  effects.signal?.addEventListener('abort', cancel, { once: true });
  let result: RunResult | undefined;
  try {
    await collectGarbage(engine, prepared.store, options.manifest);
    announce(options, id, startedAt, prepared);
    const context = createContext(options, handle, startedAt, prepared, () => cancelling);
    const done = await carryOut(options, context, prepared.plan);
    const ages = options.testsOnly ? [] : judgeSources(options.manifest, context.published, done.steps, startedAt);
    warnOfAges(options, id, ages);
    const interrupted = effects.signal?.aborted ?? false;
    result = concludeRun(options, { id, startedAt, ...done, ages, interrupted });
    await keepProblems(options, context, prepared.snapshot.problems, result);
    return result;
  } finally {
    effects.signal?.removeEventListener('abort', cancel);
    await cancelling;
    await closeRun(options, id, prepared.store, result);
  }
}

function createContext(
  options: RunOptions,
  run: RunHandle,
  startedAt: string,
  prepared: Prepared,
  cancelled: () => Promise<void>,
): RunContext {
  const { manifest, engine, effects } = options;
  return {
    manifest,
    models: new Map(manifest.models.map((model) => [model.name, model])),
    engine,
    effects,
    target: options.target ?? manifest.project.target,
    run,
    startedAt,
    published: new Map(prepared.snapshot.versions.map((version) => [version.model, version])),
    accounts: new Map(),
    files: prepared.snapshot.files,
    cursors: new Map(prepared.snapshot.cursors.map((cursor) => [cursor.model, cursor])),
    writes: createMutex(),
    ...(options.hashKey === undefined ? {} : { hashKey: options.hashKey }),
    cancelled,
  };
}

async function carryOut(
  options: RunOptions,
  context: RunContext,
  plan: RunPlan,
): Promise<Pick<RunResult, 'steps' | 'tests'>> {
  const settled = new Map<string, StepResult>();
  if (options.backfill) return { steps: await executeBackfill(context, options.backfill, settled), tests: [] };
  const steps = options.testsOnly
    ? []
    : await executeInOrder(plan.steps, options.threads, async (step) => {
        const result = await executeStep(context, step, settled);
        settled.set(step.model, result);
        return result;
      });
  try {
    const tests = options.testsOnly ? allTests(options) : plan.lateTests;
    return { steps, tests: await runTests(context, tests, settled) };
  } catch (error) {
    const stopped = error instanceof InterruptedError || (error instanceof EngineError && error.kind === 'cancelled');
    if (!stopped) throw error;
    return { steps, tests: [] };
  }
}

function allTests(options: RunOptions): RunPlan['lateTests'] {
  const selected = options.select === undefined ? undefined : new Set(options.select);
  return options.manifest.tests
    .filter((test) => {
      if (selected === undefined) return true;
      return test.model === undefined ? test.reads.some((name) => selected.has(name)) : selected.has(test.model);
    })
    .map(planTest);
}
