import { expect, test } from 'vitest';
import { judgeFreshness } from './judge-freshness.ts';
import { microsecondsIn, microsecondsOf } from './microseconds-of.ts';

const limits = { warnAfter: '2 hours', errorAfter: '24 hours' };
const now = '2025-03-01T12:00:00Z';

test.each([
  ['2025-03-01T11:00:00Z', 'fresh', undefined],
  ['2025-03-01T10:00:00Z', 'fresh', undefined],
  [
    '2025-03-01T09:59:59.999999Z',
    'warn',
    'nothing has arrived for 2 hours (since 2025-03-01T09:59:59.999999Z), and `warn_after` is 2 hours',
  ],
  [
    '2025-02-28T12:00:00Z',
    'warn',
    'nothing has arrived for 24 hours (since 2025-02-28T12:00:00Z), and `warn_after` is 2 hours',
  ],
  [
    '2025-02-28T11:59:59Z',
    'error',
    'nothing has arrived for 24 hours (since 2025-02-28T11:59:59Z), and `error_after` is 24 hours',
  ],
  [
    '2024-02-28T12:00:00Z',
    'error',
    'nothing has arrived for 367 days (since 2024-02-28T12:00:00Z), and `error_after` is 24 hours',
  ],
  // A row of the future has arrived.
  ['2025-03-02T12:00:00Z', 'fresh', undefined],
  [undefined, 'error', 'nothing has arrived yet, and `error_after` is 24 hours'],
])('last arrival %s: %s', (arrival, state, words) => {
  const judged = judgeFreshness(limits, arrival, now);
  expect([judged.state, 'words' in judged ? judged.words : undefined]).toEqual([state, words]);
});

test('one limit alone', () => {
  const arrival = '2025-02-01T12:00:00Z';
  expect(judgeFreshness({ warnAfter: '1 week' }, arrival, now)).toMatchObject({ state: 'warn', limit: '1 week' });
  expect(judgeFreshness({ errorAfter: '1 week' }, arrival, now)).toMatchObject({ state: 'error', limit: '1 week' });
  expect(judgeFreshness({}, arrival, now)).toEqual({ state: 'fresh' });
});

test('instants are counted to the microsecond, as JavaScript counts them to the millisecond', () => {
  for (const text of [
    '1969-12-31T23:59:59Z',
    '2000-02-29T00:00:00Z',
    '2024-12-31T23:59:59Z',
    '2100-03-01T00:00:00Z',
    '0001-01-01T00:00:00Z',
  ])
    expect(microsecondsOf(text), text).toBe(BigInt(Date.parse(text)) * 1000n);
  expect(microsecondsOf('2025-03-01 04:00:00.000001+00')! - microsecondsOf('2025-03-01T04:00:00Z')!).toBe(1n);
  expect(microsecondsOf('yesterday')).toBeUndefined();
});

test('lengths of time', () => {
  expect(microsecondsIn('90 minutes')).toBe(5_400_000_000n);
  expect(microsecondsIn('1 month')).toBe(30n * 86_400_000_000n);
  expect(microsecondsIn('250 milliseconds')).toBe(250_000n);
});
