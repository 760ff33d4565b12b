import { type Manifest, type ManifestSegment, parseSchedule } from '../../compiler/index.ts';
import { latestTick } from './latest-tick.ts';
import { microsecondsOf } from './microseconds-of.ts';
import type { RunPlan } from './run-plan.ts';

/** The last cut at which a segment was evaluated, and by which rule. */
export interface EvaluatedCut {
  readonly segment: string;
  readonly rule: string;
  readonly asOf: string;
}

/** Which segments a run may evaluate. */
export interface SegmentRequest {
  readonly names: readonly string[];
  /** Cuts to be computed on purpose, whatever is due; absent: the latest tick of each. */
  readonly cuts?: readonly string[];
}

/** What is to be done for a segment. `waiting`: a tick has come, and its models are not complete so far. */
export type SegmentVerdict =
  | { readonly kind: 'due'; readonly cut: string; readonly reason: string }
  | { readonly kind: 'fresh' | 'waiting'; readonly reason: string };

/** What is known of the target when a segment is judged. */
export interface SegmentGround {
  readonly manifest: Manifest;
  /** The watermark of each model that is published. */
  readonly complete: ReadonlyMap<string, string | undefined>;
  readonly last: EvaluatedCut | undefined;
  /** The wall clock: what should have been done by now. */
  readonly now: string;
}

/** Segments that go by a schedule. */
export function scheduledSegments({ segments, project }: Manifest): readonly ManifestSegment[] {
  return segments.filter(({ computed, status, schedule }) => {
    const parsed = parseSchedule(schedule, project.calendar.weekStart);
    return computed && status === 'production' && typeof parsed !== 'string' && parsed.kind === 'cron';
  });
}

/** Is the latest tick that all inputs are complete through newer than the last cut, or the rule another? */
export function judgeSegment(
  { manifest, complete, last, now }: SegmentGround,
  segment: ManifestSegment,
): SegmentVerdict {
  const through = completeThrough(segment, complete);
  if (through.at === undefined) return { kind: 'waiting', reason: through.why };
  const tick = tickBefore(manifest, segment, through.at);
  if (tick === undefined) return { kind: 'fresh', reason: 'its schedule has no tick' };
  if (last === undefined) return { kind: 'due', cut: tick, reason: 'never evaluated' };
  const isNewer = isBefore(last.asOf, tick);
  // What is known of a cut is not taken back because a source was read anew from its beginning.
  if (last.rule !== segment.fingerprint)
    return { kind: 'due', cut: isNewer ? tick : last.asOf, reason: 'another rule' };
  if (isNewer) return { kind: 'due', cut: tick, reason: `a new tick, ${tick}` };
  const expected = tickBefore(manifest, segment, now);
  if (expected !== undefined && isBefore(tick, expected))
    return { kind: 'waiting', reason: `it waits for data before ${expected}: ${through.why}` };
  return { kind: 'fresh', reason: `evaluated as of ${last.asOf}` };
}

/** Has a tick come by the clock that was not evaluated, or a new rule? Whatever data there is: that is what a run is to see to. */
export function isDueByClock(
  { manifest, last, now }: Omit<SegmentGround, 'complete'>,
  segment: ManifestSegment,
): boolean {
  if (last === undefined || last.rule !== segment.fingerprint) return true;
  const tick = tickBefore(manifest, segment, now);
  return tick !== undefined && isBefore(last.asOf, tick);
}

/** How far all that it reads is complete, and which of it is the least so. */
export function completeThrough(
  { reads }: Pick<ManifestSegment, 'reads'>,
  complete: ReadonlyMap<string, string | undefined>,
): { readonly at: string; readonly why: string } | { readonly at?: undefined; readonly why: string } {
  let least: { readonly at: string; readonly why: string } | undefined;
  for (const name of reads) {
    if (!complete.has(name)) return { why: `\`${name}\` is not built` };
    const at = complete.get(name);
    if (at === undefined) return { why: `how far \`${name}\` is complete is not known` };
    if (least === undefined || isBefore(at, least.at)) least = { at, why: `\`${name}\` is complete through ${at}` };
  }
  return least ?? { why: 'it reads nothing' };
}

/** Segments that may have something to do once the plan is carried out: their models move, or they are due as things are. Others need not be claimed. */
export function segmentsAtStake(
  { manifest, complete, now }: Omit<SegmentGround, 'last'>,
  request: SegmentRequest,
  last: ReadonlyMap<string, EvaluatedCut>,
  plan: RunPlan,
): readonly ManifestSegment[] {
  const names = new Set(request.names);
  const chosen = manifest.segments.filter(({ name, computed }) => computed && names.has(name));
  if (request.cuts !== undefined) return chosen;
  const moving = new Set(
    plan.steps.filter(({ action }) => action === 'build' || action === 'load').map((s) => s.model),
  );
  const scheduled = new Set(scheduledSegments(manifest));
  return chosen.filter((segment) => {
    if (!scheduled.has(segment)) return false;
    if (segment.reads.some((name) => moving.has(name))) return true;
    return judgeSegment({ manifest, complete, last: last.get(segment.name), now }, segment).kind === 'due';
  });
}

function tickBefore({ project }: Manifest, { schedule }: ManifestSegment, before: string): string | undefined {
  const { timezone, weekStart } = project.calendar;
  const parsed = parseSchedule(schedule, weekStart);
  if (typeof parsed === 'string' || parsed.kind !== 'cron') return undefined;
  return latestTick(parsed.line, timezone, before);
}

/** Instants in ISO text, UTC. */
export function isBefore(a: string, b: string): boolean {
  return microsecondsOf(a)! < microsecondsOf(b)!;
}
