export interface Suppressed {
  /** By index: small themselves, or hidden so that they cannot be told from the total and the rest. */
  readonly hidden: ReadonlySet<number>;
  /** True where even all of them together are too few: the total must not be shown, either. */
  readonly withTotal: boolean;
}

/**
 * Which numbers of a group whose total is known must not be shown. Each item is one or more counts of people (who came back, and who did not); undefined: nothing is known of it. A count from 1 to `least` − 1 is
 * small. What is hidden has to be two or more, and each of its counts must add up to 0 or to `least`, since the total less what is shown tells the sum.
 *
 * @example
 * suppressSmall([[4], [30], [200]], 11).hidden // Set {0, 1}
 */
export function suppressSmall(
  items: readonly (readonly number[] | undefined)[],
  least: number,
  already: ReadonlySet<number> = new Set(),
): Suppressed {
  const isSmall = (count: number): boolean => count > 0 && count < least;
  const hidden = new Set([...already].filter((index) => items[index] !== undefined));
  items.forEach((counts, index) => {
    if (counts?.some(isSmall)) hidden.add(index);
  });
  const isSafe = (): boolean => {
    const chosen = [...hidden].map((index) => items[index]!);
    const sums = (chosen[0] ?? []).map((_, part) => chosen.reduce((sum, counts) => sum + counts[part]!, 0));
    return chosen.length === 0 || (chosen.length > 1 && !sums.some(isSmall));
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
