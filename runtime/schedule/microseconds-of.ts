/** Days from 1970-01-01 to a date of the proleptic Gregorian calendar (Howard Hinnant, days_from_civil). */
function daysOf(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/**
 * An instant in ISO text, UTC, as microseconds since 1970; undefined for what is no such text. No JavaScript Date: that drops microseconds.
 *
 * @example
 * microsecondsOf('1970-01-01T00:00:00.5Z') // 500000n
 */
export function microsecondsOf(instant: string): bigint | undefined {
  const parts = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?(?:Z|\+00(?::?00)?)$/.exec(instant);
  if (!parts) return undefined;
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const seconds = daysOf(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second;
  return BigInt(seconds) * 1_000_000n + BigInt((parts[7] ?? '').padEnd(6, '0'));
}

const unitSeconds: Readonly<Record<string, number>> = {
  second: 1,
  minute: 60,
  hour: 3600,
  day: 86_400,
  week: 604_800,
  month: 2_592_000,
  quarter: 7_776_000,
  year: 31_536_000,
};

/** A length such as `2 hours` as elapsed time: a day is 24 hours, a month 30 days, a year 365. */
export function microsecondsIn(length: string): bigint {
  const [, count, unit = ''] = /^(\d+) ([a-z]+?)s?$/.exec(length) ?? [];
  if (unit === 'millisecond') return BigInt(count!) * 1000n;
  if (unit === 'microsecond') return BigInt(count!);
  const seconds = unitSeconds[unit];
  if (seconds === undefined) throw new Error(`\`${length}\` is no length of time`);
  return BigInt(count!) * BigInt(seconds) * 1_000_000n;
}
