/**
 * The first instant of a calendar day in a zone: local midnight, or the first instant after a gap in the clocks; of two midnights the first. As `startOfDaySql` has it.
 *
 * @example
 * startOfDay('2025-06-01', 'Europe/Berlin') // 2025-05-31T22:00:00Z
 */
export function startOfDay(day: string, zone: string): string {
  const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, hourCycle: 'h23', ...fields });
  const local = (at: number): number => {
    const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    return Date.UTC(parts.year!, parts.month! - 1, parts.day!, parts.hour, parts.minute, parts.second);
  };
  const midnight = Date.parse(`${day}T00:00:00Z`);
  // The offset is one of those of the day before and the day after; in a gap midnight by the earlier one is the end of the gap.
  const offsets = [midnight - dayLength, midnight + dayLength].map((at) => local(at) - at);
  const isBegun = (at: number): boolean => local(at) >= midnight;
  const first = Math.min(...offsets.map((offset) => midnight - offset).filter(isBegun));
  return new Date(first).toISOString().replace('.000Z', 'Z');
}

const dayLength = 86_400_000;
const fields = {
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  hour: 'numeric',
  minute: 'numeric',
  second: 'numeric',
} as const;
