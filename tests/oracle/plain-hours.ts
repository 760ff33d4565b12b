import {
  type Calendar,
  localDay,
  localTime,
  microsPerDay,
  microsPerHour,
  periodOf,
  startOfDay,
} from './cohort/clock.ts';
import { compareTo, counting, monthsBefore, type Plain, type Sale, valueFrom } from './plain-oracle.ts';

/** What may be asked by the hour: windows and shifts of hours and days. */
export interface Hourly extends Pick<Plain, 'aggregate' | 'fill' | 'isPositive'> {
  readonly window?: { readonly count: number; readonly unit: 'hour' | 'day' | 'month' | 'unbounded' };
  readonly toDate?: 'day' | 'week';
  readonly compare?: {
    readonly count: number;
    readonly unit: 'hour' | 'day' | 'week';
    readonly as: 'percent' | 'difference' | 'ratio' | 'value';
    readonly includePartial: boolean;
  };
}

export interface HourlyQuestion {
  readonly calendar: Calendar;
  readonly from: number;
  readonly to: number;
  readonly asOf: bigint;
}

export interface HourlyRow {
  readonly hour: bigint;
  readonly value: number | null;
  readonly state: 'final' | 'partial' | 'unobservable';
}

/** The hour that an instant falls in: back to where the clock on the wall showed a full one. */
function hourOf(at: bigint, calendar: Calendar): bigint {
  return at - (((localTime(at, calendar) % microsPerHour) + microsPerHour) % microsPerHour);
}

/** The hour that the clock called so some days before; of two the later. Undefined where the clocks skipped it. */
function sameHour(hour: bigint, days: number, calendar: Calendar): bigint | undefined {
  const wanted = localTime(hour, calendar) - BigInt(days) * microsPerDay;
  const near = [-3n, -2n, -1n, 0n, 1n, 2n, 3n].map((n) => hour - BigInt(days) * microsPerDay + n * microsPerHour);
  return near.filter((at) => localTime(at, calendar) === wanted).at(-1);
}

/** Metrics by the hour (semantics.md §§1-3), and the hours of which the pages do not say what they are compared with. */
export function hourly(
  sales: readonly Sale[],
  metric: Hourly,
  q: HourlyQuestion,
): { readonly rows: readonly HourlyRow[]; readonly unclear: readonly bigint[] } {
  const { calendar } = q;
  const known = counting(sales, metric, { asOf: q.asOf, isInX: false });
  const hours: bigint[] = [];
  for (let at = startOfDay(q.from, calendar); at < startOfDay(q.to, calendar); at += microsPerHour)
    hours.push(hourOf(at, calendar));
  const unclear: bigint[] = [];
  const rows = hours.flatMap((hour): HourlyRow[] => {
    const end = hour + microsPerHour;
    const state = hour >= q.asOf ? 'unobservable' : end > q.asOf ? 'partial' : 'final';
    if (state === 'unobservable') return metric.fill ? [{ hour, value: null, state }] : [];
    const now = known.filter((s) => s.at >= lowOf(hour) && s.at < end);
    if (!metric.compare) return answer(hour, state, valueFrom(metric.aggregate, now), now.length > 0);
    const { count, unit, as, includePartial } = metric.compare;
    const earlier =
      unit === 'hour'
        ? hour - BigInt(count) * microsPerHour
        : sameHour(hour, unit === 'week' ? 7 * count : count, calendar);
    if (earlier === undefined) {
      unclear.push(hour);
      return [];
    }
    const elapsed = includePartial && state === 'partial' ? q.asOf - hour : microsPerHour;
    const then = known.filter((s) => s.at >= lowOf(earlier) && s.at < earlier + elapsed);
    const [here, there] = [valueFrom(metric.aggregate, now), valueFrom(metric.aggregate, then)];
    const isOpen = state !== 'final' && !includePartial;
    const exists = then.length > 0 || (as !== 'value' && now.length > 0);
    return answer(hour, state, isOpen ? null : compareTo(as, here, there), exists);
  });
  return { rows, unclear };

  function answer(hour: bigint, state: HourlyRow['state'], value: number | null, exists: boolean): HourlyRow[] {
    if (metric.fill) return [{ hour, value: value ?? 0, state }];
    return exists ? [{ hour, value, state }] : [];
  }

  /** The first instant that counts for an hour. */
  function lowOf(hour: bigint): bigint {
    const day = localDay(hour, calendar);
    const { window, toDate } = metric;
    if (toDate) return startOfDay(periodOf(day, { count: 1, unit: toDate }, calendar), calendar);
    switch (window?.unit) {
      case undefined:
        return hour;
      case 'unbounded':
        return -(10n ** 18n);
      case 'hour':
        return hour + microsPerHour - BigInt(window.count) * microsPerHour;
      case 'day':
        return startOfDay(day - window.count + 1, calendar);
      case 'month':
        return startOfDay(monthsBefore(day, window.count) + 1, calendar);
    }
  }
}
