import { expect, it } from 'vitest';
import { isCalendarDay } from '../../definition/calendar-day.ts';
import type { Calendar } from '../../definition/project.ts';
import { dayNumber, dayText } from '../civil-day.ts';
import { dayOf, isValueSql, periodRange, readPeriod } from './cell-values.ts';

const calendar: Calendar = { timezone: 'UTC', weekStart: 'monday', fiscalYearStart: 1 };

it('counts days as the calendar does', () => {
  for (let day = -200_000; day < 200_000; day += 37)
    expect(dayText(day)).toBe(new Date(day * 86_400_000).toISOString().slice(0, 10));
  expect(dayNumber('1970-01-01')).toBe(0);
  expect(dayNumber('2024-03-01') - dayNumber('2024-02-28')).toBe(2);
  expect(['2024-02-29', '2000-02-29'].every(isCalendarDay)).toBe(true);
  expect(['2025-02-29', '1900-02-29', '2025-13-01', '0000-01-01', '2025-1-1'].some(isCalendarDay)).toBe(false);
});

it('reads a period by its beginning or any day of it', () => {
  expect(['2025', '2025-03', '2025-Q2', '2025q4', '2025-03-14'].map(dayOf)).toEqual([
    '2025-01-01',
    '2025-03-01',
    '2025-04-01',
    '2025-10-01',
    '2025-03-14',
  ]);
  const diagnostics: Parameters<typeof readPeriod>[2] = [];
  expect(readPeriod('month', 'March', diagnostics)).toBeUndefined();
  expect(diagnostics[0]!.message).toContain('`March`, not a period');
});

it('knows where a period begins and ends', () => {
  expect(periodRange('2024-12-31', 'day', calendar)).toEqual({ from: '2024-12-31', to: '2025-01-01' });
  expect(periodRange('2025-01-05', 'week', calendar)).toEqual({ from: '2024-12-30', to: '2025-01-06' });
  expect(periodRange('2025-01-05', 'week', { ...calendar, weekStart: 'sunday' })).toEqual({
    from: '2025-01-05',
    to: '2025-01-12',
  });
  expect(periodRange('2024-02-29', 'month', calendar)).toEqual({ from: '2024-02-01', to: '2024-03-01' });
  expect(periodRange('2025-01-31', 'quarter', { ...calendar, fiscalYearStart: 2 })).toEqual({
    from: '2024-11-01',
    to: '2025-02-01',
  });
  expect(periodRange('2025-03-31', 'year', { ...calendar, fiscalYearStart: 4 })).toEqual({
    from: '2024-04-01',
    to: '2025-04-01',
  });
});

it('writes a value by the type of its column, and lets none out of its quotes', () => {
  const sql = (type: string | undefined, text: string) =>
    isValueSql('t.c', { name: 'c', ...(type ? { type } : {}) }, text, []);
  expect(sql(undefined, "x' or 1=1 --")).toBe("t.c = 'x'' or 1=1 --'");
  expect(sql('text', 'null')).toBe('t.c is null');
  expect(sql('integer', '12')).toBe('t.c = 12');
  expect(sql('boolean', 'true')).toBe('t.c = true');
  expect(sql('date', '2025-03')).toBe("t.c = date '2025-03-01'");
  expect([sql('integer', '1 or 1=1'), sql('boolean', 'yes'), sql('timestamp', 'now()')]).toEqual([
    'false',
    'false',
    'false',
  ]);
});
