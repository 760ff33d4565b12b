/** Calendar arithmetic, slow and obvious: days are whole numbers since 1970-01-01, instants are microseconds (BigInt). Shares nothing with the compiler. */

export interface Calendar {
  readonly zone: string;
  /** 1 = Monday … 7 = Sunday. */
  readonly weekStart: number;
}

export interface Unit {
  readonly count: number;
  readonly unit: 'day' | 'week' | 'month';
}

export const microsPerHour = 3_600_000_000n;
export const microsPerDay = 24n * microsPerHour;

/** `2025-01-01T10:00:00.000001Z` → microseconds since 1970. */
export function instant(text: string): bigint {
  const match = /^(\d{4}-\d{2}-\d{2})T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?Z$/.exec(text);
  if (!match) throw new Error(`not an instant: ${text}`);
  const [, date, hour, minute, second = '0', fraction = ''] = match;
  const seconds = BigInt(Number(hour) * 3600 + Number(minute) * 60 + Number(second));
  return BigInt(dayOf(date!)) * microsPerDay + seconds * 1_000_000n + BigInt(fraction.padEnd(6, '0'));
}

export function toText(at: bigint): string {
  const day = floorDiv(at, microsPerDay);
  const rest = at - day * microsPerDay;
  const seconds = rest / 1_000_000n;
  const two = (n: bigint) => String(n).padStart(2, '0');
  const clock = `${two(seconds / 3600n)}:${two((seconds / 60n) % 60n)}:${two(seconds % 60n)}`;
  return `${dateOf(Number(day))}T${clock}.${String(rest % 1_000_000n).padStart(6, '0')}Z`;
}

/** `2025-01-01` → days since 1970. */
export function dayOf(date: string): number {
  return Date.parse(`${date}T00:00:00Z`) / 86_400_000;
}

export function dateOf(day: number): string {
  return new Date(day * 86_400_000).toISOString().slice(0, 10);
}

function floorDiv(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b < 0n ? quotient - 1n : quotient;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** How far the zone's clocks are ahead of UTC, in microseconds. */
function offsetAt(at: bigint, zone: string): bigint {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
    formats.set(zone, format);
  }
  const seconds = floorDiv(at, 1_000_000n);
  const parts = Object.fromEntries(format.formatToParts(Number(seconds) * 1000).map((p) => [p.type, p.value]));
  const local = Date.UTC(
    Number(parts.year),
    Number(parts.month) - 1,
    Number(parts.day),
    Number(parts.hour),
    Number(parts.minute),
    Number(parts.second),
  );
  return (BigInt(local / 1000) - seconds) * 1_000_000n;
}

/** The local day that an instant falls on. */
export function localDay(at: bigint, { zone }: Calendar): number {
  return Number(floorDiv(at + offsetAt(at, zone), microsPerDay));
}

/** The first instant of a local day: the earliest one, going up by quarters of an hour, that the zone calls by this date. */
export function startOfDay(day: number, calendar: Calendar): bigint {
  const known = starts.get(`${calendar.zone} ${day}`) ?? findStart(day, calendar);
  starts.set(`${calendar.zone} ${day}`, known);
  return known;
}

const starts = new Map<string, bigint>();

function findStart(day: number, calendar: Calendar): bigint {
  const quarter = microsPerHour / 4n;
  let at = BigInt(day) * microsPerDay - 15n * microsPerHour;
  while (localDay(at, calendar) < day) at += quarter;
  return at;
}

/** The first day of the period that a day falls in. Periods of several units are counted from the one with 1970-01-01. */
export function periodOf(day: number, { count, unit }: Unit, calendar: Calendar): number {
  if (unit === 'month') {
    const date = new Date(day * 86_400_000);
    const months = (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth();
    return monthStart(Math.floor(months / count) * count);
  }
  if (unit === 'day') return Math.floor(day / count) * count;
  const first = weekStart(0, calendar);
  return first + Math.floor((weekStart(day, calendar) - first) / 7 / count) * 7 * count;
}

function weekStart(day: number, { weekStart: start }: Calendar): number {
  // 1970-01-01 was a Thursday.
  const weekday = ((((day + 3) % 7) + 7) % 7) + 1;
  return day - ((weekday - start + 7) % 7);
}

function monthStart(months: number): number {
  return Date.UTC(1970, months, 1) / 86_400_000;
}

/** The first day of the period `k` periods on. */
export function periodAfter(start: number, { count, unit }: Unit, k: number): number {
  if (unit === 'day') return start + k * count;
  if (unit === 'week') return start + 7 * k * count;
  const date = new Date(start * 86_400_000);
  return monthStart((date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth() + k * count);
}

/** The elapsed length of a unit: a week is seven times 24 hours, a month 30 times. */
export function elapsed({ count, unit }: Unit): bigint {
  return BigInt(count) * { day: 1n, week: 7n, month: 30n }[unit] * microsPerDay;
}

/** Periods of a range, in order. */
export function periodsBetween(from: number, to: number, unit: Unit, calendar: Calendar): number[] {
  const periods: number[] = [];
  for (let start = periodOf(from, unit, calendar); start < to; start = periodAfter(start, unit, 1)) periods.push(start);
  return periods;
}

/** What the clock on the wall shows, as microseconds of a day that has 24 hours. */
export function localTime(at: bigint, { zone }: Calendar): bigint {
  return at + offsetAt(at, zone);
}
