import type { ManifestModel } from '../../compiler/index.ts';
import { EngineError } from '../engine/engine.ts';
import type { PlannedStep } from '../schedule/run-plan.ts';
import { recordError, recordStep } from '../state/record.ts';
import type { StepRecord } from '../state/records.ts';
import { StateError } from '../state/state-error.ts';
import { buildModel } from './build-model.ts';
import { recountEvents } from './count-events.ts';
import { describeStepError } from './describe-error.ts';
import { describeBlocked } from './guard-history.ts';
import { incrementModel, isInPlace } from './increment-model.ts';
import { loadFiles, rememberFiles } from './load-files.ts';
import { publishTableSource, rememberColumns } from './publish-table-source.ts';
import { recordOutcomes } from './publish-version.ts';
import { retryStep } from './retry-step.ts';
import { InterruptedError, type RunContext, resolver, StepError, stepSession, writeState } from './run-context.ts';
import type { StepResult } from './run-types.ts';
import type { StepOutcome } from './step-outcome.ts';
import { stops, type TestOutcome, testRelation } from './test-relation.ts';

/** Carries out one step and tells what came of it. Throws only for what ends the whole run. */
export async function executeStep(
  context: RunContext,
  step: PlannedStep,
  settled: ReadonlyMap<string, StepResult>,
): Promise<StepResult> {
  const model = context.models.get(step.model)!;
  const started = performance.now();
  const seconds = () => Math.round(performance.now() - started) / 1000;
  const { emit, clock, signal } = context.effects;
  if (signal?.aborted) return finish(context, step, 'skipped', 'the run was interrupted', seconds());
  const blocked = whySkipped(needsOf(context, model, step), settled);
  if (blocked) return finish(context, step, 'skipped', blocked.reason, seconds(), blocked.cause);
  if (step.action === 'blocked') {
    return fail(context, step, await describeBlocked(context, model, step), 'data', seconds());
  }
  if (step.action === 'fresh') return finish(context, step, 'fresh', step.reason, seconds());
  emit({ event: 'step_started', run: context.run.id, at: clock(), model: step.model });
  try {
    const outcome = await retryStep(context, model, step, () => workOf(context, model, step, seconds));
    return await conclude(context, step, outcome, seconds());
  } catch (error) {
    if (error instanceof InterruptedError || (error instanceof EngineError && error.kind === 'cancelled')) {
      return finish(context, step, 'skipped', 'the run was interrupted', seconds());
    }
    if (error instanceof StateError || (error instanceof EngineError && error.kind === 'unreachable')) throw error;
    if (!(error instanceof EngineError) && !(error instanceof StepError)) throw error;
    return fail(
      context,
      step,
      describeStepError(error, model),
      error instanceof EngineError ? error.kind : 'definition',
      seconds(),
    );
  }
}

/** What it is made from; and what its tests look at, where there is no version of that which they could look at instead. */
function needsOf(context: RunContext, model: ManifestModel, { tests }: PlannedStep): readonly string[] {
  const tested = tests.flatMap(({ test }) => test.reads);
  return [...model.reads, ...tested.filter((name) => name !== model.name && !context.published.has(name))];
}

/** The root cause is named, however far above it lies. */
function whySkipped(
  needs: readonly string[],
  settled: ReadonlyMap<string, StepResult>,
): { readonly reason: string; readonly cause?: string } | undefined {
  for (const name of needs) {
    const result = settled.get(name);
    if (result?.status === 'failed') return { reason: `\`${name}\` failed`, cause: name };
    if (result?.status !== 'skipped') continue;
    const { cause, reason } = result;
    if (cause === undefined) return { reason };
    return { reason: `\`${cause}\` failed, and \`${name}\` waits for it`, cause };
  }
  return undefined;
}

function workOf(
  context: RunContext,
  model: ManifestModel,
  step: PlannedStep,
  seconds: () => number,
): Promise<StepOutcome> {
  if (step.action === 'test') return testPublished(context, model, step);
  if (step.action === 'load') return remember(context, model, step);
  if (isInPlace(step)) return incrementModel(context, model, step, seconds);
  if (model.form !== 'source') return buildModel(context, model, step, seconds);
  return step.files === undefined
    ? publishTableSource(context, model, step, seconds)
    : loadFiles(context, model, step, seconds);
}

async function remember(context: RunContext, model: ManifestModel, step: PlannedStep): Promise<StepOutcome> {
  if (model.source?.from === 'table') await rememberColumns(context, model, step);
  if (step.files !== undefined)
    await writeState(context, (session) => rememberFiles(context, session, model, step.files!));
  return step.tests.length > 0 ? testPublished(context, model, step) : { status: 'fresh', tests: [] };
}

async function testPublished(context: RunContext, model: ManifestModel, step: PlannedStep): Promise<StepOutcome> {
  const complete = context.published.get(model.name)?.completeThrough;
  const scan = await testRelation(context, stepSession(context), model, step.tests, resolver(context), complete);
  const failed = scan.outcomes.some(({ result }) => stops(result));
  if (model.source?.events) await recountEvents(context, model);
  return { status: failed ? 'failed' : 'fresh', tests: scan.outcomes, rows: scan.rows };
}

async function conclude(
  context: RunContext,
  step: PlannedStep,
  outcome: StepOutcome,
  seconds: number,
): Promise<StepResult> {
  const failed = outcome.tests.filter(({ result }) => stops(result));
  const reason = outcome.status === 'failed' ? describeFailed(step, failed) : step.reason;
  if (!outcome.published) {
    await writeState(context, async (session) => {
      const { model } = step;
      const rows = outcome.rows === undefined ? {} : { rows: outcome.rows };
      await recordStep(
        session,
        context.run,
        { model, status: outcome.status, reason, seconds, build: step.build, ...rows },
        context.effects.clock(),
      );
      await recordOutcomes(context, session, outcome.tests, new Map([[model, step.build]]));
    });
  }
  const account = outcome.status === 'built' ? context.accounts.get(step.model) : undefined;
  return tell(context, {
    kind: 'step',
    model: step.model,
    ...(account ? { account } : {}),
    status: outcome.status,
    reason,
    ...(outcome.rows === undefined ? {} : { rows: outcome.rows }),
    ...(outcome.rejected === undefined ? {} : { rejected: outcome.rejected }),
    ...(outcome.arrivals === undefined ? {} : { arrivals: outcome.arrivals }),
    ...(outcome.filesLoaded === undefined ? {} : { filesLoaded: outcome.filesLoaded }),
    ...(outcome.repaired === undefined ? {} : { repaired: outcome.repaired }),
    seconds,
    tests: outcome.tests.map(({ result }) => result),
  });
}

function describeFailed(step: PlannedStep, failed: readonly TestOutcome[]): string {
  const names = failed.slice(0, 3).map(({ result }) => `\`${result.test}\``);
  const more = failed.length > 3 ? ` and ${failed.length - 3} more` : '';
  const kept = step.action === 'test' ? '' : '; what was published before stays';
  return `${failed.length === 1 ? 'a data test' : `${failed.length} data tests`} failed: ${names.join(', ')}${more}${kept}`;
}

async function fail(
  context: RunContext,
  step: PlannedStep,
  error: string,
  kind: string,
  seconds: number,
): Promise<StepResult> {
  const record: StepRecord = { model: step.model, status: 'failed', reason: firstLine(error), seconds, error };
  await writeState(context, async (session) => {
    await recordStep(session, context.run, record, context.effects.clock());
    await recordError(session, context.run, { model: step.model, kind, message: error }, context.effects.clock());
  });
  return tell(context, {
    kind: 'step',
    model: step.model,
    status: 'failed',
    reason: firstLine(error),
    seconds,
    tests: [],
    error,
  });
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0]!;
}

async function finish(
  context: RunContext,
  step: PlannedStep,
  status: 'skipped' | 'fresh',
  reason: string,
  seconds: number,
  cause?: string,
): Promise<StepResult> {
  if (status === 'skipped') {
    await context.cancelled();
    const record: StepRecord = { model: step.model, status, reason, seconds };
    await writeState(context, (session) => recordStep(session, context.run, record, context.effects.clock()));
  }
  const version = status === 'fresh' ? context.published.get(step.model) : undefined;
  const rows = version?.rows === undefined ? {} : { rows: version.rows };
  const named = cause === undefined ? {} : { cause };
  return tell(context, { kind: 'step', model: step.model, status, reason, ...named, ...rows, seconds, tests: [] });
}

function tell(context: RunContext, outcome: StepResult): StepResult {
  const generated = context.models.get(outcome.model)?.generated;
  const result = generated ? { ...outcome, generated } : outcome;
  context.effects.emit({ event: 'step_ended', run: context.run.id, at: context.effects.clock(), step: result });
  return result;
}
