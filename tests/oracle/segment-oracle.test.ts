import { describe, expect, it } from 'vitest';
import { sharedObstacle, sharedPath } from '../support/shared.ts';
import { attritionOf } from './segment/attrition.ts';
import { memberVerdict } from './segment/conditions.ts';
import { readCorpus } from './segment/read-corpus.ts';
import { partsOf } from './segment/splits.ts';
import type { SegmentWorld, Verdict } from './segment/world.ts';

const corpus = 'corpus/semantics';
const obstacle = sharedObstacle(corpus);

/** `r = 4 and f >= 3`, by hand. */
function fits(part: string, scores: Readonly<Record<'r' | 'f' | 'm', number>>): boolean {
  return part.split(' and ').every((one) => {
    const [, name, operator, number] = /^([rfm]) (=|>=|<=) (\d)$/.exec(one)!;
    const score = scores[name as 'r'];
    return operator === '='
      ? score === Number(number)
      : operator === '>='
        ? score >= Number(number)
        : score <= Number(number);
  });
}

describe.skipIf(obstacle !== undefined)(`the oracle of segments${obstacle ? ` (${obstacle})` : ''}`, () => {
  const examples = obstacle === undefined ? readCorpus(sharedPath(corpus)) : [];

  it.each(examples.map((example) => [`${example.segment}: ${example.title}`, example] as const))(
    'gives what the corpus says of %s',
    (_, { segment, expect: wanted, world }) => {
      const rule = world.segments[segment]!;
      if (rule.split) {
        const rows = [...partsOf(rule, world, fits)].map(([user_id, part]) => ({ user_id, part }));
        expect(rows.sort((a, b) => (a.user_id < b.user_id ? -1 : 1))).toEqual(wanted);
        return;
      }
      const members = [...world.population.keys()].filter((e) => memberVerdict(segment, e, world) === true);
      const expected = 'members' in wanted ? wanted.members : wanted.map((row) => row.user_id);
      expect(members.sort()).toEqual([...expected].sort());
    },
  );
});

/** A world where each entity's properties are the verdicts themselves. */
function worldOf(
  entities: readonly Readonly<Record<string, Verdict>>[],
  more: Partial<SegmentWorld> = {},
): SegmentWorld {
  const names = ['a', 'b', 'c', 'd'];
  return {
    calendar: { zone: 'UTC', weekStart: 1 },
    asOf: 0n,
    population: new Map(entities.map((properties, i) => [String(i), properties])),
    events: () => [],
    segments: {},
    lists: {},
    exclusions: {},
    sql: Object.fromEntries(names.map((name) => [name, (row) => (row[name] as Verdict | undefined) ?? null])),
    ...more,
  };
}

const masks: readonly (readonly [string, number])[] = [
  ['a', 380],
  ['b', 105],
  ['c', 10],
  ['ab', 185],
  ['ac', 30],
  ['bc', 5],
  ['abc', 5],
  ['', 280],
];
const thousand = masks.flatMap(([fails, n]) =>
  Array.from({ length: n }, () => ({ a: !fails.includes('a'), b: !fails.includes('b'), c: !fails.includes('c') })),
);

describe('attrition by brute force', () => {
  it('of semantics.md §9: who fails, who is removed in order, sole blockers', () => {
    const rows = attritionOf(
      { where: { all: [{ property: 'a' }, { property: 'b' }, { property: 'c' }] } },
      worldOf(thousand),
    );
    expect(rows.map(({ fails, removed, sole }) => [fails, removed, sole])).toEqual([
      [600, 600, 380],
      [300, 110, 105],
      [50, 10, 10],
    ]);
    expect(1000 - rows.reduce((sum, { removed }) => sum + removed!, 0)).toBe(280);
  });

  it('goes into groups: dropping an alternative gains nobody, dropping what is negated may', () => {
    const world = worldOf(
      [
        { a: true, b: false, c: false },
        { a: true, b: true, c: true },
        { a: false, b: true, c: null },
      ],
      { exclusions: { test_users: new Set(['1']) } },
    );
    const where = {
      all: [{ property: 'a' }, { any: [{ property: 'b' }, { property: 'c' }] }, { not: { property: 'c' } }],
    };
    expect(attritionOf({ where, exclude: ['test_users'] }, world)).toEqual([
      { condition: '1', fails: 1, unknown: 0, removed: 1, sole: 0 },
      { condition: '2', fails: 1, unknown: 0, removed: 1, sole: 1 },
      { condition: '2.1', fails: 1, unknown: 0, removed: null, sole: 0 },
      { condition: '2.2', fails: 2, unknown: 1, removed: null, sole: 0 },
      { condition: '3', fails: 2, unknown: 1, removed: 1, sole: 0 },
      { condition: '3.1', fails: 2, unknown: 1, removed: null, sole: 0 },
      { condition: 'test_users', fails: 1, unknown: 0, removed: 0, sole: 0 },
    ]);
  });
});
