export interface Suppressed {
  /** By index: small themselves, or hidden so that they cannot be told from the total and the rest. */
  readonly hidden: ReadonlySet<number>;
  /** True where even all of them together are too few: the total must not be shown, either. */
  readonly withTotal: boolean;
}

/** From 1 to `least` − 1: nobody is no group. */
export function isSmall(count: number, least: number): boolean {
  return count > 0 && count < least;
}

/**
 * Which numbers of a group whose total is known must not be shown. Each item is one or more counts of people (who came back, and who did not); undefined: nothing is known of it. What is hidden has to be two or more, and each of its counts must add up to 0 or to `least`, since the total less what is shown tells the sum. `together`: who is in all of them; people may be
 * in several where it is the `most` that one has.
 *
 * @example
 * suppressSmall([[4], [30], [200]], 11).hidden // Set {0, 1}
 */
export function suppressSmall(
  items: readonly (readonly number[] | undefined)[],
  least: number,
  already: ReadonlySet<number> = new Set(),
  together: 'sum' | 'most' = 'sum',
): Suppressed {
  const join = together === 'sum' ? (a: number, b: number) => a + b : Math.max;
  const hidden = new Set([...already].filter((index) => items[index] !== undefined));
  items.forEach((counts, index) => {
    if (counts?.some((count) => isSmall(count, least))) hidden.add(index);
  });
  const isSafe = (): boolean => {
    const chosen = [...hidden].map((index) => items[index]!);
    const sums = (chosen[0] ?? []).map((_, part) => chosen.reduce((all, counts) => join(all, counts[part]!), 0));
    return chosen.length === 0 || (chosen.length > 1 && !sums.some((sum) => isSmall(sum, least)));
  };
  const open = items
    .flatMap((counts, index) =>
      counts === undefined || hidden.has(index) || counts[0] === 0 ? [] : [{ index, size: counts[0]! }],
    )
    .sort((a, b) => a.size - b.size);
  while (!isSafe()) {
    const next = open.shift();
    if (next === undefined) return { hidden, withTotal: true };
    hidden.add(next.index);
  }
  return { hidden, withTotal: false };
}
