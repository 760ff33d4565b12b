import type { ManifestSegment } from '../../compiler/index.ts';
import { EngineError } from '../engine/engine.ts';
import { claimOfSegment } from '../schedule/needs.ts';
import {
  completeThrough,
  type EvaluatedCut,
  isBefore,
  judgeSegment,
  type SegmentGround,
  type SegmentRequest,
  scheduledSegments,
} from '../schedule/plan-segments.ts';
import { recordError } from '../state/record.ts';
import { findSegmentMark } from '../state/segment-marks.ts';
import { StateError } from '../state/state-error.ts';
import { forStep, InterruptedError, type RunContext, StepError, writeState } from './run-context.ts';
import type { Evaluated, SegmentResult } from './run-types.ts';

/** What a run may do about segments. Who computes them stands in another room. */
export interface SegmentOptions extends SegmentRequest {
  readonly evaluate: EvaluateSegment;
}

/** Evaluates a segment at a cut and writes down what came of it, in one transaction; the context is that of its step. */
export type EvaluateSegment = (context: RunContext, segment: ManifestSegment, cut: string) => Promise<Evaluated>;

/** Evaluates what is due of these segments, one after the other, and tells of each. Throws only for what ends the whole run. */
export async function runSegments(
  context: RunContext,
  options: SegmentOptions,
  claimed: readonly ManifestSegment[],
): Promise<readonly SegmentResult[]> {
  const results: SegmentResult[] = [];
  for (const segment of inOrder(context, claimed)) {
    const step = forStep(context, claimOfSegment(segment.name));
    for (const work of await listWork(context, options, segment)) {
      const result = 'status' in work ? work : await evaluateOne(step, options, segment, work);
      context.effects.emit({
        event: 'segment_ended',
        run: context.run.id,
        at: context.effects.clock(),
        segment: result,
      });
      results.push(result);
    }
  }
  return results;
}

/** As the manifest has them; each reads the models and no other segment's memory, so any order serves. */
function inOrder({ manifest }: RunContext, claimed: readonly ManifestSegment[]): readonly ManifestSegment[] {
  const names = new Set(claimed.map(({ name }) => name));
  return manifest.segments.filter(({ name }) => names.has(name));
}

interface Cut {
  readonly cut: string;
  readonly reason: string;
}

async function listWork(
  context: RunContext,
  { cuts }: SegmentOptions,
  segment: ManifestSegment,
): Promise<readonly (Cut | SegmentResult)[]> {
  const complete = completeOf(context.published);
  if (cuts !== undefined) {
    const { at, why } = completeThrough(segment, complete);
    return cuts.map((cut) => {
      if (at !== undefined && !isBefore(at, cut)) return { cut, reason: 'asked for' };
      return told(segment, 'failed', `not everything before ${cut} has come: ${why}`, { asOf: cut });
    });
  }
  const last = await findSegmentMark(context.engine, segment.name);
  const verdict = judgeSegment({ manifest: context.manifest, complete, last, now: context.startedAt }, segment);
  return verdict.kind === 'due' ? [verdict] : [told(segment, verdict.kind, verdict.reason)];
}

async function evaluateOne(
  context: RunContext,
  { evaluate }: SegmentOptions,
  segment: ManifestSegment,
  { cut, reason }: Cut,
): Promise<SegmentResult> {
  const started = performance.now();
  const seconds = () => Math.round(performance.now() - started) / 1000;
  const of = (status: SegmentResult['status'], why: string, more: Partial<SegmentResult> = {}) =>
    told(segment, status, why, { asOf: cut, seconds: seconds(), ...more });
  if (context.effects.signal?.aborted) return of('skipped', 'the run was interrupted');
  try {
    const { status, ...found } = await evaluate(context, segment, cut);
    return of(status, reason, found);
  } catch (error) {
    if (error instanceof InterruptedError || (error instanceof EngineError && error.kind === 'cancelled'))
      return of('skipped', 'the run was interrupted');
    if (error instanceof StateError || (error instanceof EngineError && error.kind === 'unreachable')) throw error;
    if (!(error instanceof EngineError) && !(error instanceof StepError)) throw error;
    const message = `segment \`${segment.name}\` could not be evaluated: ${error.message} (${segment.path})`;
    const kind = error instanceof EngineError ? error.kind : 'definition';
    const record = { model: claimOfSegment(segment.name), kind, message };
    await writeState(context, (session) => recordError(session, context.run, record, context.effects.clock()));
    return of('failed', message.split('\n', 1)[0]!, { error: message });
  }
}

/** What is told of those that are left to another run. */
export function leftToOthers(segments: readonly ManifestSegment[]): readonly SegmentResult[] {
  return segments.map((segment) => told(segment, 'skipped', 'another run is at it, or at what it reads'));
}

/** What is told of segments of which nothing is done, without looking at the target again. What is due and is not done is left to another run. */
export function idleSegments(
  { manifest, complete, now }: Omit<SegmentGround, 'last'>,
  { names, cuts }: SegmentRequest,
  last: ReadonlyMap<string, EvaluatedCut>,
): readonly SegmentResult[] {
  const asked = new Set(names);
  if (cuts !== undefined) return leftToOthers(manifest.segments.filter(({ name }) => asked.has(name)));
  return scheduledSegments(manifest)
    .filter(({ name }) => asked.has(name))
    .flatMap((segment) => {
      const verdict = judgeSegment({ manifest, complete, last: last.get(segment.name), now }, segment);
      return verdict.kind === 'due' ? leftToOthers([segment]) : [told(segment, verdict.kind, verdict.reason)];
    });
}

/** The watermark of each published model. */
export function completeOf(
  published: ReadonlyMap<string, { readonly completeThrough?: string }>,
): ReadonlyMap<string, string | undefined> {
  return new Map([...published].map(([name, { completeThrough: at }]) => [name, at]));
}

function told(
  { name, version }: ManifestSegment,
  status: SegmentResult['status'],
  reason: string,
  more: Partial<SegmentResult> = {},
): SegmentResult {
  return { kind: 'segment', segment: name, version, status, reason, seconds: 0, ...more };
}
