/** A length of time as written: `30 days`, `60 minutes`. */
export interface Length {
  readonly count: number;
  readonly unit: 'second' | 'minute' | 'hour' | 'day' | 'week' | 'month' | 'quarter' | 'year';
  readonly text: string;
}

export function parseLength(text: string): Length {
  const match = /^([1-9][0-9]*) ([a-z]+?)s?$/.exec(text);
  if (!match) throw new Error(`not a length of time: ${text}`);
  return { count: Number(match[1]), unit: match[2] as Length['unit'], text };
}

const seconds: Readonly<Record<Length['unit'], number>> = {
  second: 1,
  minute: 60,
  hour: 3600,
  day: 86_400,
  week: 7 * 86_400,
  month: 30 * 86_400,
  quarter: 90 * 86_400,
  year: 365 * 86_400,
};

/** Between instants a day is 24 hours, a week seven and a month thirty of these (semantics.md §4, §9). */
export function elapsedSeconds({ count, unit }: Pick<Length, 'count' | 'unit'>): number {
  return count * seconds[unit];
}

/** An elapsed length, `times` over, as an interval that no engine counts in days or months of a calendar. */
export function elapsedSql(length: Pick<Length, 'count' | 'unit'>, times = 1): string {
  return `interval '${elapsedSeconds(length) * times} seconds'`;
}

/** Microseconds as seconds with a fraction. */
export function secondsOfMicros(count: string): string {
  const digits = count.padStart(7, '0');
  return `${digits.slice(0, -6)}.${digits.slice(-6)}`;
}

/** A day moved back by a length of dates; months are clamped to the last one of the month. */
export function datesBeforeSql(day: string, { count, unit }: Pick<Length, 'count' | 'unit'>): string {
  if (unit === 'day' || unit === 'week') return `(${day} - ${count * (unit === 'week' ? 7 : 1)})`;
  const months = { month: 1, quarter: 3, year: 12 }[unit as 'month' | 'quarter' | 'year'];
  return `cast(${day} - interval '${count * months} months' as date)`;
}
