import { expect, it } from 'vitest';
import type { QueryColumn, Value } from '../../compiler/index.ts';
import { findGrid, formatGrid } from './grid.ts';

const column = (name: string, role: QueryColumn['role']): QueryColumn => ({ name, type: 'text', role });
const columns = [
  column('cohort', 'grain'),
  column('k', 'dimension'),
  column('size', 'metric'),
  column('returned', 'metric'),
  column('rate', 'metric'),
  column('state', 'state'),
];
const rows: readonly (readonly Value[])[] = [
  ['2025-01-01', 0, 10, 10, 1, 'final'],
  ['2025-01-01', 1, 10, 4, 0.4, 'final'],
  ['2025-01-01', 2, 10, 0, 0, 'partial'],
  ['2025-02-01', 0, 0, null, null, 'empty'],
  ['2025-02-01', 1, 0, null, null, 'empty'],
  ['2025-02-01', 2, 0, null, null, 'empty'],
  ['2025-03-01', 0, 8, 8, 1, 'partial'],
  ['2025-03-01', 1, 8, null, null, 'unobservable'],
  ['2025-03-01', 2, 8, null, null, 'unobservable'],
];
const plain = (text: string) => text;

it('draws a row for each cohort, and what is not known is no zero', () => {
  const grid = findGrid(columns)!;
  const lines = formatGrid(grid, { columns, rows }, undefined, plain).split('\n');
  expect(lines.slice(0, 4).map((line) => line.replaceAll(/ +/g, ' '))).toEqual([
    'cohort size 0 1 2',
    '2025-01-01 10 100% █40.0% 0%*',
    '2025-02-01 0 – – –',
    '2025-03-01 8 100%* · ·',
  ]);
});

it('puts the mean below, with its own cells', () => {
  const means = {
    columns: [
      column('k', 'dimension'),
      column('size', 'metric'),
      column('returned', 'metric'),
      column('rate', 'metric'),
    ],
    rows: [
      [0, 10, 10, 1],
      [1, 10, 4, 0.4],
      [2, null, null, null],
    ] as const,
    name: 'mean',
  };
  const text = formatGrid(findGrid(columns)!, { columns, rows }, means, plain);
  expect(text.split('\n').at(-2)!.replaceAll(/ +/g, ' ')).toBe('mean 10 100% 40.0% ·');
});

it('is for rows of cohorts and intervals alone', () => {
  expect(findGrid(columns.filter(({ name }) => name !== 'cohort'))).toBeUndefined();
  expect(findGrid([column('month', 'grain'), column('revenue', 'metric'), column('state', 'state')])).toBeUndefined();
  expect(findGrid([column('cohort', 'grain'), column('n_total', 'metric'), column('state', 'state')])).toBeUndefined();
});
