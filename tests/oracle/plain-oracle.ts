import {
  type Calendar,
  dayOf,
  localDay,
  localTime,
  microsPerDay,
  periodAfter,
  periodOf,
  periodsBetween,
  startOfDay,
  type Unit,
} from './cohort/clock.ts';

/** Plain metrics by semantics.md §§1-3: for each period and group the rows that count, one by one. Shares nothing with the compiler. */
export interface Sale {
  readonly key: number;
  readonly at: bigint;
  readonly who: string | null;
  readonly place: string | null;
  readonly shop: string | null;
  readonly account: string;
  readonly amount: number;
}

/** Shop → city: what a relation leads to. A sale of another shop, or of none, is in no city, and so is one of a shop without. */
export const cities: Readonly<Record<string, string | null>> = { s1: 'Rome', s2: 'Oslo', s3: 'Rome', s4: null };

/** Place and city, as far as they are asked for. */
export type Cut = 'place' | 'city';

function cutOf(sale: Sale, by: readonly Cut[]): (string | null)[] {
  return by.map((cut) => (cut === 'place' ? sale.place : ((sale.shop === null ? null : cities[sale.shop]) ?? null)));
}

export type Aggregate = 'count' | 'sum' | 'distinct' | 'max' | 'avg' | 'median' | 'last' | 'last_per' | 'share';

export interface Plain {
  readonly aggregate: Aggregate;
  readonly window?: { readonly count: number; readonly unit: 'day' | 'week' | 'month' | 'unbounded' };
  readonly toDate?: 'week' | 'month';
  readonly compare?: {
    readonly count: number;
    readonly unit: 'day' | 'week' | 'month' | 'year';
    readonly as: 'percent' | 'difference' | 'ratio' | 'value';
    readonly includePartial: boolean;
  };
  readonly fill?: boolean;
  /** Rows count only with an amount above 0. */
  readonly isPositive?: boolean;
}

export interface PlainQuestion {
  readonly calendar: Calendar;
  readonly grain: 'day' | 'week' | 'month';
  readonly by: readonly Cut[];
  /** The question is of rows in place x alone. */
  readonly isInX: boolean;
  readonly from: number;
  readonly to: number;
  readonly asOf: bigint;
}

export interface PlainRow {
  readonly period: number;
  readonly groups: readonly (string | null)[];
  readonly value: number | null;
  readonly state: 'final' | 'partial' | 'unobservable';
}

const unitOf = (unit: 'day' | 'week' | 'month', count = 1): Unit => ({ unit, count });

/** The same date some months before, clamped to that month's last day. */
export function monthsBefore(day: number, months: number): number {
  const date = new Date(day * 86_400_000);
  const first = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - months, 1);
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - months + 1, 0)).getUTCDate();
  return first / 86_400_000 + Math.min(date.getUTCDate(), last) - 1;
}

/** The week of the same number `years` before; there may be none. */
function sameWeek(week: number, years: number, calendar: Calendar): number | undefined {
  const year = new Date((week + 3) * 86_400_000).getUTCFullYear();
  const first = (of: number) => periodOf(dayOf(`${of}-01-04`), unitOf('week'), calendar);
  const earlier = first(year - years) + week - first(year);
  return earlier < first(year - years + 1) ? earlier : undefined;
}

function shifted(period: number, { count, unit }: NonNullable<Plain['compare']>, q: PlainQuestion): number | undefined {
  if (unit === 'day') return period - count;
  if (unit === 'week') return period - 7 * count;
  if (q.grain === 'week') return sameWeek(period, count, q.calendar);
  return monthsBefore(period, unit === 'year' ? 12 * count : count);
}

export function plain(sales: readonly Sale[], metric: Plain, q: PlainQuestion): PlainRow[] {
  const { calendar } = q;
  const grain = unitOf(q.grain);
  const known = counting(sales, metric, q);
  const groups = [...new Map(known.map((s) => [nameOf(cutOf(s, q.by)), cutOf(s, q.by)])).values()];
  const periods = periodsBetween(q.from, q.to, grain, calendar);
  const all = periods.flatMap((period) => (q.by.length > 0 ? groups : [[]]).map((group) => rowOf(period, group)));
  if (!metric.fill) return all.filter((row) => row.exists).map(({ exists: _, ...row }) => row);
  // A filled metric has a row of every period, for the groups that the result has at all.
  const seen = new Set([nameOf([]), ...all.filter((row) => row.exists).map((row) => nameOf(row.groups))]);
  return all
    .filter((row) => seen.has(nameOf(row.groups)))
    .map(({ exists: _, ...row }) => ({ ...row, value: row.state === 'unobservable' ? null : (row.value ?? 0) }));

  function rowOf(period: number, group: readonly (string | null)[]): PlainRow & { exists: boolean } {
    const next = periodAfter(period, grain, 1);
    const isCut = period < q.from || next > q.to;
    const state =
      startOfDay(period, calendar) >= q.asOf
        ? 'unobservable'
        : startOfDay(next, calendar) > q.asOf || isCut
          ? 'partial'
          : 'final';
    const same = { period, groups: group, state } as const;
    if (state === 'unobservable') return { ...same, value: null, exists: false };
    const mine = known.filter((s) => nameOf(cutOf(s, q.by)) === nameOf(group));
    const now = mine.filter((s) => isInside(s, period, next, true));
    if (!metric.compare) return { ...same, value: valueFrom(metric.aggregate, now), exists: now.length > 0 };
    const earlier = shifted(period, metric.compare, q);
    const then =
      earlier === undefined
        ? []
        : mine.filter(
            (s) =>
              isInside(s, earlier, periodAfter(earlier, grain, 1), false) && isAlike(s, period, next, earlier, state),
          );
    const { as, includePartial } = metric.compare;
    const exists = then.length > 0 || (as !== 'value' && now.length > 0);
    const isOpen = state !== 'final' && !includePartial;
    const [here, there] = [valueFrom(metric.aggregate, now), valueFrom(metric.aggregate, then)];
    return { ...same, value: isOpen ? null : compareTo(as, here, there), exists };
  }

  function isInside(s: Sale, period: number, next: number, isOwn: boolean): boolean {
    const day = localDay(s.at, calendar);
    const high = isOwn ? Math.min(next, q.to) : next;
    if (day >= high) return false;
    const last = next - 1;
    if (metric.toDate) return day >= periodOf(last, unitOf(metric.toDate), calendar);
    if (metric.window?.unit === 'unbounded') return true;
    if (metric.window?.unit === 'month') return day > monthsBefore(last, metric.window.count);
    if (metric.window) return day > last - metric.window.count * (metric.window.unit === 'week' ? 7 : 1);
    return day >= (isOwn ? Math.max(period, q.from) : period);
  }

  /** Of an open period, the same part of the earlier one, by the clock on the wall. */
  function isAlike(s: Sale, period: number, next: number, earlier: number, state: string): boolean {
    if (!metric.compare!.includePartial || state === 'final') return true;
    const start = (day: number) => BigInt(day) * microsPerDay;
    const stop = [localTime(q.asOf, calendar), start(q.to)].reduce((a, b) => (a < b ? a : b));
    const local = localTime(s.at, calendar);
    const cut = period < q.from ? start(q.from) - start(period) : 0n;
    if (!metric.window && !metric.toDate && local < start(earlier) + cut) return false;
    return stop >= start(next) || local < start(earlier) + (stop - start(period));
  }
}

const nameOf = (group: readonly (string | null)[]) => JSON.stringify(group);

/** The sales that count at all: known, and let in by the metric and the question. What is not known to be in x is not. */
export function counting(
  sales: readonly Sale[],
  metric: Pick<Plain, 'isPositive'>,
  q: Pick<PlainQuestion, 'asOf' | 'isInX'>,
): Sale[] {
  return sales.filter((s) => s.at < q.asOf && (!metric.isPositive || s.amount > 0) && (!q.isInX || s.place === 'x'));
}

export function compareTo(as: string, now: number | null, then: number | null): number | null {
  if (as === 'value') return then;
  if (now === null || then === null) return null;
  if (as === 'difference') return now - then;
  if (then === 0) return null;
  return as === 'ratio' ? now / then : (now - then) / then;
}

export function valueFrom(aggregate: Aggregate, rows: readonly Sale[]): number | null {
  if (rows.length === 0) return null;
  const amounts = rows.map((s) => s.amount).sort((a, b) => a - b);
  const sum = amounts.reduce((a, b) => a + b, 0);
  const latest = (of: readonly Sale[]) =>
    [...of].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.key - b.key)).at(-1)!.amount;
  switch (aggregate) {
    case 'count':
      return rows.length;
    case 'sum':
      return sum;
    case 'distinct':
      return new Set(rows.map((s) => s.who).filter((who) => who !== null)).size;
    case 'max':
      return amounts.at(-1)!;
    case 'avg':
      return sum / rows.length;
    case 'median':
      return (amounts[Math.floor((amounts.length - 1) / 2)]! + amounts[Math.ceil((amounts.length - 1) / 2)]!) / 2;
    case 'last':
      return latest(rows);
    case 'last_per':
      return [...new Set(rows.map((s) => s.account))].reduce(
        (total, account) => total + latest(rows.filter((s) => s.account === account)),
        0,
      );
    case 'share':
      return rows.filter((s) => s.amount > 0).length / rows.length;
  }
}
