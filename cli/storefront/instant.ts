/** Instants are whole milliseconds since 1970 in UTC. The shop's days are those of Berlin, as its finance department counts them. */
export const second = 1000;
export const minute = 60 * second;
export const hour = 60 * minute;
export const day = 24 * hour;

/** `2025-01-03T10:00:00.000Z` */
export function formatInstant(at: number): string {
  return new Date(at).toISOString();
}

/** `2025-01-03 11:00:00` on a clock in Berlin, without a zone: as the support tool exports it. */
export function formatBerlin(at: number): string {
  return new Date(at + berlinOffset(at)).toISOString().slice(0, 19).replace('T', ' ');
}

/** `2025-01-03`, day n of the story; day 0 is 2025-01-01. */
export function formatDay(n: number): string {
  return new Date(Date.UTC(2025, 0, 1 + n)).toISOString().slice(0, 10);
}

/** The day of the story of `2025-01-03`. */
export function parseDay(text: string): number {
  return Math.round((Date.parse(`${text}T00:00:00Z`) - Date.UTC(2025, 0, 1)) / day);
}

/** The instant at which day n begins in Berlin. */
export function startOfDay(n: number): number {
  const wallClock = Date.UTC(2025, 0, 1 + n);
  return wallClock - berlinOffset(wallClock - hour);
}

/** Which day of the story an instant lies in. */
export function dayOf(at: number): number {
  return Math.floor((at + berlinOffset(at) - Date.UTC(2025, 0, 1)) / day);
}

/** 0 = Monday. 2025-01-01 was a Wednesday. */
export function weekdayOf(n: number): number {
  return (((n + 2) % 7) + 7) % 7;
}

/** The rule of the European Union, by arithmetic: the zone database of the machine that writes the data has no say in its bytes. */
function berlinOffset(at: number): number {
  const year = new Date(at).getUTCFullYear();
  return at >= lastSunday(year, 2) && at < lastSunday(year, 9) ? 2 * hour : hour;
}

/** 01:00 UTC on the last Sunday of a month of 31 days. */
function lastSunday(year: number, month: number): number {
  const last = Date.UTC(year, month, 31, 1);
  return last - new Date(last).getUTCDay() * day;
}
