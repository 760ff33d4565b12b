import type { Grain } from '../definition/metric.ts';
import type { Calendar, Weekday } from '../definition/project.ts';
import { mayStrikeTwice } from './midnight-twice.ts';

/**
 * Calendar periods as canonical PostgreSQL, the same arithmetic on every engine (semantics.md §1). A period is named by its first day (`date`), an hour by the
 * instant it starts at. `zone` is an SQL expression: a literal, or a column for metrics whose rows carry their own zone.
 */
export interface TimeColumn {
  readonly sql: string;
  readonly type: 'timestamp' | 'date';
  readonly zone: string;
}

const isoDays: Readonly<Record<Weekday, number>> = {
  monday: 1,
  tuesday: 2,
  wednesday: 3,
  thursday: 4,
  friday: 5,
  saturday: 6,
  sunday: 7,
};

/** The calendar day that a row falls on; a `date` column is that day already and is not moved by the zone. */
export function daySql(time: TimeColumn): string {
  return time.type === 'date' ? time.sql : `cast((${time.sql} at time zone ${time.zone}) as date)`;
}

/** The instant a row stands at: of a date, its first in the zone. */
export function instantSql(time: TimeColumn): string {
  return time.type === 'date' ? startOfDaySql(time.sql, time.zone) : time.sql;
}

/**
 * The first instant of a day in a zone: local midnight, or the first instant after a gap. Of two midnights engines take the second; the microsecond before the first one is the only
 * one of its name, and the day begins after it.
 */
export function startOfDaySql(day: string, zone: string): string {
  const midnight = `(cast(${day} as timestamp) at time zone ${zone})`;
  if (!mayStrikeTwice(zone)) return midnight;
  const lastMoment = `(cast(${day} as timestamp) - interval '1 microsecond')`;
  return `least(${midnight}, (${lastMoment} at time zone ${zone}) + interval '1 microsecond')`;
}

/** The period a row falls in. */
export function periodSql(time: TimeColumn, grain: Grain, calendar: Calendar): string {
  if (grain === 'hour') {
    if (time.type === 'date') throw new Error('a date has no hours');
    const local = `(${time.sql} at time zone ${time.zone})`;
    // Elapsed time back to the local full hour: right where a zone is off by half an hour, and in the hour that a change of clocks repeats.
    return `(${time.sql} - (${local} - date_trunc('hour', ${local})))`;
  }
  return periodOfDaySql(daySql(time), grain, calendar);
}

/** The first day of the period that a day falls in. */
export function periodOfDaySql(day: string, grain: Exclude<Grain, 'hour'>, calendar: Calendar): string {
  switch (grain) {
    case 'day':
      return day;
    case 'week': {
      const after = isoDays[calendar.weekStart] - 1;
      const monday = cutSql('week', midnightSql(after === 0 ? day : `(${day} - ${after})`));
      return after === 0 ? monday : `(${monday} + ${after})`;
    }
    case 'month':
      return cutSql('month', midnightSql(day));
    case 'quarter':
      return fiscalSql(day, 'quarter', (calendar.fiscalYearStart - 1) % 3);
    case 'year':
      return fiscalSql(day, 'year', calendar.fiscalYearStart - 1);
  }
}

/** Cut by a year that starts `shift` months into the calendar's: moved back from the first of the month (so that no day is clamped), cut, moved forward. */
function fiscalSql(day: string, unit: 'quarter' | 'year', shift: number): string {
  if (shift === 0) return cutSql(unit, midnightSql(day));
  const months = `interval '${shift} months'`;
  return `cast(date_trunc('${unit}', date_trunc('month', ${midnightSql(day)}) - ${months}) + ${months} as date)`;
}

/**
 * A day as a time without a zone. Of a date `date_trunc` would make an instant, and a date of that again: twice by way of a zone, which costs DuckDB some hundred times what the rest does. The day is
 * written once only, since neither engine sees that two expressions in a condition are the same.
 */
function midnightSql(day: string): string {
  return `cast(${day} as timestamp)`;
}

function cutSql(unit: 'week' | 'month' | 'quarter' | 'year', time: string): string {
  return `cast(date_trunc('${unit}', ${time}) as date)`;
}

/** The name of the period after the one named `period`. */
export function nextPeriodSql(period: string, grain: Grain): string {
  switch (grain) {
    case 'hour':
      return `(${period} + interval '1 hour')`;
    case 'day':
      return `(${period} + 1)`;
    case 'week':
      return `(${period} + 7)`;
    case 'month':
    case 'quarter':
    case 'year':
      return `cast(${period} + interval '${grain === 'month' ? 1 : grain === 'quarter' ? 3 : 12} months' as date)`;
  }
}
