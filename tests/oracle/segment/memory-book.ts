import type { Engine } from '../../../runtime/index.ts';
import { instant } from '../cohort/clock.ts';

export interface Interval {
  readonly entity: string;
  readonly version: number;
  readonly part: string | null;
  readonly from: bigint;
  readonly to: bigint | undefined;
  readonly knownAt: bigint;
  readonly knownUntil: bigint | undefined;
}

export interface Count {
  readonly asOf: bigint;
  readonly version: number;
  readonly knownAt: bigint;
  readonly knownUntil: bigint | undefined;
  readonly population: number;
  readonly size: number;
  readonly unknown: number;
  readonly entered: number;
  readonly left: number;
}

const maybe = (text: unknown) => (text === null || text === undefined ? undefined : instant(String(text)));

export async function readIntervals(engine: Engine): Promise<readonly Interval[]> {
  const { rows } = await engine.execute(
    'select entity, version, part, entered_at, left_at, known_at, known_until from etalon_state.segment_memberships',
  );
  return rows.map(([entity, version, part, from, to, knownAt, knownUntil]) => ({
    entity: String(entity),
    version: Number(version),
    part: part === null ? null : String(part),
    from: maybe(from)!,
    to: maybe(to),
    knownAt: maybe(knownAt)!,
    knownUntil: maybe(knownUntil),
  }));
}

export async function readCounts(engine: Engine): Promise<readonly Count[]> {
  const { rows } = await engine.execute(
    'select as_of, version, known_at, known_until, population, size, unknown, entered, went from etalon_state.segment_evaluations order by as_of, known_at',
  );
  return rows.map(([asOf, version, knownAt, knownUntil, population, size, unknown, entered, left]) => ({
    asOf: maybe(asOf)!,
    version: Number(version),
    knownAt: maybe(knownAt)!,
    knownUntil: maybe(knownUntil),
    population: Number(population),
    size: Number(size),
    unknown: Number(unknown),
    entered: Number(entered),
    left: Number(left),
  }));
}

/** Who was in at a cut, and in which part, by what was known at some time; undefined: by what is known now. */
export function membersAt(
  intervals: readonly Interval[],
  cut: bigint,
  knownAt: bigint | undefined,
): ReadonlyMap<string, string> {
  const held = intervals.filter(
    (one) =>
      one.from <= cut &&
      (one.to === undefined || one.to > cut) &&
      (knownAt === undefined
        ? one.knownUntil === undefined
        : one.knownAt <= knownAt && (one.knownUntil === undefined || one.knownUntil > knownAt)),
  );
  const found = new Map(held.map(({ entity, part }) => [entity, part ?? 'member']));
  if (found.size !== held.length) throw new Error(`intervals overlap at ${cut}`);
  return found;
}

/** Two intervals of one entity that hold at the same time by what is known now. */
export function overlapping(intervals: readonly Interval[]): readonly Interval[] {
  const known = intervals.filter(({ knownUntil }) => knownUntil === undefined);
  return known.filter((a) =>
    known.some(
      (b) =>
        a !== b &&
        a.entity === b.entity &&
        (a.from < b.from || (a.from === b.from && known.indexOf(a) < known.indexOf(b))) &&
        (a.to === undefined || a.to > b.from),
    ),
  );
}
