import { type Manifest, movesOfSegment } from '../../compiler/index.ts';
import { isLogged } from '../schedule/plan-in-place.ts';
import { isBefore } from '../schedule/plan-segments.ts';
import type { SegmentMark } from '../state/segment-marks.ts';
import type { SegmentRule } from './segment-rule.ts';

/** A model as it is published now. */
export interface ReadModel {
  readonly build: number;
  /** The build since which its log of changes reaches. */
  readonly since: number;
}

/** Whom an evaluation looks at: those who may have moved since the last cut, by the models that changed since; or everyone, and why. */
export type LookAt =
  | { readonly kind: 'moved'; readonly from: string; readonly seen: Readonly<Record<string, number>> }
  | { readonly kind: 'all'; readonly why: string };

/** `reads`: all that the segment reads, also behind views. */
export function chooseLook(
  manifest: Manifest,
  rule: SegmentRule,
  cut: string,
  last: SegmentMark | undefined,
  reads: ReadonlyMap<string, ReadModel>,
): LookAt {
  const all = (why: string): LookAt => ({ kind: 'all', why });
  if (last === undefined) return all('never evaluated before');
  if (isBefore(cut, last.asOf)) return all('a cut before the last one');
  if (last.rule !== rule.rule) return all('another rule than at the last cut');
  if (last.inputs === undefined) return all('what changed since the last cut was not kept');
  const { followed, joined, always } = movesOfSegment(rule.manifest, rule.segment.name);
  if (always !== undefined) return all(always);
  const seen: Record<string, number> = {};
  for (const [name, { build, since }] of reads) {
    const before = last.inputs[name];
    if (before === build) continue;
    const why = whyUnknown(manifest, name, {
      before,
      since,
      isFollowed: followed.includes(name),
      isJoined: joined.includes(name),
    });
    if (why !== undefined) return all(why);
    seen[name] = before!;
  }
  return { kind: 'moved', from: last.asOf, seen };
}

/** Why it is not known whom the changes of a model concern; undefined where it is. */
function whyUnknown(
  manifest: Manifest,
  name: string,
  {
    before,
    since,
    isFollowed,
    isJoined,
  }: {
    readonly before: number | undefined;
    readonly since: number;
    readonly isFollowed: boolean;
    readonly isJoined: boolean;
  },
): string | undefined {
  if (before === undefined) return `\`${name}\` was not read at the last cut`;
  const other = whyNotFollowed(manifest, name, isFollowed, isJoined);
  if (other !== undefined) return `\`${name}\` changed: ${other}`;
  return since > before ? `\`${name}\` was built anew, so what changed in it is not written down` : undefined;
}

/** Why changes of a model never say whom they concern. */
export function whyNotFollowed(
  manifest: Manifest,
  name: string,
  isFollowed: boolean,
  isJoined: boolean,
): string | undefined {
  const model = manifest.models.find((one) => one.name === name);
  if (model?.materialized === 'view') return 'it is a view';
  if (isJoined) return 'rows of other models look into it';
  if (!isFollowed) return 'it is read through a view';
  if (!isLogged(manifest, name)) return 'nothing tells which of its rows are new';
  const isRebuilt = model?.form !== 'source' && (model?.key.length === 0 || (model?.snapshots ?? 0) > 0);
  return isRebuilt
    ? model?.key.length === 0
      ? 'it has no key, so it is built anew each time'
      : 'it keeps snapshots, so it is built anew each time'
    : undefined;
}
