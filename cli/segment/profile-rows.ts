import { shareOf } from './sizes.ts';

/** So many entities with a value are in a part. */
export interface ProfileGroup {
  readonly value: string | null;
  readonly part: string;
  readonly entities: number;
}

export interface ProfileRow extends ProfileGroup {
  /** Of the part's entities. */
  readonly share: number | null;
  /** All with the value. */
  readonly everyone: number;
  readonly shareOfEveryone: number | null;
  /** One share over the other: above 1 the value is more frequent in the part than among everyone. */
  readonly index: number | null;
}

/** Each value and part with what they are of; `only`: one part, with a row for each value, though nobody has it there. The most frequent values first. */
export function profileRows(groups: readonly ProfileGroup[], only?: string): readonly ProfileRow[] {
  const ofValue = addUp(groups, ({ value }) => value);
  const ofPart = addUp(groups, ({ part }) => part);
  const ofCell = addUp(groups, ({ value, part }) => JSON.stringify([value, part]));
  const all = groups.reduce((total, { entities }) => total + entities, 0);
  const parts = only === undefined ? [...ofPart.keys()].sort() : [only];
  const values = [...ofValue].sort(([a, m], [b, n]) => n - m || compareValues(a, b));
  return values.flatMap(([value, everyone]) =>
    parts.flatMap((part): ProfileRow[] => {
      const entities = ofCell.get(JSON.stringify([value, part])) ?? 0;
      if (entities === 0 && only === undefined) return [];
      const [share, shareOfEveryone] = [shareOf(entities, ofPart.get(part) ?? 0), shareOf(everyone, all)];
      const index = share === null || !shareOfEveryone ? null : share / shareOfEveryone;
      return [{ value, part, entities, share, everyone, shareOfEveryone, index }];
    }),
  );
}

function addUp<K>(groups: readonly ProfileGroup[], keyOf: (group: ProfileGroup) => K): ReadonlyMap<K, number> {
  const sums = new Map<K, number>();
  for (const group of groups) sums.set(keyOf(group), (sums.get(keyOf(group)) ?? 0) + group.entities);
  return sums;
}

/** Nothing comes last. */
function compareValues(a: string | null, b: string | null): number {
  if (a === b) return 0;
  return a === null ? 1 : b === null ? -1 : a < b ? -1 : 1;
}
