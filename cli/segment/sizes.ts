import { type Attrition, attritionOf, type ManifestSegment, type Value } from '../../compiler/index.ts';
import type { Asking } from './ask-segments.ts';

/** A segment's attrition at the cut; undefined of a split. */
export async function askAttrition({ ask }: Asking, segment: ManifestSegment): Promise<Attrition | undefined> {
  const { rows } = await ask({ ask: 'masks', segment: segment.name });
  const masks = rows.map(([, mask, entities]) => ({ mask: String(mask), entities: Number(entities) }));
  return attritionOf(segment, masks);
}

/** Rows of segment, part, entities and their share of everyone there is (of a split: of everyone in it). */
export async function askSizes(asking: Asking, segment: ManifestSegment): Promise<readonly (readonly Value[])[]> {
  if (segment.rule?.form === 'split') {
    const { rows } = await asking.ask({ ask: 'masks', segment: segment.name });
    const counts = new Map(rows.map(([part, entities]) => [String(part), Number(entities)]));
    const all = [...counts.values()].reduce((a, b) => a + b, 0);
    const parts = [...segment.rule.split.parts.map(({ name }) => name), 'none'];
    return parts.map((part) => [segment.name, part, counts.get(part) ?? 0, shareOf(counts.get(part) ?? 0, all)]);
  }
  const { population, members, unknown } = (await askAttrition(asking, segment))!;
  return [
    [segment.name, 'members', members, shareOf(members, population)],
    [segment.name, 'unknown', unknown, shareOf(unknown, population)],
    [segment.name, 'population', population, shareOf(population, population)],
  ];
}

export function shareOf(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}
