import { expect, test } from 'vitest';
import { beginsPeriod } from './begins-period.ts';

const calendar = { timezone: 'UTC', weekStart: 'monday', fiscalYearStart: 1 } as const;

test.each([
  ['2025-01-06', 'week', calendar, true],
  ['2025-01-05', 'week', calendar, false],
  ['2025-01-05', 'week', { ...calendar, weekStart: 'sunday' } as const, true],
  ['1969-12-29', 'week', calendar, true],
  ['1969-12-28', 'week', calendar, false],
  ['2024-02-29', 'day', calendar, true],
  ['2025-09-01', 'month', calendar, true],
  ['2025-09-02', 'month', calendar, false],
  ['2025-04-01', 'quarter', calendar, true],
  ['2025-05-01', 'quarter', calendar, false],
  ['2025-05-01', 'quarter', { ...calendar, fiscalYearStart: 2 } as const, true],
  ['2025-01-01', 'year', calendar, true],
  ['2025-01-01', 'year', { ...calendar, fiscalYearStart: 4 } as const, false],
  ['2025-04-01', 'year', { ...calendar, fiscalYearStart: 4 } as const, true],
] as const)('%s as the first day of a %s', (day, grain, of, expected) => {
  expect(beginsPeriod(day, grain, of)).toBe(expected);
});
