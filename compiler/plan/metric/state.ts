import type { Calendar } from '../../definition/project.ts';
import { nextPeriodSql, startOfDaySql } from '../period.ts';
import type { Question } from '../plan-query.ts';
import { identifier as id, textLiteral } from '../sql-text.ts';

/**
 * The `state` of a row (semantics.md §3): `final` once its period has ended before `asOf` in every zone that the metrics are cut in and the range does not clip it,
 * `unobservable` where it starts at or after `asOf`, else `partial`. Metrics whose rows carry their own zones are judged by the first and last zones on earth.
 */
export function stateSql(
  question: Question,
  calendar: Calendar,
  zones: readonly (string | 'by row' | undefined)[],
): string {
  const timed = zones.filter((zone) => zone !== undefined);
  if (timed.length === 0) return "'final'";
  const first = [...new Set(timed.map((zone) => textLiteral(zone === 'by row' ? 'Etc/GMT-14' : zone)))];
  const last = [...new Set(timed.map((zone) => textLiteral(zone === 'by row' ? 'Etc/GMT+12' : zone)))];
  const asOf = question.asOf;
  const starts = (day: string) =>
    extreme(
      'least',
      first.map((zone) => startOfDaySql(day, zone)),
    );
  const ends = (day: string) =>
    extreme(
      'greatest',
      last.map((zone) => startOfDaySql(day, zone)),
    );
  if (!question.grain) {
    const { from, to } = question;
    if (!from && !to) return "'partial'";
    const unobservable = from ? `when ${starts(`date '${from}'`)} >= ${asOf} then 'unobservable' ` : '';
    // What has no end is never over.
    const open = to ? `when ${ends(`date '${to}'`)} > ${asOf} then 'partial' else 'final'` : "else 'partial'";
    return `case ${unobservable}${open} end`;
  }
  const period = id(question.grain);
  const next = nextPeriodSql(period, question.grain);
  const [start, end] = question.grain === 'hour' ? [period, next] : [starts(period), ends(next)];
  return `case when ${start} >= ${asOf} then 'unobservable' when ${end} > ${asOf}${clipped(question, period, next, calendar)} then 'partial' else 'final' end`;
}

function clipped(question: Question, period: string, next: string, calendar: Calendar): string {
  const edge = (day: string) =>
    question.grain === 'hour' ? startOfDaySql(`date '${day}'`, textLiteral(calendar.timezone)) : `date '${day}'`;
  return `${question.from ? ` or ${period} < ${edge(question.from)}` : ''}${question.to ? ` or ${next} > ${edge(question.to)}` : ''}`;
}

function extreme(fn: 'least' | 'greatest', items: readonly string[]): string {
  return items.length === 1 ? items[0]! : `${fn}(${items.join(', ')})`;
}
