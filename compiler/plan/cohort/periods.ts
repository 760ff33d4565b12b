import type { Grain } from '../../definition/metric.ts';
import type { Calendar } from '../../definition/project.ts';
import type { Span } from '../metric/frame.ts';
import { periodOfDaySql, periodSql, startOfDaySql, type TimeColumn } from '../period.ts';
import { textLiteral } from '../sql-text.ts';

/** The arithmetic of one length of period, such as a week or three days, as canonical SQL. A period is named by its first day, an hour by its first instant. */
export interface Periods {
  readonly every: Span;
  readonly type: 'date' | 'timestamp';
  /** The column that a result calls it by. */
  readonly label: string;
  readonly zone: string;
  /** The period that a row falls in. */
  of(time: TimeColumn): string;
  ofDay(day: string): string;
  /** A whole number that grows by one from period to period. */
  index(period: string): string;
  /** The period `k` periods on; `k` may be SQL that gives a whole number. */
  after(period: string, k: number | string): string;
  /** The instant it starts at. */
  start(period: string): string;
  /** All periods from that of one day to that of another, as a SELECT of one column `period`. */
  between(firstDay: string, lastDay: string): string;
}

const epoch = "date '1970-01-01'";

/** Periods of several days, weeks or months are counted from the one with 1970-01-01. */
export function createPeriods(every: Span, calendar: Calendar, zone: string): Periods {
  return every.unit === 'hour' ? hours(every, calendar, zone) : days(every, calendar, zone);
}

function hours(every: Span, calendar: Calendar, zone: string): Periods {
  const literal = textLiteral(zone);
  const start = (day: string) => startOfDaySql(day, literal);
  return {
    every,
    type: 'timestamp',
    label: 'hour',
    zone: literal,
    of: (time) => periodSql({ ...time, zone: literal }, 'hour', calendar),
    ofDay: start,
    index: (period) => `cast(floor(extract(epoch from ${period}) / 3600) as bigint)`,
    after: (period, k) => (k === 0 ? period : `(${period} + interval '1 hour' * ${k})`),
    start: (period) => period,
    between: (first, last) => {
      // Half-hours, since zones are off by them; cut to local hours they are those that there are.
      const series = `generate_series(${start(first)}, ${start(`(${last} + 1)`)} - interval '30 minutes', interval '30 minutes') as g (at)`;
      return `select distinct ${periodSql({ sql: 'g.at', type: 'timestamp', zone: literal }, 'hour', calendar)} as period from ${series}`;
    },
  };
}

function days(every: Span, calendar: Calendar, zone: string): Periods {
  const { count, unit } = every;
  const literal = textLiteral(zone);
  const months = monthsOf(unit);
  const single = (day: string) => periodOfDaySql(day, unit as Exclude<Grain, 'hour'>, calendar);
  const firstWeek = single(epoch);
  const index = (day: string) => {
    if (months !== undefined) return wholes(monthsSql(day), count * months);
    return unit === 'week' ? wholes(`(${day} - ${firstWeek})`, 7 * count) : wholes(`(${day} - ${epoch})`, count);
  };
  const ofDay = (day: string): string => {
    if (count === 1) return single(day);
    if (unit === 'day') return `(${epoch} + cast(${index(day)} * ${count} as integer))`;
    if (unit === 'week') return `(${firstWeek} + cast(${index(single(day))} * ${7 * count} as integer))`;
    const first = `cast(${index(day)} * ${count} as integer)`;
    return `make_date(cast(1970 + floor(${first} / 12.0) as integer), cast(${first} - floor(${first} / 12.0) * 12 as integer) + 1, 1)`;
  };
  return {
    every,
    type: 'date',
    label: count === 1 ? unit : 'period',
    zone: literal,
    of: (time) => ofDay(localDaySql(time, literal)),
    ofDay,
    index,
    after: (period, k) => {
      if (k === 0) return period;
      const length = count * (months ?? (unit === 'week' ? 7 : 1));
      if (typeof k === 'number')
        return months === undefined
          ? `(${period} + ${k * length})`
          : `cast(${period} + interval '${k * length} months' as date)`;
      return months === undefined
        ? `(${period} + cast(${k} * ${length} as integer))`
        : `cast(${period} + interval '1 month' * (${k} * ${length}) as date)`;
    },
    start: (period) => startOfDaySql(period, literal),
    between: (first, last) => {
      const series = `generate_series(cast(${first} as timestamptz), cast(${last} as timestamptz), interval '1 day') as g (at)`;
      return `select distinct ${ofDay('cast(g.at as date)')} as period from ${series}`;
    },
  };
}

/** The day that a row falls on in a zone; a date is that day already. */
export function localDaySql(time: TimeColumn, zone: string): string {
  return time.type === 'date' ? time.sql : `cast((${time.sql} at time zone ${zone}) as date)`;
}

function monthsOf(unit: Grain): number | undefined {
  return { hour: undefined, day: undefined, week: undefined, month: 1, quarter: 3, year: 12 }[unit];
}

function monthsSql(day: string): string {
  return `((extract(year from ${day}) - 1970) * 12 + extract(month from ${day}) - 1)`;
}

/** How often `by` goes into a whole number, rounded down. */
function wholes(number: string, by: number): string {
  return by === 1 ? `cast(${number} as bigint)` : `cast(floor(${number} / ${by}.0) as bigint)`;
}
