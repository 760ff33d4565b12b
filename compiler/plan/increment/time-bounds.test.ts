import { beforeAll, describe, expect, it, test } from 'vitest';
import { loadParser } from '../../expression/parser.ts';
import { periodSql } from '../period.ts';
import { amongPeriods } from './among-periods.ts';
import { timeBounds } from './time-bounds.ts';

beforeAll(loadParser);

const named = (...days: readonly string[]) => days.map((day) => ({ first: day, last: day }));
const calendar = { timezone: 'Europe/Berlin', weekStart: 'sunday', fiscalYearStart: 1 } as const;

describe('the bounds of a time', () => {
  const instant = { sql: 't.seen', type: 'timestamp', zone: "'Europe/Berlin'" } as const;
  const date = { sql: 't.day', type: 'date', zone: "'Europe/Berlin'" } as const;
  test.each([
    [
      instant,
      'day',
      calendar,
      "(t.seen >= cast('2025-01-04' as timestamptz) and t.seen < cast('2025-01-07' as timestamptz))",
    ],
    [
      instant,
      'week',
      calendar,
      "(t.seen >= cast('2025-01-04' as timestamptz) and t.seen < cast('2025-01-14' as timestamptz))",
    ],
    [
      instant,
      'week',
      { ...calendar, weekStart: 'monday' },
      "(t.seen >= cast('2025-01-04' as timestamptz) and t.seen < cast('2025-01-14' as timestamptz))",
    ],
    [
      instant,
      'month',
      calendar,
      "(t.seen >= cast('2025-01-04' as timestamptz) and t.seen < cast('2025-02-07' as timestamptz))",
    ],
    [date, 'day', calendar, "(t.day >= cast('2025-01-04' as date) and t.day < cast('2025-01-07' as date))"],
    [date, 'quarter', calendar, "(t.day >= cast('2025-01-04' as date) and t.day < cast('2025-04-09' as date))"],
    [date, 'year', calendar, "(t.day >= cast('2025-01-04' as date) and t.day < cast('2026-01-08' as date))"],
  ] as const)('%j by %s', (time, grain, of, expected) => {
    const bounds = timeBounds(periodSql(time, grain, of), 'date', named('2025-01-05'), '1 day');
    expect(bounds?.replaceAll('CAST', 'cast').replaceAll(' AS ', ' as ')).toBe(expected);
  });

  it('are none where a year begins in another month, and of what is no time', () => {
    const fiscal = { ...calendar, fiscalYearStart: 4 } as const;
    expect(timeBounds(periodSql(date, 'year', fiscal), 'date', named('2025-04-01'), '1 day')).toBeUndefined();
    expect(timeBounds('a.n + 1', 'date', named('2025-04-01'), '1 day')).toBeUndefined();
  });
});

describe('periods that are named', () => {
  const day = (name: string) => `cast('${name}' as date)`;
  it('are runs of a column, and one list of an expression', () => {
    const days = named('2025-02-28', '2025-03-01', '2025-03-05');
    const runs = `((d >= ${day('2025-02-28')} and d <= ${day('2025-03-01')}) or d = ${day('2025-03-05')})`;
    expect(amongPeriods('d', days)).toBe(runs);
    expect(amongPeriods('d + 1', named('2025-02-28', '2025-03-01'))).toBe(
      `d + 1 in (${day('2025-02-28')}, ${day('2025-03-01')})`,
    );
  });

  it('are hours by their first instant', () => {
    expect(amongPeriods('h', named('2025-03-01 05:00:00+00'))).toBe(
      "h in (cast('2025-03-01 05:00:00+00' as timestamptz))",
    );
  });

  it('are none where some are not named one by one, or are no dates of ours', () => {
    expect(amongPeriods('d', [])).toBeUndefined();
    expect(amongPeriods('d', [{ first: '2025-03-01', last: '2025-03-02' }])).toBeUndefined();
    expect(amongPeriods('d', named('0044-03-15 (BC)'))).toBeUndefined();
    expect(amongPeriods('d + 1', Array(401).fill(named('2025-03-01')[0]))).toBeUndefined();
  });
});
