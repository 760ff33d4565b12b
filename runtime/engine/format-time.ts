/** Text of dates and instants from counts since 1970, without JavaScript's Date, which has no microseconds and ends in the year 275760. */

const infinityDays = 2_147_483_647;
const infinityMicros = 9_223_372_036_854_775_807n;
const microsPerDay = 86_400_000_000n;

function pad(number: number, digits: number): string {
  return String(number).padStart(digits, '0');
}

/** Year, month and day of a proleptic Gregorian day count (Howard Hinnant, "chrono-compatible low-level date algorithms", civil_from_days). */
function splitDay(days: number): { readonly year: number; readonly month: number; readonly day: number } {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1_460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day };
}

function split(days: number): { readonly date: string; readonly era: string } {
  const { year, month, day } = splitDay(days);
  const shown = year > 0 ? year : 1 - year;
  return { date: `${pad(shown, 4)}-${pad(month, 2)}-${pad(day, 2)}`, era: year > 0 ? '' : ' BC' };
}

/** `2025-01-03`; years before 1 as PostgreSQL writes them: `0044-03-15 BC`. */
export function formatDate(days: number): string {
  if (Math.abs(days) === infinityDays) return days > 0 ? 'infinity' : '-infinity';
  const { date, era } = split(days);
  return date + era;
}

/** `2025-01-03T10:00:00.5Z`: as many digits of the fraction as say something. */
export function formatTimestamp(micros: bigint, suffix: string): string {
  if (micros === infinityMicros || micros === -infinityMicros) return micros > 0n ? 'infinity' : '-infinity';
  const inDay = ((micros % microsPerDay) + microsPerDay) % microsPerDay;
  const { date, era } = split(Number((micros - inDay) / microsPerDay));
  const seconds = Number(inDay / 1_000_000n);
  const fraction = pad(Number(inDay % 1_000_000n), 6).replace(/0+$/, '');
  const time = `${pad(Math.floor(seconds / 3600), 2)}:${pad(Math.floor(seconds / 60) % 60, 2)}:${pad(seconds % 60, 2)}`;
  return `${date}T${time}${fraction && `.${fraction}`}${suffix}${era}`;
}

/** ISO 8601 with a sign per part, as PostgreSQL's `intervalstyle = iso_8601`: `P1Y2M3DT4H5M6.7S`. */
export function formatInterval(months: number, days: number, micros: bigint): string {
  const part = (amount: number | bigint, letter: string): string =>
    amount === 0 || amount === 0n ? '' : `${amount}${letter}`;
  const date = part(Math.trunc(months / 12), 'Y') + part(months % 12, 'M') + part(days, 'D');
  const rest = micros % 60_000_000n;
  const size = rest < 0n ? -rest : rest;
  const fraction = pad(Number(size % 1_000_000n), 6).replace(/0+$/, '');
  const seconds = rest === 0n ? '' : `${rest < 0n ? '-' : ''}${size / 1_000_000n}${fraction && `.${fraction}`}S`;
  const time = part(micros / 3_600_000_000n, 'H') + part((micros / 60_000_000n) % 60n, 'M') + seconds;
  if (date === '' && time === '') return 'PT0S';
  return `P${date}${time && `T${time}`}`;
}
