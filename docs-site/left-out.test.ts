import { expect, test } from 'vitest';
import type { ManifestMetric } from '../compiler/index.ts';
import { leftOutOf } from './left-out.ts';

const metric = (name: string, exclude: readonly string[], inputs: readonly string[] = []) =>
  ({ name, exclude, inputs }) as ManifestMetric;

const all = [
  metric('revenue', ['testers', 'staff']),
  metric('orders', ['testers']),
  metric('aov', [], ['revenue', 'orders']),
  metric('growth', ['staff'], ['aov']),
];
const metrics = new Map(all.map((one) => [one.name, one]));

test('what a metric leaves out itself, and what the metrics do that it is computed from', () => {
  expect(leftOutOf({ metrics }, metrics.get('orders')!)).toEqual([{ name: 'testers', through: [] }]);
  expect(leftOutOf({ metrics }, metrics.get('aov')!)).toEqual([
    { name: 'testers', through: ['revenue', 'orders'] },
    { name: 'staff', through: ['revenue'] },
  ]);
  expect(leftOutOf({ metrics }, metrics.get('growth')!)).toEqual([
    { name: 'staff', through: [] },
    { name: 'testers', through: ['revenue', 'orders'] },
  ]);
});
