/** The minutes, hours and days at which something is due, each list growing. */
export interface CronLine {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  /** Days of the month. */
  readonly days: readonly number[];
  readonly months: readonly number[];
  /** Days of the week, 0 = Sunday. */
  readonly weekdays: readonly number[];
  /** As in cron: where days of the month and of the week are both said, either serves. */
  readonly either: boolean;
  /** Every hour is said: of an hour that a change of clocks repeats both count. */
  readonly everyHour: boolean;
}

interface Field {
  readonly what: string;
  readonly from: number;
  readonly to: number;
  readonly names?: readonly string[];
}

const monthNames = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const weekdayNames = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

const fields: readonly Field[] = [
  { what: 'minute', from: 0, to: 59 },
  { what: 'hour', from: 0, to: 23 },
  { what: 'day of the month', from: 1, to: 31 },
  { what: 'month', from: 1, to: 12, names: monthNames },
  // 7 is Sunday, too.
  { what: 'day of the week', from: 0, to: 7, names: weekdayNames },
];

/** No month has more. */
const longest: readonly number[] = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * A cron line of five fields, with lists, ranges, steps and the English names of months and days; a text says what is wrong with it.
 *
 * @example
 * parseCron('30 6 * * mon-fri') // half past six on working days
 */
export function parseCron(line: string): CronLine | string {
  const parts = line.trim().split(/ +/);
  if (parts.length !== fields.length)
    return `a cron line has five fields (minute, hour, day of the month, month, day of the week), and this one ${parts.length}`;
  const read = parts.map((part, i) => parseField(part.toLowerCase(), fields[i]!));
  const fault = read.find((one) => typeof one === 'string');
  if (typeof fault === 'string') return fault;
  const [minutes, hours, days, months, week] = read as (readonly number[])[];
  const weekdays = [...new Set(week!.map((day) => day % 7))].sort((a, b) => a - b);
  const [anyDay, anyWeekday] = [parts[2]!.startsWith('*'), parts[4]!.startsWith('*')];
  if (anyWeekday && !months!.some((month) => days!.some((day) => day <= longest[month - 1]!)))
    return 'no such day is in any of these months';
  return {
    minutes: minutes!,
    hours: hours!,
    days: days!,
    months: months!,
    weekdays,
    either: !anyDay && !anyWeekday,
    everyHour: parts[1]!.startsWith('*'),
  };
}

function parseField(text: string, field: Field): readonly number[] | string {
  const found = new Set<number>();
  for (const item of text.split(',')) {
    const [, range = '', step] = /^([^/]+)(?:\/([1-9][0-9]*))?$/.exec(item) ?? [];
    const bounds = boundsOf(range, step !== undefined, field);
    if (bounds === undefined)
      return `\`${item}\` is no ${field.what}: from ${field.from} to ${field.to}, or \`*\`${field.names ? `, or a name such as \`${field.names[1]}\`` : ''}`;
    for (let n = bounds[0]; n <= bounds[1]; n += Number(step ?? 1)) found.add(n);
  }
  return [...found].sort((a, b) => a - b);
}

function boundsOf(range: string, isStepped: boolean, field: Field): readonly [number, number] | undefined {
  if (range === '*') return [field.from, field.to];
  const [first, last, more] = range.split('-').map((one) => numberOf(one, field));
  if (first === undefined || more !== undefined || (range.includes('-') && last === undefined)) return undefined;
  const to = last ?? (isStepped ? field.to : first);
  return first <= to ? [first, to] : undefined;
}

function numberOf(text: string, { names, from, to }: Field): number | undefined {
  const named = names?.indexOf(text) ?? -1;
  if (named >= 0) return named + from;
  const number = /^[0-9]{1,2}$/.test(text) ? Number(text) : Number.NaN;
  return number >= from && number <= to ? number : undefined;
}
