import { randomBytes } from 'node:crypto';
import { EngineError } from '../engine/engine.ts';
import type { Withheld } from '../schedule/withhold.ts';
import { andLast } from './and-last.ts';
import { executeBackfill } from './backfill/execute-backfill.ts';
import { claimWork, testsOf, type Work } from './claim-work.ts';
import { collectGarbage, mayHaveGarbage, stagedNames, type Tenure } from './collect-garbage.ts';
import { closeRun, concludeRun } from './conclude-run.ts';
import { executeInOrder } from './execute-plan.ts';
import { executeStep } from './execute-step.ts';
import { withHashKey } from './hash-key.ts';
import { judgeSources, warnOfAges } from './judge-sources.ts';
import { hasNews, keepProblems } from './keep-problems.ts';
import { describeNothing } from './match-files.ts';
import { createMutex } from './mutex.ts';
import type { Prepared } from './prepare-run.ts';
import { forStep, InterruptedError, type RunContext } from './run-context.ts';
import type { RunOptions } from './run-options.ts';
import { completeOf, idleSegments, leftToOthers, runSegments } from './run-segments.ts';
import { runTests } from './run-tests.ts';
import type { RunResult, StepResult } from './run-types.ts';
import { withKept } from './with-kept.ts';

/**
 * Brings the target up to date with the definitions and the sources: what is fresh is left alone, what is built is tested before readers see it.
 * @throws EngineError `busy` where another run holds what it needs and it must not wait, or not any longer, `unreachable` where it went away; StateError where the state cannot be used.
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

async function runToEnd(asked: RunOptions): Promise<RunResult> {
  const startedAt = asked.effects.clock();
  const id = `${startedAt.replaceAll(/[-:]|\.\d+|Z$/g, '')}-${randomBytes(4).toString('hex')}`;
  const options = { ...asked, engine: asked.engine.named(id) };
  const isNews = (prepared: Prepared, withheld: Withheld) =>
    hasNews(options, prepared.snapshot.problems, runIdle(options, id, startedAt, { prepared, withheld }).result);
  const settled = new Map<string, StepResult>();
  try {
    const work = await claimWork(options, id, startedAt, isNews);
    if (work.kind === 'nothing') return runIdle(options, id, startedAt, work).end();
    try {
      return await runClaimed(options, startedAt, work, settled);
    } finally {
      await work.claim.release();
    }
  } catch (error) {
    throw withKept(error, settled);
  }
}

/** Nothing to do, nothing written: not even that there was a run. `end` tells so. */
function runIdle(
  options: RunOptions,
  id: string,
  startedAt: string,
  { prepared, withheld }: Pick<Work, 'prepared' | 'withheld'>,
): { readonly result: RunResult; end(): RunResult } {
  const { emit, clock } = options.effects;
  const rows = new Map(prepared.snapshot.versions.map((version) => [version.model, version.rows]));
  const made = new Map(options.manifest.models.map((model) => [model.name, model.generated]));
  const planned = options.testsOnly || options.backfill ? [] : prepared.plan.steps;
  const steps = planned.map((step): StepResult => {
    const held = withheld.steps.get(step.model);
    if (held !== undefined) return withheldStep(step.model, held);
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
  const ends = { interrupted: false, testsWithheld: withheld.tests.size };
  const segments = toldOfSegments(options, prepared, published, startedAt);
  const result = concludeRun(options, { id, startedAt, steps, segments, tests: [], ages, ...ends });
  const end = () => {
    announce(options, id, startedAt, prepared, withheld);
    for (const step of steps) emit({ event: 'step_ended', run: id, at: clock(), step });
    for (const segment of segments) emit({ event: 'segment_ended', run: id, at: clock(), segment });
    warnOfAges(options, id, ages);
    return result;
  };
  return { result, end };
}

/** Of segments that nothing is to be done for. */
function toldOfSegments(
  { manifest, segments }: RunOptions,
  { segments: last }: Prepared,
  published: Parameters<typeof completeOf>[0],
  now: string,
): RunResult['segments'] {
  return segments === undefined ? [] : idleSegments({ manifest, complete: completeOf(published), now }, segments, last);
}

/** Not written down: what happens to that model is for the run to tell that holds it. */
function withheldStep(model: string, reason: string): StepResult {
  return { kind: 'step', model, status: 'skipped', reason, seconds: 0, tests: [] };
}

function announce(
  options: RunOptions,
  id: string,
  startedAt: string,
  { plan, observed }: Prepared,
  withheld: Withheld,
): void {
  const { emit, folder } = options.effects;
  emit({ event: 'run_started', run: id, at: startedAt, models: plan.steps.length, target: options.engine.label });
  for (const { name, source } of options.manifest.models) {
    // A slip in a pattern would otherwise be a table without rows that nobody wonders at.
    if (source?.pattern === undefined || observed.files[name]?.length !== 0) continue;
    const message = describeNothing(folder, source.pattern);
    emit({ event: 'warning', run: id, at: startedAt, model: name, message });
  }
  for (const [test, reason] of withheld.tests) {
    emit({ event: 'warning', run: id, at: startedAt, model: test, message: `the data test is left out: ${reason}` });
  }
}

type Claimed = Extract<Work, { kind: 'claimed' }>;

async function runClaimed(
  options: RunOptions,
  startedAt: string,
  work: Claimed,
  settled: Map<string, StepResult>,
): Promise<RunResult> {
  const { engine, effects, manifest } = options;
  const { prepared, withheld } = work;
  const { id } = work.run;
  const tenure = tenureOf(options, work);
  let cancelling = Promise.resolve();
  const cancel = () => {
    cancelling = engine.cancel().catch(() => undefined);
  };
  if (effects.signal?.aborted) cancel();
  effects.signal?.addEventListener('abort', cancel, { once: true });
  let result: RunResult | undefined;
  const live = async (): Promise<RunResult> => {
    if (mayHaveGarbage(prepared.snapshot, manifest)) await collectGarbage(engine, prepared.store, manifest, tenure);
    announce(options, id, startedAt, prepared, withheld);
    const context = createContext(options, work, startedAt, () => cancelling);
    const done = await carryOut(options, context, work, settled);
    const ages = options.testsOnly ? [] : judgeSources(manifest, context.published, done.steps, startedAt);
    warnOfAges(options, id, ages);
    const ends = { interrupted: effects.signal?.aborted ?? false, testsWithheld: withheld.tests.size };
    result = concludeRun(options, { id, startedAt, ...done, ages, ...ends });
    await keepProblems(options, context, prepared, result);
    return result;
  };
  return andLast(live, async () => {
    effects.signal?.removeEventListener('abort', cancel);
    await cancelling;
    await closeRun(options, work.claim, tenure, prepared.store, result);
  });
}

/** What of the relations in `etalon_tables` is the run's own, whoever else is at work. */
function tenureOf({ manifest, backfill }: RunOptions, { claim, needs, prepared }: Claimed): Tenure {
  const versions = new Map(prepared.snapshot.versions.map((version) => [version.model, version]));
  const batches = new Map<string, number>();
  for (const { model } of backfill?.batches ?? []) batches.set(model, (batches.get(model) ?? 0) + 1);
  const staged = manifest.models
    .filter(({ name }) => needs.writes.has(name))
    .flatMap((model) => {
      const version = versions.get(model.name);
      const builds = Array.from({ length: batches.get(model.name) ?? 1 }, (_, i) => (version?.build ?? 0) + 1 + i);
      return builds.flatMap((build) => stagedNames(model, build, version?.relation));
    });
  return { claim, writes: needs.writes, staged: new Set(staged) };
}

function createContext(
  options: RunOptions,
  { prepared, run, claim, needs }: Claimed,
  startedAt: string,
  cancelled: () => Promise<void>,
): RunContext {
  const { manifest, engine, effects } = options;
  const before = new Map(prepared.snapshot.versions.map((version) => [version.model, version]));
  return {
    manifest,
    models: new Map(manifest.models.map((model) => [model.name, model])),
    engine,
    effects,
    target: options.target ?? manifest.project.target,
    run,
    claim,
    claimed: needs.writes,
    startedAt,
    published: new Map(before),
    before,
    accounts: new Map(),
    files: prepared.snapshot.files,
    cursors: new Map(prepared.snapshot.cursors.map((cursor) => [cursor.model, cursor])),
    acceptLoss: options.acceptLoss ?? false,
    writes: createMutex(),
    ...(options.hashKey === undefined ? {} : { hashKey: options.hashKey }),
    cancelled,
  };
}

async function carryOut(
  options: RunOptions,
  context: RunContext,
  { prepared: { plan }, withheld, segments: claimed, segmentsHeld }: Claimed,
  settled: Map<string, StepResult>,
): Promise<Pick<RunResult, 'steps' | 'segments' | 'tests'>> {
  const leave = (model: string, reason: string): StepResult => {
    const step = withheldStep(model, reason);
    context.effects.emit({ event: 'step_ended', run: context.run.id, at: context.effects.clock(), step });
    return step;
  };
  if (options.backfill)
    return { steps: await executeBackfill(context, options.backfill, settled), segments: [], tests: [] };
  const steps = options.testsOnly
    ? []
    : await executeInOrder(plan.steps, options.threads, async ({ model, ...step }) => {
        const held = withheld.steps.get(model);
        const work = () => executeStep(forStep(context, model), { ...step, model }, settled);
        const result = held === undefined ? await work() : leave(model, held);
        settled.set(model, result);
        return result;
      });
  const evaluated = options.segments === undefined ? [] : await runSegments(context, options.segments, claimed);
  const segments = [...evaluated, ...leftToOthers(segmentsHeld)];
  try {
    const tests = testsOf(options, plan).filter(({ test }) => !withheld.tests.has(test.name));
    return { steps, segments, tests: await runTests(context, tests, settled) };
  } catch (error) {
    const stopped = error instanceof InterruptedError || (error instanceof EngineError && error.kind === 'cancelled');
    if (!stopped) throw error;
    return { steps, segments, tests: [] };
  }
}
