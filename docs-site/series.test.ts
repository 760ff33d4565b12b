import { expect, test } from 'vitest';
import { buildChart, buildSparkline } from './chart.ts';
import { makeFormat } from './format-value.ts';
import { chartSeries, fillSlots, lastComplete, previousPeriod } from './series.ts';
import type { MetricPoint, MetricSeries } from './site-types.ts';

const point = (period: string, value: string | null, state: MetricPoint['state'] = 'final'): MetricPoint => ({
  period,
  value,
  state,
});

test('the period before, across month ends and leap days', () => {
  expect(previousPeriod('2024-03-01', 'day')).toBe('2024-02-29');
  expect(previousPeriod('2025-01-06', 'week')).toBe('2024-12-30');
  expect(previousPeriod('2025-01-01', 'quarter')).toBe('2024-10-01');
  expect(previousPeriod('2025-01-01T00:00', 'hour')).toBe('2024-12-31T23:00');
});

test('a hole gets a slot without a point, what cannot be observed gets none', () => {
  const series: MetricSeries = {
    grain: 'day',
    points: [point('2025-01-01', '1'), point('2025-01-03', '3'), point('2025-01-04', null, 'unobservable')],
  };
  expect(fillSlots(series, 90).map((slot) => [slot.period, slot.point?.value])).toEqual([
    ['2025-01-01', '1'],
    ['2025-01-02', undefined],
    ['2025-01-03', '3'],
  ]);
  expect(fillSlots(series, 2)).toHaveLength(2);
});

test('the headline is of whole periods only, compared with the very period before', () => {
  const months: MetricSeries = {
    grain: 'month',
    points: [point('2025-01-01', '10'), point('2025-02-01', '12'), point('2025-03-01', '3', 'partial')],
  };
  expect(lastComplete([months])).toMatchObject({ grain: 'month', point: { value: '12' }, previous: { value: '10' } });
  const gap: MetricSeries = { grain: 'month', points: [point('2025-01-01', '10'), point('2025-03-01', '12')] };
  expect(lastComplete([gap])!.previous).toBeUndefined();
  expect(lastComplete([{ grain: 'day', points: [point('2025-03-01', '3', 'partial')] }])).toBeUndefined();
});

test('the chart takes days, or the finest grain that has points', () => {
  const day: MetricSeries = { grain: 'day', points: [point('2025-01-01', null)] };
  const week: MetricSeries = { grain: 'week', points: [point('2025-01-06', '4')] };
  expect(chartSeries([day, week])).toBe(week);
  expect(chartSeries([day])).toBeUndefined();
});

test('a gap is never drawn as zero, an open period is its own path', () => {
  const series: MetricSeries = {
    grain: 'day',
    points: [point('2025-01-01', '10'), point('2025-01-03', '10'), point('2025-01-04', '5', 'partial')],
  };
  const format = makeFormat('en', 'UTC');
  const bars = buildChart({ additivity: 'sum' }, series, format)!;
  expect(bars.whole.match(/M/g)).toHaveLength(2);
  expect(bars.open.match(/M/g)).toHaveLength(1);
  expect(bars.bands).toEqual([{ x: '75%', width: '25%' }]);
  const rate = buildChart({ additivity: 'ratio' }, series, format)!;
  expect(rate.dots).toHaveLength(1);
  expect(rate.yTicks[0]!.y).toBeGreaterThan(rate.yTicks.at(-1)!.y);
});

test('a small line shows single values as dots, and stems where most periods have none', () => {
  const series = (...days: readonly number[]): MetricSeries => ({
    grain: 'day',
    points: days.map((day) => point(`2025-01-0${day}`, String(day))),
  });
  const line = buildSparkline({ additivity: 'ratio' }, series(1, 2, 3, 5, 7, 8, 9))!;
  expect(line.line.match(/M/g)).toHaveLength(2);
  expect(line.dots.match(/M/g)).toHaveLength(1);
  expect(line.zero).toBe('M0,26h100');
  const sparse = buildSparkline({ additivity: 'sum' }, series(1, 5, 6, 9))!;
  expect(sparse.line.match(/V26/g)).toHaveLength(4);
  expect(sparse.dots.match(/M/g)).toHaveLength(4);
  const high = buildSparkline({ additivity: 'ratio' }, series(7, 8, 9))!;
  expect(high).toMatchObject({ dots: '' });
  expect(high.zero).toBeUndefined();
  expect(buildSparkline({ additivity: 'sum' }, series(1))).toBeUndefined();
});
