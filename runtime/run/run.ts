import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { loadParser, type Manifest, type ManifestModel } from '../../compiler/index.ts';
import { type Engine, EngineError } from '../engine/engine.ts';
import { isIdle } from '../schedule/describe-run-plan.ts';
import { planRun } from '../schedule/plan-run.ts';
import type { RunPlan } from '../schedule/run-plan.ts';
import type { Observed } from '../schedule/target-state.ts';
import { planTest } from '../schedule/test-marks.ts';
import { releaseClaim } from '../state/claim.ts';
import { migrate } from '../state/migrate.ts';
import { openStore, type Store } from '../state/open-store.ts';
import { readSnapshot } from '../state/read-snapshot.ts';
import { type RunHandle, recordInterrupted, recordRunEnd, recordRunStart } from '../state/record.ts';
import type { StateSnapshot } from '../state/records.ts';
import { claimTarget } from './claim-target.ts';
import { collectGarbage } from './collect-garbage.ts';
import { executeInOrder } from './execute-plan.ts';
import { executeStep } from './execute-step.ts';
import { createMutex } from './mutex.ts';
import { observeSources } from './observe-sources.ts';
import { InterruptedError, type RunContext } from './run-context.ts';
import { runTests } from './run-tests.ts';
import type { Effects, RunResult, StepResult } from './run-types.ts';
import { layerSchema, publishedName } from './target-names.ts';
import { stops } from './test-relation.ts';

export interface RunOptions {
  readonly manifest: Manifest;
  readonly engine: Engine;
  readonly effects: Effects;
  /** The target's name in project.yml; absent: the project's default. */
  readonly target?: string;
  /** As the journal shall call it: `run`, `build`, `test`, `dev`. */
  readonly command: string;
  /** Names of models; absent: all. */
  readonly select?: readonly string[];
  /** Models at a time. */
  readonly threads: number;
  readonly fullRefresh?: boolean;
  /** Only the data tests, all of them, on what is published. */
  readonly testsOnly?: boolean;
}

/** Everything that a run looks at before it writes. */
export interface Prepared {
  readonly store: Store;
  readonly snapshot: StateSnapshot;
  readonly observed: Observed;
  readonly plan: RunPlan;
}

/** What a run would do, without writing anything: for `explain` and for the run itself. */
export async function prepareRun(
  options: Omit<RunOptions, 'threads' | 'command'>,
  observed?: Observed,
): Promise<Prepared> {
  const { manifest, engine } = options;
  const target = options.target ?? manifest.project.target;
  const schemas = (['raw', 'clean', 'marts'] as const).map((layer) => layerSchema(manifest, target, layer));
  const store = await openStore(engine, schemas);
  const snapshot = await readSnapshot(store);
  const selected = selectedModels(options);
  const seen = observed ?? (await observeSources(engine, options.effects.folder, selected, snapshot.files));
  const plan = planRun(manifest, snapshot, seen, {
    ...(options.select === undefined ? {} : { select: options.select }),
    fullRefresh: options.fullRefresh ?? false,
    publishedAs: (model) => {
      const name = publishedName(manifest, target, model);
      return `${name.schema}.${name.table}`;
    },
  });
  return { store, snapshot, observed: seen, plan };
}

function selectedModels(options: Pick<RunOptions, 'manifest' | 'select'>): readonly ManifestModel[] {
  const selected = options.select === undefined ? undefined : new Set(options.select);
  return options.manifest.models.filter((model) => selected?.has(model.name) ?? true);
}

/**
 * Brings the target up to date with the definitions and the sources: what is fresh is left alone, what is built is tested before readers see it.
 * @throws EngineError `busy` where another run holds the target, `unreachable` where it went away; StateError where the state cannot be used.
 */
export async function run(options: RunOptions): Promise<RunResult> {
  await loadParser();
  const startedAt = options.effects.clock();
  const id = `${startedAt.replaceAll(/[-:]|\.\d+|Z$/g, '')}-${randomBytes(4).toString('hex')}`;
  const first = await prepareRun(options);
  if (!options.testsOnly && isIdle(first.plan) && first.snapshot.openRuns.length === 0) {
    return runIdle(options, id, startedAt, first);
  }
  await migrate(options.engine, first.store.schemaVersion, startedAt);
  const claim = await claimTarget(options.engine, id);
  try {
    return await runClaimed(options, id, startedAt, first.observed);
  } finally {
    claim.stop();
  }
}

/** Nothing to do, nothing written: not even that there was a run. */
function runIdle(options: RunOptions, id: string, startedAt: string, prepared: Prepared): RunResult {
  const { emit, clock } = options.effects;
  announce(options, id, startedAt, prepared.plan);
  const rows = new Map(prepared.snapshot.versions.map((version) => [version.model, version.rows]));
  const steps = prepared.plan.steps.map((step): StepResult => {
    const count = rows.get(step.model);
    const result: StepResult = {
      kind: 'step',
      model: step.model,
      status: 'fresh',
      reason: step.reason,
      ...(count === undefined ? {} : { rows: count }),
      seconds: 0,
      tests: [],
    };
    emit({ event: 'step_ended', run: id, at: clock(), step: result });
    return result;
  });
  return conclude(options, { id, startedAt, steps, tests: [], interrupted: false });
}

function announce(options: RunOptions, id: string, startedAt: string, plan: RunPlan): void {
  const { emit } = options.effects;
  emit({ event: 'run_started', run: id, at: startedAt, models: plan.steps.length, target: options.engine.label });
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
  const cancel = () => void engine.cancel().catch(() => undefined);
  effects.signal?.addEventListener('abort', cancel, { once: true });
  let result: RunResult | undefined;
  try {
    await collectGarbage(engine, prepared.store, options.manifest);
    announce(options, id, startedAt, prepared.plan);
    const context = createContext(options, handle, startedAt, prepared);
    const done = await carryOut(options, context, prepared.plan);
    result = conclude(options, { id, startedAt, ...done, interrupted: effects.signal?.aborted ?? false });
    return result;
  } finally {
    effects.signal?.removeEventListener('abort', cancel);
    await close(options, id, prepared.store, result);
  }
}

function createContext(options: RunOptions, run: RunHandle, startedAt: string, prepared: Prepared): RunContext {
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
    files: prepared.snapshot.files,
    writes: createMutex(),
  };
}

async function carryOut(
  options: RunOptions,
  context: RunContext,
  plan: RunPlan,
): Promise<Pick<RunResult, 'steps' | 'tests'>> {
  const settled = new Map<string, StepResult>();
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

interface Finished extends Pick<RunResult, 'id' | 'startedAt' | 'steps' | 'tests'> {
  readonly interrupted: boolean;
}

function conclude(options: RunOptions, finished: Finished): RunResult {
  const { steps, tests, interrupted, ...rest } = finished;
  const broken = steps.filter((step) => step.status === 'failed' || step.status === 'skipped').length;
  const testsFailed = tests.some(stops);
  const status = interrupted
    ? 'interrupted'
    : broken === 0 && !testsFailed
      ? 'done'
      : broken > 0 && broken === steps.length
        ? 'failed'
        : options.testsOnly
          ? 'failed'
          : 'part';
  const exitCode = interrupted ? 130 : status === 'done' ? 0 : options.testsOnly ? 1 : 5;
  const endedAt = options.effects.clock();
  return {
    kind: 'run',
    command: options.command,
    target: options.engine.label,
    ...rest,
    endedAt,
    steps,
    tests,
    status,
    exitCode,
  };
}

/** The last words of a run, whatever came of it: old versions dropped, the journal closed, the claim given back. */
async function close(options: RunOptions, id: string, store: Store, result: RunResult | undefined): Promise<void> {
  const { engine, effects, manifest } = options;
  try {
    await collectGarbage(engine, store, manifest);
  } catch (error) {
    if (result === undefined || !(error instanceof EngineError)) throw error;
  }
  const count = (status: StepResult['status']) => result?.steps.filter((step) => step.status === status).length ?? 0;
  const verdicts = [...(result?.tests ?? []), ...(result?.steps ?? []).flatMap((step) => step.tests)];
  const endedAt = result?.endedAt ?? effects.clock();
  await engine.transaction(async (session) => {
    await recordRunEnd(session, {
      id,
      status: result?.status ?? 'failed',
      endedAt,
      built: count('built'),
      failed: count('failed'),
      skipped: count('skipped'),
      testsFailed: verdicts.filter(stops).length,
    });
    await releaseClaim(session, id);
  });
}
