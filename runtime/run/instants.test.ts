import { expect, test } from 'vitest';
import { compareInstants, earlierInstant } from './instants.ts';

test('an instant without a fraction comes before the same with one', () => {
  expect(earlierInstant('2025-01-01T00:00:00.5Z', '2025-01-01T00:00:00Z')).toBe('2025-01-01T00:00:00Z');
});

test('fractions of different lengths compare by value', () => {
  expect(compareInstants('2025-01-01T00:00:00.1Z', '2025-01-01T00:00:00.100000Z')).toBe(0);
  expect(compareInstants('2025-01-01T00:00:00.09Z', '2025-01-01T00:00:00.1Z')).toBe(-1);
});
