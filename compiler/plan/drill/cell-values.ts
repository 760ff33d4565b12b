import { isCalendarDay } from '../../definition/calendar-day.ts';
import type { Grain } from '../../definition/metric.ts';
import type { Calendar, Weekday } from '../../definition/project.ts';
import { type Diagnostic, diagnostic } from '../../diagnostic/diagnostic.ts';
import { dayNumber, dayText, firstOfMonth } from '../civil-day.ts';
import { textLiteral } from '../sql-text.ts';

/** `2025`, `2025-03`, `2025-Q2` or `2025-03-14` as a day; undefined for anything else. */
export function dayOf(text: string): string | undefined {
  const quarter = /^(\d{4})-?Q([1-4])$/i.exec(text);
  const written = quarter ? `${quarter[1]}-${String(Number(quarter[2]) * 3 - 2).padStart(2, '0')}-01` : text;
  const match = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/.exec(written);
  if (!match) return undefined;
  const day = `${match[1]}-${match[2] ?? '01'}-${match[3] ?? '01'}`;
  return isCalendarDay(day) ? day : undefined;
}

/** The day that a cell's period is named by; where it is not one, that is said. */
export function readPeriod(name: string, text: string, diagnostics: Diagnostic[]): string | undefined {
  const day = dayOf(text);
  if (day === undefined)
    diagnostics.push(
      diagnostic('E1205', `\`${name}\` of the cell is \`${text}\`, not a period`, {
        hints: ['for example `2025-03`, or its first day: `2025-03-01`'],
      }),
    );
  return day;
}

const weekdays: readonly Weekday[] = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];

/** The first day of the period that a day is in, and the day after its last. */
export function periodRange(
  day: string,
  grain: Exclude<Grain, 'hour'>,
  calendar: Calendar,
): { readonly from: string; readonly to: string } {
  const at = dayNumber(day);
  const [year = 1970, month = 1] = day.split('-').map(Number);
  const range = (from: number, to: number) => ({ from: dayText(from), to: dayText(to) });
  switch (grain) {
    case 'day':
      return range(at, at + 1);
    case 'week': {
      // 1970-01-01 was a Thursday.
      const back = (((at + 4 - weekdays.indexOf(calendar.weekStart)) % 7) + 7) % 7;
      return range(at - back, at - back + 7);
    }
    case 'month':
      return range(firstOfMonth(year, month), firstOfMonth(year, month + 1));
    case 'quarter':
    case 'year': {
      const months = grain === 'quarter' ? 3 : 12;
      const back = (month - calendar.fiscalYearStart + 12) % months;
      return range(firstOfMonth(year, month - back), firstOfMonth(year, month - back + months));
    }
  }
}

/** `column is …` for a dimension's value as text; `null` is the group without a value. */
export function isValueSql(
  column: string,
  dimension: { readonly name: string; readonly type?: string },
  text: string,
  diagnostics: Diagnostic[],
): string {
  if (text === 'null') return `${column} is null`;
  const { type = 'text', name } = dimension;
  const wrong = (what: string) => {
    diagnostics.push(diagnostic('E1205', `\`${name}\` of the cell is \`${text}\`, not ${what}`));
    return 'false';
  };
  if (type === 'integer' || type === 'double' || type.startsWith('decimal'))
    return /^-?\d+(\.\d+)?$/.test(text) ? `${column} = ${text}` : wrong('a number');
  if (type === 'boolean') return /^(true|false)$/.test(text) ? `${column} = ${text}` : wrong('`true` or `false`');
  if (type === 'date') {
    const day = dayOf(text);
    return day === undefined ? wrong('a date') : `${column} = date '${day}'`;
  }
  if (type === 'timestamp')
    return /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/.test(text)
      ? `${column} = timestamptz ${textLiteral(text)}`
      : wrong('an instant');
  return `${column} = ${textLiteral(text)}`;
}
