import { microsPerDay } from '../cohort/clock.ts';
import { lengthOf } from './conditions.ts';
import type { SegmentWorld, WrittenSegment } from './world.ts';

type Scores = { readonly r: number; readonly f: number; readonly m: number };

interface Buyer {
  readonly last: bigint;
  readonly count: number;
  readonly sum: number;
}

/** From where on quantiles are reached, as they stood once: the second, the third …; undefined where nobody reached it. */
export interface Ruler {
  /** Elapsed time, at most so much. */
  readonly r: readonly (bigint | undefined)[];
  readonly f: readonly (number | undefined)[];
  readonly m: readonly (number | undefined)[];
}

function entitiesOf({ exclude = [] }: WrittenSegment, world: SegmentWorld): string[] {
  return [...world.population.keys()].filter((e) => !exclude.some((x) => world.exclusions[x]!.has(e)));
}

function buyersOf(segment: WrittenSegment, world: SegmentWorld): ReadonlyMap<string, Buyer> {
  const { rfm } = segment.split!;
  const entities = entitiesOf(segment, world);
  const from = world.asOf - lengthOf(rfm.within as string);
  const buyers = new Map<string, Buyer>();
  for (const e of world.events(rfm.activity as string)) {
    if (e.at < from || e.at >= world.asOf || !entities.includes(e.entity)) continue;
    const before = buyers.get(e.entity) ?? { last: e.at, count: 0, sum: 0 };
    buyers.set(e.entity, {
      last: e.at > before.last ? e.at : before.last,
      count: before.count + 1,
      sum: before.sum + (e.value ?? 0),
    });
  }
  return buyers;
}

function quantilesOf(n: number, all: readonly Buyer[], b: Buyer): Scores {
  const score = (worse: number) => Math.floor((n * worse) / all.length) + 1;
  return {
    r: score(all.filter((o) => o.last < b.last).length),
    f: score(all.filter((o) => o.count < b.count).length),
    m: score(all.filter((o) => o.sum < b.sum).length),
  };
}

/** Where the quantiles of a split stand; undefined where there is nobody. */
export function rulerOf(segment: WrittenSegment, world: SegmentWorld): Ruler | undefined {
  const n = segment.split!.rfm.quantiles as number;
  const all = [...buyersOf(segment, world).values()];
  if (all.length === 0) return undefined;
  const scored = all.map((b) => ({ b, scores: quantilesOf(n, all, b) }));
  const places = Array.from({ length: n - 1 }, (_, i) => i + 2);
  const least = <T extends bigint | number>(score: keyof Scores, of: (b: Buyer) => T) =>
    places.map((place) => {
      const values = scored.filter(({ scores }) => scores[score] >= place).map(({ b }) => of(b));
      return values.length === 0 ? undefined : values.reduce((a, b) => (b < a ? b : a));
    });
  const last = least('r', (b) => b.last);
  return {
    r: last.map((at) => (at === undefined ? undefined : world.asOf - at)),
    f: least('f', (b) => b.count),
    m: least('m', (b) => b.sum),
  };
}

/** Everyone who is not excluded, with the first part that fits; who did nothing in the window is `none`. */
export function partsOf(
  segment: WrittenSegment,
  world: SegmentWorld,
  fits: (part: string, scores: Scores) => boolean,
  ruler?: Ruler,
): Map<string, string> {
  const { rfm, parts } = segment.split!;
  const buyers = buyersOf(segment, world);
  const all = [...buyers.values()];
  const reached = (breaks: readonly (number | undefined)[], value: number) =>
    breaks.filter((one) => one !== undefined && value >= one).length + 1;
  const scores = (b: Buyer): Scores => {
    if (ruler !== undefined) {
      const near = ruler.r.filter((one) => one !== undefined && world.asOf - b.last <= one).length;
      return { r: near + 1, f: reached(ruler.f, b.count), m: reached(ruler.m, b.sum) };
    }
    if (rfm.quantiles !== undefined) return quantilesOf(rfm.quantiles as number, all, b);
    const cuts = (key: string) => (rfm[key] ?? []) as number[];
    const days = (cut: number) => BigInt(Math.round(cut * Number(microsPerDay)));
    const elapsed = world.asOf - b.last;
    return {
      r: cuts('recency').filter((cut) => elapsed < days(cut)).length + 1,
      f: cuts('frequency').filter((cut) => b.count >= cut).length + 1,
      m: cuts('monetary').filter((cut) => b.sum >= cut).length + 1,
    };
  };
  return new Map(
    entitiesOf(segment, world).map((entity) => {
      const buyer = buyers.get(entity);
      if (!buyer) return [entity, 'none'];
      const found = Object.entries(parts).find(([, when]) => when === 'else' || fits(when, scores(buyer)));
      return [entity, found?.[0] ?? 'none'];
    }),
  );
}
