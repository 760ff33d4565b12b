import { expect, it } from 'vitest';
import type { ManifestMetric } from '../../compiler/index.ts';
import type { History } from '../../runtime/state/history-types.ts';
import { keyOfValues } from './key-of-values.ts';

it('has another key where the metric, its data or its calendar is another', () => {
  const metric = {
    name: 'revenue',
    fingerprint: 'f',
    dimensions: [{ name: 'country' }],
    reads: ['marts.orders'],
  } as unknown as ManifestMetric;
  const history = (run: string): History => ({
    runs: [],
    problems: [],
    drift: [],
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
