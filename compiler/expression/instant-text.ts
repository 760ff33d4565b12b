const iso = /^\s*(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d(?:\.\d{1,6})?)?\s*(Z|[+-]\d\d(?::?\d\d)?)?)?\s*$/i;

/** An ISO instant in the one spelling that every engine reads: `2025-01-01 10:00:00+00`; undefined for another text. */
export function normaliseInstant(text: string): string | undefined {
  const found = iso.exec(text);
  if (!found) return undefined;
  const [, day, minutes, seconds = ':00', zone = ''] = found;
  if (minutes === undefined) return day;
  const offset = /^z$/i.test(zone) ? '+00' : zone.replace(/^([+-]\d\d)(\d\d)$/, '$1:$2');
  return `${day} ${minutes}${seconds}${offset}`;
}

export const clockHint =
  'the run’s own instant is `{{run_at}}`: the same for a whole run, so that a run can be repeated';
export const instantHint = 'a date is written `2025-01-31`, an instant `2025-01-31T10:00:00Z`';

const clock = /^\s*(now|today|tomorrow|yesterday)\s*$/i;
const always = /^\s*([-+]?infinity|epoch)\s*$/i;
const instant =
  /^(\d{4,6})([-/])(\d\d?)\2(\d\d?)(?:(?:T| +)(\d\d?):(\d\d)(?::(\d\d)(?:\.\d*)?\s*(Z|[+-]\d\d(?::?\d\d){0,2}| [a-z][\w/+-]*)?)?)?\s*$/i;

/** `'now'` as a time is the clock. */
export function isClockText(text: string): boolean {
  return clock.test(text);
}

/** Whether a quoted constant is a date or an instant that there is, in a spelling that every engine reads. */
export function isInstantText(text: string): boolean {
  if (always.test(text)) return true;
  const found = instant.exec(normaliseInstant(text) ?? text);
  if (!found) return false;
  const [, year, , month, day, hours = '0', minutes = '0', seconds = '0', zone = ''] = found;
  if (!isDay(Number(year), Number(month), Number(day))) return false;
  const time = [hours, minutes, seconds].map(Number);
  const isMidnight = time[0] === 24 && time[1] === 0 && time[2] === 0;
  return (isMidnight || isBelow(time, 24)) && (!/^[+-]/.test(zone) || isBelow(zoneParts(zone), 16));
}

/** A day of the calendar; a definition's own days are read by `definition/calendar-day.ts`. */
function isDay(year: number, month: number, day: number): boolean {
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  return year > 0 && day >= 1 && day <= (days[month - 1] ?? 0);
}

function zoneParts(zone: string): number[] {
  return (zone.match(/\d\d/g) ?? []).map(Number);
}

function isBelow([hours = 0, ...rest]: readonly number[], limit: number): boolean {
  return hours < limit && rest.every((part) => part < 60);
}
