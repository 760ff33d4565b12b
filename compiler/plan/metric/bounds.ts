import type { Grain } from '../../definition/metric.ts';
import type { Calendar } from '../../definition/project.ts';
import { grainOrder } from '../catalog.ts';
import { nextPeriodSql, periodOfDaySql, startOfDaySql } from '../period.ts';
import type { Question } from '../plan-query.ts';
import { type Frame, monthsIn, type Reach, spanWords } from './frame.ts';
import { shiftDaySql, shiftHourSql, whyNoShift } from './shift.ts';

/** Where a row must stand to count in a period: at or after `low` (absent: from the beginning), before `high`. */
export interface Bounds {
  readonly low?: string;
  readonly high: string;
  /** What the bounds are compared with: the row's day, its instant, or its local time of day. */
  readonly position: 'day' | 'instant' | 'local';
}

interface Setting {
  readonly question: Question;
  readonly calendar: Calendar;
  /** An SQL expression: a literal of the metric's zone. */
  readonly zone: string;
}

/** Why a frame does not fit a question, or undefined. */
export function whyNoFrame(frame: Frame, question: Question, isByRow: boolean): string | undefined {
  const { grain } = question;
  for (const shift of frame.shifts) {
    const why = grain && whyNoShift(shift, grain);
    if (why !== undefined) return why;
    if (!grain && (!question.from || !question.to))
      return 'a comparison without a grain is of the whole range, which `from` and `to` must give';
    if (!grain && shift.unit === 'hour') return `\`${spanWords(shift)} ago\` is finer than a range of days`;
  }
  if (grain === 'hour' && isByRow) return 'hours cannot be moved or added up in zones that rows carry';
  if (frame.reach?.kind === 'window' && frame.reach.length.unit === 'hour' && grain !== 'hour')
    return `a window of \`${spanWords(frame.reach.length)}\` is finer than ${grain ? `the grain \`${grain}\`` : 'a range of days'}`;
  if (frame.reach?.kind === 'to_date' && grainOrder[frame.reach.of] < grainOrder[grain ?? 'day'])
    return `\`to_date: ${frame.reach.of}\` is finer than ${grain ? `the grain \`${grain}\`` : 'a range of days'}`;
  return undefined;
}

/** The bounds of a frame in the period that `period` names (SQL; unused without a grain, where the range is the period). */
export function boundsOf(frame: Frame, period: string, setting: Setting): Bounds {
  return setting.question.grain === 'hour' ? hourBounds(frame, period, setting) : dayBounds(frame, period, setting);
}

function dayBounds(frame: Frame, period: string, { question, calendar, zone }: Setting): Bounds {
  const { grain } = question;
  const moved = (day: string) =>
    frame.shifts.reduce((moving, shift) => shiftDaySql(moving, shift, grain, calendar), day);
  const own = grain
    ? { start: period, end: nextPeriodSql(period, grain) }
    : { start: question.from && `date '${question.from}'`, end: rangeEnd(question, zone) };
  const start = own.start && moved(own.start);
  const end = grain ? nextPeriodSql(moved(period), grain) : moved(own.end);
  const low = frame.reach ? reachDaySql(frame.reach, end, calendar) : start;
  if (!frame.alike || frame.shifts.length === 0) {
    const high = frame.shifts.length === 0 && question.to ? `least(${end}, date '${question.to}')` : end;
    return { ...(low ? { low } : {}), high, position: 'day' };
  }
  return alike(
    { ownStart: own.start!, ownEnd: own.end, start: start!, end, ...(low ? { low } : {}) },
    frame,
    question,
    zone,
  );
}

/** The day after the last one of a range; without `to` the one after the last that data is known of. */
function rangeEnd(question: Question, zone: string): string {
  if (question.to) return `date '${question.to}'`;
  return `(cast(((${question.asOf} - interval '1 microsecond') at time zone ${zone}) as date) + 1)`;
}

interface Both {
  readonly ownStart: string;
  readonly ownEnd: string;
  readonly start: string;
  readonly end: string;
  readonly low?: string;
}

/** Of the earlier period as much as has elapsed of the own one, by the clock on the wall; at most the whole of it. A period that is over is set against the whole. */
function alike({ ownStart, ownEnd, start, end, low }: Both, frame: Frame, question: Question, zone: string): Bounds {
  const at = (day: string) => `cast(${day} as timestamp)`;
  const known = `(${question.asOf} at time zone ${zone})`;
  const stops = [known, ...(question.to ? [at(`date '${question.to}'`)] : [])];
  const stop = stops.length === 1 ? stops[0]! : `least(${stops.join(', ')})`;
  const high = `case when ${stop} >= ${at(ownEnd)} then ${at(end)} else least(${at(end)}, ${at(start)} + (${stop} - ${at(ownStart)})) end`;
  if (frame.reach) return { ...(low ? { low: at(low) } : {}), high, position: 'local' };
  const begin = question.from
    ? `${at(start)} + (greatest(${at(ownStart)}, ${at(`date '${question.from}'`)}) - ${at(ownStart)})`
    : at(start);
  return { low: begin, high, position: 'local' };
}

/** The first day that a reach takes in, of a period whose last day is the one before `end`. Months are counted from that day at any grain: `(t − 2 months, t]`. */
function reachDaySql(reach: Reach, end: string, calendar: Calendar): string | undefined {
  if (reach.kind === 'unbounded') return undefined;
  const last = `(${end} - 1)`;
  if (reach.kind === 'to_date') return periodOfDaySql(last, reach.of as Exclude<Grain, 'hour'>, calendar);
  const { count, unit } = reach.length;
  const months = monthsIn(unit);
  if (months === undefined) return `(${end} - ${count * (unit === 'week' ? 7 : 1)})`;
  return `(cast(${last} - interval '${count * months} months' as date) + 1)`;
}

function hourBounds(frame: Frame, period: string, { question, calendar, zone }: Setting): Bounds {
  const start = frame.shifts.reduce((moving, shift) => shiftHourSql(moving, shift, zone), period);
  const whole = nextPeriodSql(start, 'hour');
  const elapsed = `(least(${question.asOf}, ${nextPeriodSql(period, 'hour')}) - ${period})`;
  const high = frame.alike && frame.shifts.length > 0 ? `(${start} + ${elapsed})` : whole;
  const low = frame.reach ? reachHourSql(frame.reach, start, whole, calendar, zone) : start;
  return { ...(low ? { low } : {}), high, position: 'instant' };
}

function reachHourSql(reach: Reach, start: string, end: string, calendar: Calendar, zone: string): string | undefined {
  if (reach.kind === 'unbounded') return undefined;
  if (reach.kind === 'to_date' && reach.of === 'hour') return start;
  if (reach.kind === 'window' && reach.length.unit === 'hour')
    return `(${end} - interval '${reach.length.count} hours')`;
  const day = `cast((${start} at time zone ${zone}) as date)`;
  return startOfDaySql(reachDaySql(reach, `(${day} + 1)`, calendar)!, zone);
}
