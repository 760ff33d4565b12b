import { nextPeriodSql, periodOfDaySql, periodSql, startOfDaySql, type TimeColumn } from '../period.ts';
import { identifier as id, textLiteral } from '../sql-text.ts';
import type { IncrementalModel } from './incremental-model.ts';

/** Calendar periods of a model's business time, by its grain: what units, `late`, `lookback`, `partial` and backfills go by. */

type Grain = 'hour' | 'day' | 'week' | 'month';

/** Periods in a row by their names; the first is in it, the last is not. */
export interface PeriodSpan {
  readonly from?: string;
  readonly to?: string;
}

/** The grain that periods are cut by: a date has no hours, and a model that goes by its key is told by days. */
export function grainOf(model: IncrementalModel): Grain {
  if (model.by === 'key') return 'day';
  return model.by === 'hour' && timeOf(model).type === 'date' ? 'day' : model.by;
}

export function timeOf(model: IncrementalModel): NonNullable<IncrementalModel['time']> {
  if (!model.time) throw new Error(`\`${model.name}\` has no business time`);
  return model.time;
}

/** The name of the period that a time falls in: a date, or the instant that an hour starts at. */
export function periodOf(model: IncrementalModel, sql: string, type = timeOf(model).type): string {
  // What is computed is put in brackets: `at time zone` binds closer than a difference.
  const value = /^[\w."]+$/.test(sql) ? sql : `(${sql})`;
  return periodSql({ sql: value, type, zone: zoneOf(model) }, grainOf(model), model.calendar);
}

/** The period that lies `back` before a time: days, weeks and months are steps of the calendar. */
export function periodBefore(model: IncrementalModel, sql: string, type: 'timestamp' | 'date', back: string): string {
  return periodOf(model, shiftTime({ sql, type, zone: zoneOf(model) }, `-${back}`), type);
}

/** The period that a calendar day begins in. */
export function periodOfDay(model: IncrementalModel, day: string): string {
  const date = `cast(${textLiteral(day)} as date)`;
  return grainOf(model) === 'hour'
    ? startOfDaySql(date, zoneOf(model))
    : periodOfDaySql(date, grainOf(model) as Exclude<Grain, 'hour'>, model.calendar);
}

/** A period's first instant and the one after its last, of its name. */
export function instantsOf(model: IncrementalModel, period: string): { readonly from: string; readonly to: string } {
  const grain = grainOf(model);
  const next = nextPeriodSql(period, grain);
  if (grain === 'hour') return { from: period, to: next };
  return { from: startOfDaySql(period, zoneOf(model)), to: startOfDaySql(next, zoneOf(model)) };
}

/** Holds for times in the span; the plain comparison around it lets an engine skip blocks of a table. */
export function inSpan(model: IncrementalModel, time: string, span: PeriodSpan): string {
  const name = grainOf(model) === 'hour' ? 'timestamptz' : 'date';
  const plain = timeOf(model).type === 'date' ? 'timestamp' : 'timestamptz';
  const period = periodOf(model, time);
  const parts: string[] = [];
  if (span.from !== undefined) {
    const from = textLiteral(span.from);
    parts.push(`${time} >= cast(${from} as ${plain}) - interval '1 day'`, `${period} >= cast(${from} as ${name})`);
  }
  if (span.to !== undefined) {
    const to = textLiteral(span.to);
    parts.push(`${time} < cast(${to} as ${plain}) + interval '32 days'`, `${period} < cast(${to} as ${name})`);
  }
  return parts.length === 0 ? 'true' : `(${parts.join(' and ')})`;
}

/** Holds for rows of a model's own columns whose period has not begun by the span's end, or that are in no period at all. */
export function isBefore(model: IncrementalModel, column: string, period: string): string {
  const time = id(column);
  return `(${time} is null or ${periodOf(model, time)} < cast(${textLiteral(period)} as ${grainOf(model) === 'hour' ? 'timestamptz' : 'date'}))`;
}

export function zoneOf(model: IncrementalModel): string {
  return textLiteral(model.calendar.timezone);
}

/** A time moved by a length such as `1 day` or `-1 day`, as an instant or (of a date) a date. Lengths of days and more keep the time of day in the calendar's zone. */
export function shiftTime(time: TimeColumn, length: string): string {
  const interval = `interval ${textLiteral(inMonths(length))}`;
  if (time.type === 'date') return `cast((cast(${time.sql} as timestamp) + ${interval}) as date)`;
  if (isElapsed(length)) return `(${time.sql} + ${interval})`;
  return `(((${time.sql} at time zone ${time.zone}) + ${interval}) at time zone ${time.zone})`;
}

export function isElapsed(length: string): boolean {
  return /minute|hour|second/.test(length);
}

/** No engine reads `1 quarter` as an interval. */
function inMonths(length: string): string {
  return length.replace(/(\d+) quarters?$/, (_, count: string) => `${Number(count) * 3} months`);
}

const unitDays: Readonly<Record<string, number>> = {
  second: 1 / 86_400,
  minute: 1 / 1440,
  hour: 1 / 24,
  day: 1,
  week: 7,
  month: 31,
  quarter: 92,
  year: 366,
};
const grainDays: Readonly<Record<Grain, number>> = { hour: 1 / 24, day: 1, week: 7, month: 28 };

/** At most so many periods begin within lengths of time. */
export function periodsWithin(model: IncrementalModel, ...lengths: readonly (string | undefined)[]): number {
  const days = lengths.reduce((sum, length) => {
    const [, count = '0', unit = 'day'] = /^(\d+) ([a-z]+?)s?$/.exec(length ?? '') ?? [];
    return sum + Number(count) * (unitDays[unit] ?? 1);
  }, 0);
  return Math.ceil(days / grainDays[grainOf(model)]) + 2;
}
