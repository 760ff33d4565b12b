import { describe, expect, test } from 'vitest';
import type { ManifestMetric } from '../compiler/index.ts';
import { beforeAfter, changeOf, versionDates } from './build-history.ts';
import { makeFormat } from './format-value.ts';
import type { SiteContext } from './site-context.ts';
import type { SiteBuilds } from './site-types.ts';
import { makeTranslate } from './translate.ts';
import { versionMarks } from './version-marks.ts';

const builds: SiteBuilds = {
  builds: [
    { number: 1, at: '2025-01-10T00:00:00Z' },
    { number: 2, at: '2025-03-05T00:00:00Z' },
    { number: 3, at: '2025-03-06T00:00:00Z' },
  ],
  changes: [
    { build: 1, kind: 'metric', name: 'revenue', change: 'added', version: 1 },
    { build: 2, kind: 'metric', name: 'revenue', change: 'changed', version: 2 },
    { build: 3, kind: 'metric', name: 'revenue', change: 'changed', version: 2 },
    { build: 3, kind: 'segment', name: 'revenue', change: 'added', version: 7 },
  ],
  values: [
    { build: 1, metric: 'revenue', fingerprint: 'a', version: 1, grain: 'month', period: '2025-01-01', value: '100' },
    { build: 1, metric: 'revenue', fingerprint: 'a', version: 1, grain: 'month', period: '2025-02-01', value: '110' },
    { build: 2, metric: 'revenue', fingerprint: 'b', version: 2, grain: 'month', period: '2025-01-01', value: '80' },
  ],
  restated: [],
};
const t = makeTranslate('en');
const format = makeFormat('en', 'UTC');
const revenue = { name: 'revenue', fingerprint: 'b', version: 2, unit: 'EUR' } as unknown as ManifestMetric;

describe('what stored builds tell', () => {
  test('since when a version has been known, by the build that first found it', () => {
    expect([...versionDates(builds, 'metric', 'revenue')]).toEqual([
      [1, { at: '2025-01-10T00:00:00Z', isOldest: true }],
      [2, { at: '2025-03-05T00:00:00Z', isOldest: false }],
    ]);
    expect(versionDates(undefined, 'metric', 'revenue').size).toBe(0);
  });

  test('a version is marked in the period that a build found it in, and nowhere else', () => {
    const slots = ['2025-01-01', '2025-02-01', '2025-03-01', '2025-04-01'].map((period) => ({ period }));
    const dates = versionDates(builds, 'metric', 'revenue');
    expect(versionMarks(dates, slots, 'month')).toEqual([{ version: 2, x: '50%', anchor: 'start' }]);
    expect(versionMarks(dates, slots.slice(0, 2), 'month')).toEqual([]);
    expect(versionMarks(dates, slots.slice(3), 'month')).toEqual([]);
  });

  test('the same periods under either meaning: values of now before those that were stored', () => {
    const point = { period: '2025-02-01', value: '99', state: 'final' };
    const values = new Map([['revenue', { metric: 'revenue', series: [{ grain: 'month', points: [point] }] }]]);
    const site = { t, format, values, input: { builds } } as unknown as SiteContext;
    expect(beforeAfter(site, revenue)).toEqual({
      from: 1,
      to: 2,
      rows: [
        { period: 'January 2025', before: '€100.00', after: '€80.00', change: '-20%' },
        { period: 'February 2025', before: '€110.00', after: '€99.00', change: '-10%' },
      ],
    });
    expect(beforeAfter(site, { ...revenue, name: 'orders' })).toBeUndefined();
  });

  test('a share moves in points', () => {
    const site = { t, format } as unknown as SiteContext;
    expect(changeOf(site, '%', 0.02, 0.035)).toBe('+1.5 points');
    expect(changeOf(site, undefined, 0, 3)).toBe('–');
    expect(changeOf(site, 'EUR', 3, 3)).toBe('the same');
  });
});
