import { describe, expect, it } from 'vitest';
import { parseSchedule, type Weekday } from '../../compiler/index.ts';
import { latestTick, ticksBetween } from './latest-tick.ts';

function lineOf(schedule: string, weekStart: Weekday = 'monday') {
  const parsed = parseSchedule(schedule, weekStart);
  if (typeof parsed === 'string' || parsed.kind !== 'cron') throw new Error(String(parsed));
  return parsed.line;
}

describe('the latest tick', () => {
  it.each([
    ['daily', 'Europe/Berlin', '2025-06-02T06:00:00Z', '2025-06-01T22:00:00Z'],
    ['daily', 'Europe/Berlin', '2025-06-01T22:00:00Z', '2025-06-01T22:00:00Z'],
    ['daily', 'Europe/Berlin', '2025-06-01T21:59:59.999999Z', '2025-05-31T22:00:00Z'],
    ['daily', 'UTC', '2025-06-02T00:00:00.000001Z', '2025-06-02T00:00:00Z'],
    // Clocks were put forward over midnight: the day began at one.
    ['daily', 'America/Sao_Paulo', '2018-11-04T12:00:00Z', '2018-11-04T03:00:00Z'],
    // Half an hour forward at two, where the day is 23.5 hours long.
    ['daily', 'Australia/Lord_Howe', '2025-10-05T13:00:00Z', '2025-10-05T13:00:00Z'],
    ['hourly', 'Asia/Kolkata', '2025-06-02T06:00:00Z', '2025-06-02T05:30:00Z'],
    // The hour from two to three came twice in Berlin.
    ['hourly', 'Europe/Berlin', '2025-10-26T01:10:00Z', '2025-10-26T01:00:00Z'],
    ['hourly', 'Europe/Berlin', '2025-10-26T00:59:00Z', '2025-10-26T00:00:00Z'],
    ['30 2 * * *', 'Europe/Berlin', '2025-10-26T02:00:00Z', '2025-10-26T00:30:00Z'],
    // And not at all in spring.
    ['30 2 * * *', 'Europe/Berlin', '2025-03-30T12:00:00Z', '2025-03-30T01:30:00Z'],
    ['weekly', 'Europe/Berlin', '2025-06-05T12:00:00Z', '2025-06-01T22:00:00Z'],
    ['30 6 * * mon-fri', 'UTC', '2025-06-01T12:00:00Z', '2025-05-30T06:30:00Z'],
    ['0 0 29 2 *', 'UTC', '2025-06-01T12:00:00Z', '2024-02-29T00:00:00Z'],
    ['0 0 1 * fri', 'UTC', '2025-06-05T12:00:00Z', '2025-06-01T00:00:00Z'],
    ['0 0 1 * fri', 'UTC', '2025-06-06T12:00:00Z', '2025-06-06T00:00:00Z'],
    ['*/20 9-17/4 * jan,jun 7', 'UTC', '2025-06-03T00:00:00Z', '2025-06-01T17:40:00Z'],
  ])('of `%s` in %s at %s is %s', (schedule, zone, before, tick) => {
    expect(latestTick(lineOf(schedule), zone, before)).toBe(tick);
  });

  it('of a week is on the first day of the calendar', () => {
    expect(latestTick(lineOf('weekly', 'sunday'), 'UTC', '2025-06-05T12:00:00Z')).toBe('2025-06-01T00:00:00Z');
    expect(latestTick(lineOf('weekly', 'wednesday'), 'UTC', '2025-06-05T12:00:00Z')).toBe('2025-06-04T00:00:00Z');
  });

  it('grows with the instant, and is itself a tick', () => {
    for (const zone of ['Europe/Berlin', 'Africa/Cairo'])
      for (const schedule of ['hourly', 'daily', '15 1,2,3 * * *']) {
        let last = 0;
        for (let at = Date.UTC(2025, 9, 25, 20); at < Date.UTC(2025, 9, 26, 8); at += 30 * 60_000) {
          const tick = Date.parse(latestTick(lineOf(schedule), zone, new Date(at).toISOString())!);
          expect(tick).toBeLessThanOrEqual(at);
          expect(tick).toBeGreaterThanOrEqual(last);
          expect(latestTick(lineOf(schedule), zone, new Date(tick).toISOString())).toBe(
            new Date(tick).toISOString().replace('.000Z', 'Z'),
          );
          last = tick;
        }
      }
  });
});

describe('ticks between', () => {
  it('are all of them, the first included and the last not', () => {
    const from = '2025-10-24T22:00:00Z';
    expect(ticksBetween(lineOf('daily'), 'Europe/Berlin', from, '2025-10-27T23:00:00Z', 100)).toEqual([
      '2025-10-24T22:00:00Z',
      '2025-10-25T22:00:00Z',
      '2025-10-26T23:00:00Z',
    ]);
    expect(ticksBetween(lineOf('daily'), 'UTC', '2025-06-01T00:00:00Z', '2025-07-01T00:00:00Z', 2)).toEqual([
      '2025-06-29T00:00:00Z',
      '2025-06-30T00:00:00Z',
    ]);
  });
});

describe('a schedule', () => {
  it.each(['60 * * * *', '* 24 * * *', '* * 0 * *', '* * * 13 *', '* * * * 8', '5-1 * * * *', '* * 30 feb *', '* *'])(
    '`%s` is told to be malformed',
    (text) => {
      expect(parseSchedule(text, 'monday')).toBeTypeOf('string');
    },
  );
});
