import type { Grain } from '../../definition/metric.ts';
import type { Calendar } from '../../definition/project.ts';
import { grainOrder } from '../catalog.ts';
import { periodOfDaySql } from '../period.ts';
import { monthsIn, type Span, spanWords } from './frame.ts';

/** Why periods of a grain cannot be moved back by a length, or undefined (semantics.md §1: shifts move periods, not days). */
export function whyNoShift(shift: Span, grain: Grain): string | undefined {
  const months = monthsIn(shift.unit) !== undefined;
  if (grain === 'week' && months && shift.unit !== 'year')
    return `\`${spanWords(shift)} ago\` is no whole number of weeks`;
  if (grainOrder[shift.unit] < grainOrder[grain])
    return `\`${spanWords(shift)} ago\` is finer than the grain \`${grain}\``;
  return undefined;
}

/**
 * The first day of a period moved back. By days and weeks the distance is in days; by months and years a day keeps its date, clamped to that month's last one, and a week
 * its number in the year.
 */
export function shiftDaySql(day: string, shift: Span, grain: Grain | undefined, calendar: Calendar): string {
  const months = monthsIn(shift.unit);
  if (months === undefined) return `(${day} - ${shift.count * (shift.unit === 'week' ? 7 : 1)})`;
  if (grain === 'week') return sameWeekSql(day, shift.count, calendar);
  return `cast(${day} - interval '${shift.count * months} months' as date)`;
}

/**
 * The week of the same number `years` earlier, null where that year has none. As in ISO 8601, a week belongs to the year that has most of its days (that of its fourth one), and week 1 is
 * the one with January 4.
 */
function sameWeekSql(week: string, years: number, calendar: Calendar): string {
  const fourth = `(${week} + 3)`;
  const year = `cast(extract(year from ${fourth}) as integer)`;
  const first = (of: string) => periodOfDaySql(`make_date(${of}, 1, 4)`, 'week', calendar);
  const sinceFirst = `(${week} - ${first(year)})`;
  const earlier = `(${first(`${year} - ${years}`)} + cast(${sinceFirst} as integer))`;
  return `case when ${earlier} < ${first(`${year} - ${years - 1}`)} then ${earlier} end`;
}

/** An hour moved back: by hours in elapsed time, by longer units to the same hour of the local day. */
export function shiftHourSql(hour: string, shift: Span, zone: string): string {
  if (shift.unit === 'hour') return `(${hour} - interval '${shift.count} hours')`;
  const local = `(${hour} at time zone ${zone})`;
  const months = monthsIn(shift.unit);
  const back =
    months === undefined ? `${shift.count * (shift.unit === 'week' ? 7 : 1)} days` : `${shift.count * months} months`;
  return `((${local} - interval '${back}') at time zone ${zone})`;
}
