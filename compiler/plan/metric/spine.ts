import type { Calendar } from '../../definition/project.ts';
import { periodOfDaySql, periodSql, startOfDaySql } from '../period.ts';
import type { Question } from '../plan-query.ts';
import { identifier as id, textLiteral } from '../sql-text.ts';

/** The earliest and the latest zone on earth: where a day begins first, and where it ends last. */
export const firstZone = "'Etc/GMT-14'";
export const lastZone = "'Etc/GMT+12'";

/** The name of the generated calendar, and of its only column. */
export const spineName = 'periods';
export const spinePeriod = 'period';

/**
 * The generated calendar as a SELECT of one column: every period of the range. Without `from` it begins with the first row, by `firstDays` (SELECTs of one date each); without `to`
 * it ends with the period of `asOf`.
 */
export function spineSql(question: Question, calendar: Calendar, firstDays: readonly string[]): string {
  const first = question.from
    ? `date '${question.from}'`
    : `(select min(first_day) from (${firstDays.join(' union all ')}) as firsts)`;
  const asOfDay = `cast((${question.asOf} - interval '1 microsecond') at time zone ${firstZone} as date)`;
  const last = question.to ? `(date '${question.to}' - 1)` : asOfDay;
  if (question.grain === 'hour') {
    const zone = textLiteral(calendar.timezone);
    const start = (day: string) => startOfDaySql(day, zone);
    // Half-hours, since zones are off by them; cut to local hours they are those that there are.
    const series = `generate_series(${start(first)}, ${start(`(${last} + 1)`)} - interval '30 minutes', interval '30 minutes') as g (at)`;
    const hour = periodSql({ sql: 'g.at', type: 'timestamp', zone }, 'hour', calendar);
    return `select distinct ${hour} as ${id(spinePeriod)} from ${series}`;
  }
  const series = `generate_series(cast(${first} as timestamptz), cast(${last} as timestamptz), interval '1 day') as g (at)`;
  const period = periodOfDaySql('cast(g.at as date)', question.grain!, calendar);
  return `select distinct ${period} as ${id(spinePeriod)} from ${series}`;
}
