/** In a group that is larger, each is set beside so many of those that follow it. */
const neighbours = 40;

/**
 * Pairs of items that share a key, each pair once. Large groups are put in order first, and only neighbours are paired: the work grows with the number of items, not with its square.
 *
 * @example
 * pairsOf(['ab', 'bc', 'de'], (text) => [...text], (text) => text) // [['ab', 'bc']]
 */
export function pairsOf<T>(
  items: readonly T[],
  keysOf: (item: T) => readonly string[],
  orderOf: (item: T) => string,
): readonly (readonly [T, T])[] {
  const order = items.map(orderOf);
  const groups = new Map<string, number[]>();
  for (const [at, item] of items.entries())
    for (const key of new Set(keysOf(item))) {
      const group = groups.get(key);
      if (group) group.push(at);
      else groups.set(key, [at]);
    }
  const pairs = new Set<number>();
  for (const group of groups.values()) {
    group.sort((a, b) => (order[a]! < order[b]! ? -1 : order[a]! > order[b]! ? 1 : a - b));
    for (const [place, a] of group.entries())
      for (const b of group.slice(place + 1, place + 1 + neighbours))
        pairs.add(Math.min(a, b) * items.length + Math.max(a, b));
  }
  return [...pairs].map((pair) => [items[Math.floor(pair / items.length)]!, items[pair % items.length]!] as const);
}
