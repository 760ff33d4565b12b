import { describe, expect, test } from 'vitest';
import type { ManifestMetric } from '../compiler/index.ts';
import { buildGrid } from './cohort-grid.ts';
import type { MetricTable, MetricValues } from './site-types.ts';

type Rule = NonNullable<ManifestMetric['rule']>;
const retention = { rule: 'retention', includePartial: false, mean: 'pooled' } as unknown as Rule;

/** Size, then who came back after one and after two periods; null: not reached. */
const cohorts: readonly (readonly [string, number, ...(number | null)[]])[] = [
  ['2025-01-06', 200, 80, 60],
  ['2025-01-13', 100, 5, 40],
  ['2025-01-20', 50, 25, 20],
  ['2025-01-27', 6, 3, null],
];

function valuesOf(rows: typeof cohorts): MetricValues {
  const column = (name: string, role: MetricTable['columns'][number]['role']) => ({ name, type: 'text', role });
  const counts = [column('size', 'metric'), column('returned', 'metric'), column('rate', 'metric')];
  const cell = (size: number, count: number | null): (string | null)[] =>
    count === null ? [String(size), null, null] : [String(size), String(count), String(count / size)];
  const cells = rows.flatMap(([cohort, size, ...later]) =>
    [size, ...later].map((count, k) => [
      cohort,
      String(k),
      ...cell(size, count),
      count === null ? 'unobservable' : 'final',
    ]),
  );
  const overall = [0, 1, 2].map((k) => {
    const closed = rows
      .map(([, size, ...later]) => ({ size, count: [size, ...later][k]! }))
      .filter(({ count }) => count !== null);
    const sum = (of: 'size' | 'count') => closed.reduce((total, each) => total + each[of], 0);
    return [String(k), ...cell(sum('size'), sum('count'))];
  });
  return {
    metric: 'retention',
    series: [],
    table: { of: 'overall', columns: [column('k', 'dimension'), ...counts], rows: overall },
    cells: {
      of: 'cells',
      columns: [column('cohort', 'grain'), column('k', 'dimension'), ...counts, column('state', 'state')],
      rows: cells,
    },
  };
}

describe('a grid of cohorts', () => {
  test('holds every cell as it was answered, and the mean below', () => {
    const grid = buildGrid(retention, valuesOf(cohorts), 0)!;
    expect(grid.across).toEqual(['0', '1', '2']);
    expect(grid.rows.map(({ cohort, size }) => [cohort, size])).toEqual(
      cohorts.map(([cohort, size]) => [cohort, String(size)]),
    );
    expect(grid.rows[1]!.cells[1]).toEqual({ value: '0.05', count: '5', state: 'final' });
    expect(grid.rows[3]!.cells[2]).toEqual({ value: null, count: null, state: 'unobservable' });
    expect(grid.mean[1]).toBe(String(113 / 356));
    expect([grid.meanSize, grid.hidden]).toEqual(['356', 0]);
  });

  test('hides small cohorts and cells, and others where the mean would give them away', () => {
    const grid = buildGrid(retention, valuesOf(cohorts), 11)!;
    // The cohort of 6 goes, and with it the next smallest: its size is the total less the others.
    expect(grid.rows.map(({ size }) => size)).toEqual(['200', '100', null, null]);
    const states = grid.rows.map(({ cells }) => cells.map(({ state }) => state));
    expect(states).toEqual([
      ['final', 'final', 'final'],
      ['final', 'hidden', 'hidden'],
      ['hidden', 'hidden', 'hidden'],
      ['hidden', 'hidden', 'unobservable'],
    ]);
    // In the last column one cell alone would be hidden: another goes with it.
    expect(JSON.stringify(grid)).not.toMatch(/"(6|5|3)"/);
    expect(grid.meanSize).toBeNull();
  });

  test('money of cohorts is not shown where groups must have a size: nobody knows it', () => {
    const money = { rule: 'cohort_revenue' } as unknown as Rule;
    expect(buildGrid(money, valuesOf(cohorts), 11)).toBeUndefined();
    expect(buildGrid({ rule: 'funnel' } as unknown as Rule, valuesOf(cohorts), 0)).toBeUndefined();
  });
});

test('a mean of money over time that not everyone has reached is open, as it is where it is asked for', () => {
  const column = (name: string, role: MetricTable['columns'][number]['role']) => ({ name, type: 'text', role });
  const numbers = ['n_total', 'n_mature', 'value', 'ltv'].map((name) => column(name, 'metric'));
  const columns = [column('horizon', 'dimension'), ...numbers, column('state', 'state')];
  const rows = [
    ['30 days', '10', '10', '500', '50', 'final'],
    ['90 days', '10', '4', '320', '80', 'partial'],
  ];
  const ltv = { rule: 'ltv' } as unknown as Rule;
  const cells = {
    of: 'cells' as const,
    columns: [column('cohort', 'grain'), ...columns],
    rows: rows.map((row) => ['2025-01-01', ...row]),
  };
  const grid = buildGrid(ltv, { metric: 'ltv', series: [], table: { of: 'overall', columns, rows }, cells }, 0)!;
  expect(grid.mean).toEqual(['50', '80']);
  expect([...grid.openMeans]).toEqual([1]);
});
