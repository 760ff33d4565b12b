import type { Manifest } from '../../compiler/index.ts';
import { scheduledSegments } from '../schedule/plan-segments.ts';
import { type FoundProblem, keyOf, type Looked } from '../schedule/settle-problems.ts';
import type { TestResult } from '../state/history-types.ts';
import type { RunResult, SegmentResult, SourceAge, StepResult } from './run-types.ts';

/** What a run found wrong, by root cause, and what it found right. `segments`: those that went by their schedule. */
export function findProblems(
  manifest: Manifest,
  { steps, tests, ages, segments }: Pick<RunResult, 'steps' | 'tests' | 'ages' | 'segments'>,
): Looked {
  const waiting = groupWaiting(manifest, steps);
  const skippedBy = (model: string | undefined) => (model === undefined ? [] : (waiting.get(model) ?? []));
  const verdicts = [...steps.flatMap((step) => step.tests), ...tests];
  const passed = new Set([
    ...steps
      .filter(({ status }) => status === 'built' || status === 'fresh')
      .map(({ model }) => keyOf({ kind: 'model', subject: model })),
    ...verdicts.filter(({ status }) => status === 'passed').map(({ test }) => keyOf({ kind: 'test', subject: test })),
    ...ages.filter(({ state }) => state === 'fresh').map(({ model }) => keyOf({ kind: 'freshness', subject: model })),
    ...segments.filter(isKnown).map(({ segment }) => keyOf({ kind: 'segment', subject: segment })),
  ]);
  const found: FoundProblem[] = [
    ...steps.flatMap((step) => modelProblem(step, skippedBy(step.model))),
    ...verdicts.flatMap((result) => testProblem(result, skippedBy(result.model))),
    ...ages.flatMap(staleProblem),
    ...segments.flatMap(segmentProblem),
  ];
  const names = new Set([
    ...manifest.models.map(({ name }) => keyOf({ kind: 'model', subject: name })),
    ...manifest.tests.map(({ name }) => keyOf({ kind: 'test', subject: name })),
    ...manifest.models
      .filter(({ source }) => source?.freshness)
      .map(({ name }) => keyOf({ kind: 'freshness', subject: name })),
    ...scheduledSegments(manifest).map(({ name }) => keyOf({ kind: 'segment', subject: name })),
  ]);
  return { found, passed, exists: (problem) => names.has(keyOf(problem)) };
}

function modelProblem(step: StepResult, skipped: readonly string[]): readonly FoundProblem[] {
  if (step.status !== 'failed' || step.error === undefined) return [];
  const { model, reason } = step;
  return [{ kind: 'model', subject: model, model, severity: 'error', essence: essenceOf(reason), reason, skipped }];
}

function testProblem(result: TestResult, skipped: readonly string[]): readonly FoundProblem[] {
  if (result.status === 'passed') return [];
  const { test, model, status } = result;
  const severity = status === 'warned' ? 'warn' : result.severity;
  return [
    {
      kind: 'test',
      subject: test,
      ...(model === undefined ? {} : { model }),
      severity,
      essence: status === 'error' ? 'cannot be run' : 'fails',
      reason: result.message ?? 'it fails',
      skipped: severity === 'error' ? skipped : [],
    },
  ];
}

function staleProblem({ model, state, words }: SourceAge): readonly FoundProblem[] {
  if (state === 'fresh') return [];
  return [
    {
      kind: 'freshness',
      subject: model,
      model,
      severity: state,
      essence: state,
      reason: words ?? 'stale',
      skipped: [],
    },
  ];
}

/** Who is in it is known as of the last tick that its models are complete through. */
function isKnown({ status }: SegmentResult): boolean {
  return status === 'evaluated' || status === 'unchanged' || status === 'fresh';
}

function segmentProblem({ segment, status, reason, error }: SegmentResult): readonly FoundProblem[] {
  if (status !== 'failed' || error === undefined) return [];
  return [{ kind: 'segment', subject: segment, severity: 'error', essence: essenceOf(reason), reason, skipped: [] }];
}

/** An error stays the same when its numbers change. */
function essenceOf(reason: string): string {
  return reason.replaceAll(/\d+/g, '#');
}

/** By model that failed: those that were skipped because of it, however far below. */
function groupWaiting(manifest: Manifest, steps: readonly StepResult[]): ReadonlyMap<string, readonly string[]> {
  const reads = new Map(manifest.models.map((model) => [model.name, model.reads]));
  const status = new Map(steps.map((step) => [step.model, step.status]));
  const roots = new Map<string, ReadonlySet<string>>();
  const rootsOf = (model: string): ReadonlySet<string> => {
    const known = roots.get(model);
    if (known) return known;
    const found = new Set(
      (reads.get(model) ?? []).flatMap((name) => {
        if (status.get(name) === 'failed') return [name];
        return status.get(name) === 'skipped' ? [...rootsOf(name)] : [];
      }),
    );
    roots.set(model, found);
    return found;
  };
  const waiting = new Map<string, string[]>();
  for (const step of steps) {
    if (step.status !== 'skipped') continue;
    for (const root of rootsOf(step.model)) waiting.set(root, [...(waiting.get(root) ?? []), step.model].sort());
  }
  return waiting;
}
