/** `…:00Z` comes before `…:00.5Z`, which plain text comparison would not say. Instants are ISO text in UTC, never a JavaScript Date: that drops microseconds. */
export function compareInstants(a: string, b: string): number {
  const [left, right] = [sortable(a), sortable(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

export function earlierInstant(a: string, b: string): string {
  return compareInstants(a, b) <= 0 ? a : b;
}

function sortable(instant: string): string {
  const [, seconds = instant, fraction = ''] = /^(.*?)(?:\.(\d+))?Z$/.exec(instant) ?? [];
  return `${seconds}.${fraction.padEnd(9, '0')}`;
}
