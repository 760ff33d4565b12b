import { microsPerDay } from '../cohort/clock.ts';
import { lengthOf } from './conditions.ts';
import type { SegmentWorld, WrittenSegment } from './world.ts';

type Scores = { readonly r: number; readonly f: number; readonly m: number };

/** Everyone who is not excluded, with the first part that fits; who did nothing in the window is `none`. */
export function partsOf(
  { split, exclude = [] }: WrittenSegment,
  world: SegmentWorld,
  fits: (part: string, scores: Scores) => boolean,
): Map<string, string> {
  const { rfm, parts } = split!;
  const entities = [...world.population.keys()].filter((e) => !exclude.some((x) => world.exclusions[x]!.has(e)));
  const from = world.asOf - lengthOf(rfm.within as string);
  const buyers = new Map<string, { last: bigint; count: number; sum: number }>();
  for (const e of world.events(rfm.activity as string)) {
    if (e.at < from || e.at >= world.asOf || !entities.includes(e.entity)) continue;
    const before = buyers.get(e.entity) ?? { last: e.at, count: 0, sum: 0 };
    buyers.set(e.entity, {
      last: e.at > before.last ? e.at : before.last,
      count: before.count + 1,
      sum: before.sum + (e.value ?? 0),
    });
  }
  const all = [...buyers.values()];
  const scores = (b: (typeof all)[number]): Scores => {
    if (rfm.quantiles !== undefined) {
      const n = rfm.quantiles as number;
      const score = (worse: number) => Math.floor((n * worse) / all.length) + 1;
      return {
        r: score(all.filter((o) => o.last < b.last).length),
        f: score(all.filter((o) => o.count < b.count).length),
        m: score(all.filter((o) => o.sum < b.sum).length),
      };
    }
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
    entities.map((entity) => {
      const buyer = buyers.get(entity);
      if (!buyer) return [entity, 'none'];
      const found = Object.entries(parts).find(([, when]) => when === 'else' || fits(when, scores(buyer)));
      return [entity, found?.[0] ?? 'none'];
    }),
  );
}
