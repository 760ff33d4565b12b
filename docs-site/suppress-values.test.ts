import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ManifestMetric } from '../compiler/index.ts';
import { previousPeriod } from './series.ts';
import type { DictionaryInput, MetricPoint, MetricSeries, MetricValues } from './site-types.ts';
import { withoutSmall } from './suppress-values.ts';

const least = 11;
const start = Date.UTC(2025, 0, 27);
const dayAt = (at: number): string => new Date(start + at * 864e5).toISOString().slice(0, 10);
const monthOf = (day: string): string => `${day.slice(0, 7)}-01`;
/** Weeks from Monday, as 27 January 2025 is. */
const weekOf = (at: number): string => dayAt(at - (at % 7));

/** A sum by day, and the weeks and months that it adds up to. Other people come each day. */
function seriesOf(people: readonly number[]): readonly MetricSeries[] {
  const fewest = new Map<string, number>();
  people.forEach((count, at) => {
    const month = monthOf(dayAt(at));
    if (count > 0) fewest.set(month, Math.min(count, fewest.get(month) ?? least));
  });
  const pointsBy = (periodOf: (at: number) => string): MetricPoint[] => {
    const sums = new Map<string, number>();
    const months = new Map<string, Set<string>>();
    people.forEach((count, at) => {
      const period = periodOf(at);
      sums.set(period, (sums.get(period) ?? 0) + count);
      months.set(period, (months.get(period) ?? new Set()).add(monthOf(dayAt(at))));
    });
    return [...sums].map(([period, count]) => ({
      period,
      value: String(count),
      state: 'final',
      people: count,
      peopleOfDay: Math.min(...[...months.get(period)!].map((month) => fewest.get(month) ?? least)),
    }));
  };
  return [
    { grain: 'day', points: pointsBy(dayAt) },
    { grain: 'week', points: pointsBy(weekOf) },
    { grain: 'month', points: pointsBy((at) => monthOf(dayAt(at))) },
  ];
}

function shown(values: Omit<MetricValues, 'metric'>, metric: Partial<ManifestMetric> = {}): MetricValues {
  const project = { site: { minGroupSize: least } };
  const manifest = { project, metrics: [{ name: 'revenue', inputs: [], ...metric }] };
  const asked = { manifest, values: [{ metric: 'revenue', ...values }] };
  return withoutSmall(asked as unknown as DictionaryInput).values![0]!;
}

/** Whether a sum of unknowns follows from sums that are told: the rank does not grow. */
function follows(told: readonly (readonly number[])[], sum: readonly number[]): boolean {
  return rankOf([...told, sum]) === rankOf(told);
}

function rankOf(rows: readonly (readonly number[])[]): number {
  const left = rows.map((row) => [...row]);
  let rank = 0;
  for (let column = 0; column < (rows[0]?.length ?? 0); column++) {
    const pivot = left.findIndex((row, at) => at >= rank && Math.abs(row[column]!) > 1e-9);
    if (pivot < 0) continue;
    [left[rank], left[pivot]] = [left[pivot]!, left[rank]!];
    const own = left[rank]!;
    for (let at = rank + 1; at < left.length; at++) {
      const by = left[at]![column]! / own[column]!;
      if (by !== 0) for (let i = column; i < own.length; i++) left[at]![i]! -= by * own[i]!;
    }
    rank++;
  }
  return rank;
}

test('no day, week or month of few people follows from those that are shown', () => {
  const day = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 14 }), fc.integer({ min: 11, max: 60 }));
  fc.assert(
    fc.property(fc.array(day, { minLength: 40, maxLength: 70 }), (people) => {
      const series = seriesOf(people);
      const told = shown({ series }).series;
      const rowOf = (grain: string, period: string): number[] =>
        people.map((_, at) =>
          Number((grain === 'day' ? dayAt(at) : grain === 'week' ? weekOf(at) : monthOf(dayAt(at))) === period),
        );
      const known = told.flatMap(({ grain, points }) =>
        points.filter(({ value }) => value !== null).map(({ period }) => rowOf(grain, period)),
      );
      for (const { grain, points } of series)
        for (const { period, people: count = 0 } of points)
          if (count > 0 && count < least)
            expect(follows(known, rowOf(grain, period)), `${grain} ${period}`).toBe(false);
    }),
    { numRuns: 30 },
  );
});

test('where no day is of few people everything is shown, and nothing tells how many were counted', () => {
  const told = shown({ series: seriesOf(Array.from({ length: 60 }, (_, at) => 11 + (at % 5))) });
  expect(told.series.flatMap(({ points }) => points).every(({ value }) => value !== null)).toBe(true);
  expect([told.hides, JSON.stringify(told).includes('people')]).toEqual([undefined, false]);
});

test('a month is told though its days are not; without days only months are told', () => {
  const series = seriesOf(Array.from({ length: 40 }, (_, at) => (at === 10 ? 3 : 20)));
  const values = (told: MetricValues, grain: string) =>
    told.series.find((each) => each.grain === grain)?.points.map(({ value }) => value);
  const told = shown({ series });
  expect(values(told, 'month')).toEqual(['100', '543', '140']);
  expect(values(told, 'week')).toEqual([null, null, null, null, null, '100']);
  expect(told.hides).toBe('some');
  expect(shown({ series: series.slice(1) }).series.map(({ grain }) => grain)).toEqual(['month']);
});

test('a total that goes on from period to period is withheld: less the periods that are shown it tells the others', () => {
  const told = shown({ series: seriesOf(Array.from({ length: 60 }, () => 20)) }, { window: 'unbounded' });
  expect(told).toMatchObject({ series: [], breakdowns: [], hides: 'all' });
});

test('of numbers that reach back only those are shown that do not tell of a period by subtraction', () => {
  const series = seriesOf(Array.from({ length: 60 }, () => 20));
  const told = (alone: Partial<Record<string, number>>) =>
    shown(
      { series: series.map((each) => ({ ...each, peopleAlone: alone[each.grain]! })) },
      { window: '28 days' },
    ).series.map(({ grain, points }) => [grain, points.length]);
  expect(told({ day: 20, week: 140, month: 400 })).toEqual([
    ['day', 60],
    ['week', 9],
    ['month', 3],
  ]);
  expect(told({ day: 3, week: 140, month: 400 })).toEqual([['month', 3]]);
  expect(told({ day: 3, week: 3, month: 3 })).toEqual([['month', 1]]);
});

test('a group of few people takes the next one with it, and both stand last', () => {
  const series = seriesOf(Array.from({ length: 60 }, () => 20));
  const month = { dimension: 'country', grain: 'month' as const, period: previousPeriod('2025-03-01', 'month') };
  const row = (member: string, people: number) => ({ member, value: String(people * 10), people });
  const told = (rows: readonly ReturnType<typeof row>[], rest: { more?: number; morePeople?: number } = {}) =>
    shown({ series, breakdowns: [{ ...month, rows, ...rest }] }).breakdowns![0]!.rows.map(({ member, value }) => [
      member,
      value,
    ]);
  expect(told([row('DE', 300), row('FR', 40), row('AT', 3)])).toEqual([
    ['DE', '3000'],
    ['AT', null],
    ['FR', null],
  ]);
  // The same six people may be in both.
  expect(told([row('DE', 300), row('AT', 6), row('CH', 6)]).map(([, value]) => value)).toEqual([null, null, null]);
  // Those that are not listed hide it already, if one of them is large enough.
  expect(told([row('DE', 300), row('AT', 3)], { more: 2, morePeople: 12 })).toEqual([
    ['DE', '3000'],
    ['AT', null],
  ]);
  expect(told([row('DE', 300), row('FR', 40)], { more: 1, morePeople: 2 })).toEqual([
    ['DE', '3000'],
    ['FR', null],
  ]);
});

test('a rate of few among many is hidden like a number of few', () => {
  const [, , months] = seriesOf(Array.from({ length: 60 }, () => 20));
  const points = months!.points.map((point, at) => ({ ...point, value: '0.006', people: at === 1 ? 3 : 50 }));
  expect(shown({ series: [{ grain: 'month', points }] }).series[0]!.points.map(({ value }) => value)).toEqual([
    '0.006',
    null,
    '0.006',
  ]);
});
