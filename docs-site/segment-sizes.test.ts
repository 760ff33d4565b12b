import { expect, test } from 'vitest';
import { shownSizes } from './segment-sizes.ts';
import type { SiteContext } from './site-context.ts';
import type { SegmentValues } from './site-types.ts';

const sizes = (...counts: readonly (readonly [string, number])[]) =>
  counts.map(([part, entities]) => ({ part, entities, share: entities / 1000 }));

function shown(values: Omit<SegmentValues, 'segment' | 'asOf'>, minGroupSize: number | undefined) {
  const own = { segment: 'loyal', asOf: '2025-07-01T00:00:00Z', ...values };
  const site = { input: { manifest: { project: { site: { minGroupSize } } } }, sizes: new Map([['loyal', own]]) };
  return shownSizes(site as unknown as SiteContext, 'loyal')!;
}

const attrition = {
  population: 1000,
  members: 300,
  unknown: 0,
  rows: [
    { condition: '1', fails: 600, unknown: 0, removed: 600, sole: 200 },
    { condition: '2', fails: 300, unknown: 0, removed: 100, sole: 4 },
  ],
};

test('without a least size everything is shown', () => {
  const told = shown({ sizes: sizes(['members', 300], ['unknown', 0], ['population', 1000]), attrition }, undefined);
  expect([told.attrition, told.isHiding]).toEqual([attrition, false]);
});

test('where a number in it is of few people, the steps are not told: each follows from the others', () => {
  const told = shown({ sizes: sizes(['members', 300], ['unknown', 0], ['population', 1000]), attrition }, 11);
  expect([told.attrition, told.isHiding]).toEqual([undefined, true]);
  expect(told.parts.map(({ entities }) => entities)).toEqual([300, 0, 1000]);
});

test('few members are not told, nor who is out, nor any overlap', () => {
  const told = shown(
    {
      sizes: sizes(['members', 4], ['unknown', 30], ['population', 1000]),
      attrition: { ...attrition, members: 4, unknown: 30 },
      overlaps: [{ set: 'loyal', with: 'pro', both: 0, onlySet: 40, onlyWith: 40 }],
    },
    11,
  );
  // The unknown go as well: everyone less the unknown and the others would be the members.
  expect(told.parts.map(({ entities }) => entities)).toEqual([null, null, 1000]);
  expect(told.overlaps.map(({ hidden }) => hidden)).toEqual([true]);
});

test('a small part of a split takes the next smallest with it', () => {
  const told = shown({ sizes: sizes(['champions', 5], ['fresh', 40], ['others', 400], ['none', 100]) }, 11);
  expect(told.parts.map(({ entities }) => entities)).toEqual([null, null, 400, 100]);
});
