import { catalogOf } from './catalog-of.ts';
import type { Diagnostic } from './diagnostic/diagnostic.ts';
import type { Manifest, ManifestSegment } from './manifest-types.ts';
import { type Attrition, countAttrition, type MaskCount, readMask } from './plan/segment/attrition.ts';
import { planSegment as plan, type SegmentPlan, type SegmentQuestion, setsOf } from './plan/segment/plan-segment.ts';
import { textLiteral } from './plan/sql-text.ts';

export type { Attrition, AttritionRow } from './plan/segment/attrition.ts';
export type { SegmentPlan, SegmentQuestion } from './plan/segment/plan-segment.ts';

/**
 * Plans a question to the segments of a manifest at a cut, an ISO instant: canonical SQL, to be rendered for an engine with `renderSql`. The parser must have been loaded.
 *
 * @example
 * const { plan } = planSegment(manifest, { ask: 'members', segment: 'vip' }, '2025-07-01T00:00:00Z')
 */
export function planSegment(
  manifest: Manifest,
  question: SegmentQuestion,
  asOf: string,
): { readonly plan?: SegmentPlan; readonly diagnostics: readonly Diagnostic[] } {
  return plan(catalogOf(manifest), question, `timestamptz ${textLiteral(asOf)}`);
}

/** Who is lost at which condition, counted from the answer to `{ask: 'masks'}`; undefined of a split, which has no conditions. */
export function attritionOf(
  { rule, exclude }: Pick<ManifestSegment, 'rule' | 'exclude'>,
  masks: readonly MaskCount[],
): Attrition | undefined {
  return rule?.form === 'where' ? countAttrition(rule.where, exclude, masks) : undefined;
}

/** What one entity meets, by the place of each condition (`2.1`) and the name of each exclusion, read from its mask; null: unknown. */
export function evaluateMask(
  { rule, exclude }: Pick<ManifestSegment, 'rule' | 'exclude'>,
  mask: string,
): ReadonlyMap<string, boolean | null> {
  return rule?.form === 'where' ? readMask(rule.where, exclude, mask) : new Map();
}

/** What the marks of the answer to `{ask: 'overlap'}` stand for, in order: segments, and of splits each part. */
export function overlapSets(segments: readonly ManifestSegment[]): readonly string[] {
  return setsOf(segments);
}
