import type { Grain } from '../../definition/metric.ts';
import type { CatalogMetric } from '../catalog.ts';

/** A length over periods, as language.md writes it: `28 days`, `1 month`. */
export interface Span {
  readonly count: number;
  readonly unit: Grain;
}

/** How far back from the end of a period rows count: `window:` and `to_date:`. */
export type Reach =
  | { readonly kind: 'window'; readonly length: Span }
  | { readonly kind: 'unbounded' }
  | { readonly kind: 'to_date'; readonly of: Grain };

/**
 * Which rows of a fact count in a period of the result: those of the period itself, unless it is moved to an earlier one (`shifts`, the first is the first to be applied) or reaches back.
 * `alike`: of an earlier period only the part that has elapsed of the period itself.
 */
export interface Frame {
  readonly shifts: readonly Span[];
  readonly alike: boolean;
  readonly reach?: Reach;
}

export const ownPeriod: Frame = { shifts: [], alike: false };

export function isOwnPeriod(frame: Frame): boolean {
  return frame.shifts.length === 0 && frame.reach === undefined;
}

/** `28 days`, `2 months`, `1 month ago` → a count and a unit. */
export function parseSpan(text: string): Span {
  const match = /^([1-9][0-9]*) (hour|day|week|month|quarter|year)s?( ago)?$/.exec(text);
  if (!match) throw new Error(`not a length of time: ${text}`);
  return { count: Number(match[1]), unit: match[2] as Grain };
}

/** What a metric's own `window` or `to_date` says. */
export function reachOf(metric: Pick<CatalogMetric, 'window' | 'toDate'>): Reach | undefined {
  if (metric.toDate !== undefined) return { kind: 'to_date', of: metric.toDate };
  if (metric.window === undefined) return undefined;
  return metric.window === 'unbounded' ? { kind: 'unbounded' } : { kind: 'window', length: parseSpan(metric.window) };
}

/** Months in a unit of the calendar, or undefined where it is counted in days or hours. */
export function monthsIn(unit: Grain): number | undefined {
  return { hour: undefined, day: undefined, week: undefined, month: 1, quarter: 3, year: 12 }[unit];
}

export function spanWords({ count, unit }: Span): string {
  return count === 1 ? `1 ${unit}` : `${count} ${unit}s`;
}

/** A length of period as it is asked for: `week`, `3 days`. */
export function everyWords({ count, unit }: Span): string {
  return count === 1 ? unit : `${count} ${unit}s`;
}
