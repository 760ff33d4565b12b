import type { Value } from '../../compiler/index.ts';
import { shareOf } from './sizes.ts';

/** Each pair of sets: in both, in one alone, and what share of either is in both. Parts of one split share nobody and are no pair. */
export function countPairs(
  sets: readonly string[],
  masks: readonly { readonly mask: string; readonly entities: number }[],
): readonly (readonly Value[])[] {
  const count = (test: (mask: string) => boolean) =>
    masks.reduce((sum, { mask, entities }) => sum + (test(mask) ? entities : 0), 0);
  const splitOf = (set: string) => (set.includes('.') ? set.slice(0, set.indexOf('.')) : undefined);
  return sets.flatMap((a, i) =>
    sets.slice(i + 1).flatMap((b, k): Value[][] => {
      if (splitOf(a) !== undefined && splitOf(a) === splitOf(b)) return [];
      const j = i + 1 + k;
      const both = count((mask) => mask[i] === '1' && mask[j] === '1');
      const [inA, inB] = [count((mask) => mask[i] === '1'), count((mask) => mask[j] === '1')];
      return [[a, b, both, inA - both, inB - both, shareOf(both, inA), shareOf(both, inB)]];
    }),
  );
}
