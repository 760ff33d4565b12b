import { type Manifest, movesOfSegment, type SegmentMoves } from '../../compiler/index.ts';
import { isLogged } from '../schedule/plan-in-place.ts';
import { isBefore } from '../schedule/plan-segments.ts';
import type { SegmentMark } from '../state/segment-marks.ts';
import type { SegmentRule } from './segment-rule.ts';

/** A model as it is published now. */
export interface ReadModel {
  readonly build: number;
  /** The build since which its log of changes reaches; of a view, since which it is defined so. */
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
  const moves = movesOfSegment(rule.manifest, rule.segment.name);
  if (moves.always !== undefined) return all(moves.always);
  const seen: Record<string, number> = {};
  for (const [name, { build, since }] of reads) {
    const before = last.inputs[name];
    if (before === build) continue;
    const why = whyUnknown(manifest, name, moves, before, since);
    if (why !== undefined) return all(why);
    // A view has no log: what changed is in those of the tables behind it.
    if (!moves.views.includes(name)) seen[name] = before!;
  }
  return { kind: 'moved', from: last.asOf, seen };
}

/** Why it is not known whom the changes of a model concern; undefined where it is. */
function whyUnknown(
  manifest: Manifest,
  name: string,
  moves: SegmentMoves,
  before: number | undefined,
  since: number,
): string | undefined {
  if (before === undefined) return `\`${name}\` was not read at the last cut`;
  const other = whyNotFollowed(manifest, name, moves);
  if (other !== undefined) return `\`${name}\` changed: ${other}`;
  if (since <= before) return undefined;
  return moves.views.includes(name)
    ? `the view \`${name}\` is another one`
    : `\`${name}\` was built anew, so what changed in it is not written down`;
}

/** Why changes of a model never say whom they concern. */
export function whyNotFollowed(
  manifest: Manifest,
  name: string,
  { followed, views, lost, joined }: Pick<SegmentMoves, 'followed' | 'views' | 'lost' | 'joined'>,
): string | undefined {
  const model = manifest.models.find((one) => one.name === name);
  if (joined.includes(name)) return 'rows of other models look into it';
  if (lost.has(name))
    return `${model?.materialized === 'view' ? 'it is a view' : 'it is read through a view'}, and ${lost.get(name)}`;
  if (views.includes(name)) return undefined;
  if (!followed.includes(name)) return 'nothing tells whom its rows concern';
  if (!isLogged(manifest, name)) return 'nothing tells which of its rows are new';
  const isRebuilt = model?.form !== 'source' && (model?.key.length === 0 || (model?.snapshots ?? 0) > 0);
  return isRebuilt
    ? model?.key.length === 0
      ? 'it has no key, so it is built anew each time'
      : 'it keeps snapshots, so it is built anew each time'
    : undefined;
}
