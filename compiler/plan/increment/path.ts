import type { Conjunct, Item } from './block.ts';

/** Items on the shortest way between two items of FROM, along conditions that name two of them; undefined where there is none. */
export function findPath(from: Item, to: Item, conjuncts: readonly Conjunct[]): readonly Item[] | undefined {
  const links = conjuncts.filter(({ items }) => items.size === 2);
  const before = new Map<Item, Item | undefined>([[from, undefined]]);
  const queue = [from];
  for (const item of queue) {
    if (item === to) return trace(before, to);
    for (const { items } of links) {
      if (!items.has(item)) continue;
      for (const next of items) {
        if (before.has(next)) continue;
        before.set(next, item);
        queue.push(next);
      }
    }
  }
  return undefined;
}

function trace(before: ReadonlyMap<Item, Item | undefined>, to: Item): readonly Item[] {
  const path: Item[] = [];
  for (let at: Item | undefined = to; at; at = before.get(at)) path.push(at);
  return path.reverse();
}
