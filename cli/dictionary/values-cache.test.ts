import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ManifestMetric } from '../../compiler/index.ts';
import type { History } from '../../runtime/state/history-types.ts';
import { keyOfValues, openValuesCache } from './values-cache.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'etalon-cache-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const values = { metric: 'revenue', asOf: '2025-01-01T00:00:00Z', series: [] };

it('finds what was kept, and forgets what was not kept again', () => {
  const first = openValuesCache(folder);
  first.keep('a', values);
  first.keep('b', values);
  first.save();
  const second = openValuesCache(folder);
  expect(second.find('a')).toEqual(values);
  expect(second.find('constructor')).toBeUndefined();
  second.keep('a', values);
  second.save();
  expect(openValuesCache(folder).find('b')).toBeUndefined();
});

it('is empty where its file is broken', () => {
  mkdirSync(join(folder, 'target', 'cache'), { recursive: true });
  writeFileSync(join(folder, 'target', 'cache', 'metric-values.json'), '{"a":');
  expect(openValuesCache(folder).find('a')).toBeUndefined();
});

it('has another key where the metric, its data or its calendar is another', () => {
  const metric = {
    name: 'revenue',
    fingerprint: 'f',
    dimensions: [{ name: 'country' }],
    reads: ['marts.orders'],
  } as unknown as ManifestMetric;
  const history = (run: string): History => ({
    runs: [],
    tests: {},
    models: {
      'marts.orders': { model: 'marts.orders', status: 'ok', fingerprint: 'm', builtAt: '2025-01-01T00:00:00Z', run },
    },
  });
  const keys = [
    keyOfValues(metric, history('1'), ['dev', 'UTC']),
    keyOfValues(metric, history('2'), ['dev', 'UTC']),
    keyOfValues(metric, history('1'), ['prod', 'UTC']),
    keyOfValues({ ...metric, fingerprint: 'g' }, history('1'), ['dev', 'UTC']),
    keyOfValues({ ...metric, dimensions: [] }, history('1'), ['dev', 'UTC']),
  ];
  expect(new Set(keys).size).toBe(keys.length);
  expect(keyOfValues(metric, history('1'), ['dev', 'UTC'])).toBe(keys[0]);
});
