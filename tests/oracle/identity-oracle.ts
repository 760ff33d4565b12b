/** Identity stitching, slow and obvious: semantics.md §8 over arrays. Shares nothing with the compiler. */

export interface Hit {
  readonly id: string;
  readonly device: string | null;
  readonly login: string | null;
  /** Any number: only the order counts. */
  readonly at: number;
}

export interface Rules {
  readonly anonymous: 'none' | 'first' | 'last' | 'nearest';
  readonly maxUsers: number;
  readonly block: readonly string[];
}

/** Who each event is of, by its id. */
export function stitch(hits: readonly Hit[], rules: Rules): ReadonlyMap<string, string | null> {
  return new Map(hits.map((hit) => [hit.id, personOf(hit, hits, rules)]));
}

function personOf(hit: Hit, hits: readonly Hit[], rules: Rules): string | null {
  const isId = (value: string | null): value is string => value !== null && !rules.block.includes(value);
  if (isId(hit.login)) return hit.login;
  if (!isId(hit.device)) return null;
  const logins = hits
    .filter((other) => other.device === hit.device && isId(other.login))
    .sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
  const people = new Set(logins.map(({ login }) => login));
  const alone = `device:${hit.device}`;
  if (logins.length === 0 || people.size > rules.maxUsers) return alone;
  switch (rules.anonymous) {
    case 'none':
      return alone;
    case 'first':
      return logins[0]!.login;
    case 'last':
      return logins.at(-1)!.login;
    case 'nearest':
      return (logins.findLast(({ at }) => at <= hit.at) ?? logins[0]!).login;
  }
}
