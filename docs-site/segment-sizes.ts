import type { Attrition } from '../compiler/index.ts';
import { leastGroup } from './metric-values-view.ts';
import type { SiteContext } from './site-context.ts';
import type { SegmentOverlap, SegmentValues } from './site-types.ts';
import { isSmall, suppressSmall } from './suppress-small.ts';

export interface ShownSizes {
  readonly asOf: string;
  /** Null: of too few people, or it would tell of them. */
  readonly parts: readonly { readonly part: string; readonly entities: number | null; readonly share: number | null }[];
  /** Absent where a number in it is of too few people: each follows from the others. */
  readonly attrition?: Attrition;
  readonly overlaps: readonly (SegmentOverlap & { readonly hidden: boolean })[];
  readonly history: NonNullable<SegmentValues['history']>;
  /** There are sizes to draw, and some of few people. */
  readonly isHistoryHidden: boolean;
  readonly isHiding: boolean;
}

/** What may be shown of a segment's numbers: nothing of fewer people than `min_group_size`, and nothing that tells of them. */
export function shownSizes(site: SiteContext, name: string): ShownSizes | undefined {
  const values = site.sizes.get(name);
  if (values === undefined) return undefined;
  const least = leastGroup(site);
  const { asOf, sizes, attrition, overlaps = [], history = [] } = values;
  const isFew = (count: number): boolean => isSmall(count, least);
  // Everyone is no part: of a rule, who is out is the third one.
  const groups = attrition ? sizes.filter(({ part }) => part !== 'population') : sizes;
  const counts = groups.map(({ entities }) => entities);
  const rest = attrition ? [attrition.population - counts.reduce((a, b) => a + b, 0)] : [];
  const { hidden } = suppressSmall(
    [...counts, ...rest].map((count) => [count]),
    least,
  );
  const parts = sizes.map(({ part, entities, share }) => {
    const isHidden = hidden.has(groups.findIndex((group) => group.part === part));
    return { part, entities: isHidden ? null : entities, share: isHidden ? null : share };
  });
  const isOfFew = history.some(({ size, entered = 0, left = 0 }) => [size, entered, left].some(isFew));
  const isTold = attrition !== undefined && hidden.size === 0 && !figuresOf(attrition).some(isFew);
  return {
    asOf,
    parts,
    ...(attrition && isTold ? { attrition } : {}),
    overlaps: overlaps.map((pair) => ({
      ...pair,
      hidden: hidden.size > 0 || [pair.both, pair.onlySet, pair.onlyWith].some(isFew),
    })),
    history: isOfFew ? [] : history,
    isHistoryHidden: isOfFew && history.length > 1,
    isHiding: hidden.size > 0 || (attrition !== undefined && !isTold),
  };
}

function figuresOf({ population, members, unknown, rows }: Attrition): readonly number[] {
  const out = population - members - unknown;
  return [
    members,
    unknown,
    out,
    ...rows.flatMap((row) => [row.fails, population - row.fails, row.unknown, row.removed ?? 0, row.sole]),
  ];
}
