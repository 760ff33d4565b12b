import { microsecondsIn, microsecondsOf } from './microseconds-of.ts';

/** `freshness:` of a source. */
export interface FreshnessLimits {
  readonly warnAfter?: string;
  readonly errorAfter?: string;
}

export type Freshness =
  | { readonly state: 'fresh' }
  /** `words`: "nothing has arrived for 26 hours (since 2025-06-01T00:00:00Z), and `error_after` is 24 hours". */
  | { readonly state: 'warn' | 'error'; readonly limit: string; readonly words: string };

/**
 * Is the last arrival of a source older than it may be? An age beyond a limit is too old, one that equals it is not. A source in which nothing has arrived yet is too old by any limit. Pure:
 * `now` is the clock of the run, or of whoever asks.
 *
 * @example
 * judgeFreshness({ errorAfter: '24 hours' }, '2025-06-01T00:00:00Z', '2025-06-02T02:00:00Z').state // 'error'
 */
export function judgeFreshness(limits: FreshnessLimits, lastArrival: string | undefined, now: string): Freshness {
  const since = lastArrival === undefined ? undefined : microsecondsOf(lastArrival);
  const until = microsecondsOf(now);
  if (until === undefined || (lastArrival !== undefined && since === undefined)) return { state: 'fresh' };
  const age = since === undefined ? undefined : until - since;
  const tried = [
    ['error', 'error_after', limits.errorAfter],
    ['warn', 'warn_after', limits.warnAfter],
  ] as const;
  for (const [state, key, limit] of tried) {
    if (limit === undefined || (age !== undefined && age <= microsecondsIn(limit))) continue;
    const found =
      age === undefined ? 'nothing has arrived yet' : `nothing has arrived for ${ageWords(age)} (since ${lastArrival})`;
    return { state, limit, words: `${found}, and \`${key}\` is ${limit}` };
  }
  return { state: 'fresh' };
}

/** In the largest unit of which there are two at least: `26 hours`, `3 days`. */
function ageWords(age: bigint): string {
  const seconds = Number(age / 1_000_000n);
  const units = [
    [86_400, 'days'],
    [3600, 'hours'],
    [60, 'minutes'],
  ] as const;
  const [size, name] = units.find(([size]) => seconds >= 2 * size) ?? [1, 'seconds'];
  return `${Math.floor(seconds / size)} ${name}`;
}
