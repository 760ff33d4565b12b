import { expect, it } from 'vitest';
import { profileRows } from './profile-rows.ts';

const groups = [
  { value: 'DE', part: 'members', entities: 3 },
  { value: 'DE', part: 'others', entities: 1 },
  { value: 'FR', part: 'others', entities: 4 },
  { value: null, part: 'members', entities: 1 },
  { value: null, part: 'others', entities: 1 },
];

it('a profile sets the share among members against that among everyone', () => {
  expect(profileRows(groups, 'members')).toEqual([
    { value: 'DE', part: 'members', entities: 3, share: 0.75, everyone: 4, shareOfEveryone: 0.4, index: 1.875 },
    { value: 'FR', part: 'members', entities: 0, share: 0, everyone: 4, shareOfEveryone: 0.4, index: 0 },
    { value: null, part: 'members', entities: 1, share: 0.25, everyone: 2, shareOfEveryone: 0.2, index: 1.25 },
  ]);
});

it('of a split each part has its shares, and of an empty segment there are none', () => {
  expect(profileRows(groups).map(({ value, part, entities }) => [value, part, entities])).toEqual([
    ['DE', 'members', 3],
    ['DE', 'others', 1],
    ['FR', 'others', 4],
    [null, 'members', 1],
    [null, 'others', 1],
  ]);
  expect(profileRows([{ value: 'DE', part: 'others', entities: 2 }], 'members')).toEqual([
    { value: 'DE', part: 'members', entities: 0, share: null, everyone: 2, shareOfEveryone: 1, index: null },
  ]);
});
