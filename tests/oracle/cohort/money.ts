import { type Contract, knownContracts, observed, runsAt } from './churn.ts';
import { localDay, microsPerDay, periodAfter, periodOf, startOfDay, type Unit } from './clock.ts';
import { type Asked, byEntity, type Event, known } from './log.ts';
import { type Member, membersOf } from './retention.ts';

export interface Ltv {
  readonly horizon: number;
  readonly total: number;
  readonly mature: number;
  readonly value: number | null;
}

/** Value within `[anchor, anchor + H)` of those whose horizon is over. Amounts are whole cents. */
export function ltv(
  anchors: readonly Event[],
  ledger: readonly Event[],
  horizons: readonly number[],
  refunds: 'gross' | 'on_refund_date' | 'on_order_date',
  asked: Asked,
): Ltv[] {
  const members = membersOf(anchors, 'first_ever', { count: 1, unit: 'day' }, asked);
  const events = byEntity(known(ledger, asked.asOf));
  return horizons.map((horizon) => {
    const length = BigInt(horizon) * microsPerDay;
    const mature = members.filter(({ at }) => at + length <= asked.asOf);
    const value = mature.reduce((sum, m) => sum + valueWithin(events.get(m.entity) ?? [], m, length, refunds), 0);
    return { horizon, total: members.length, mature: mature.length, value: mature.length === 0 ? null : value };
  });
}

function valueWithin(events: readonly Event[], { at }: Member, length: bigint, refunds: string): number {
  return events.reduce((sum, event) => {
    const value = event.value ?? 0;
    if (value < 0 && refunds === 'gross') return sum;
    const orders = events.filter((e) => (e.value ?? 0) >= 0 && e.order !== null && e.order === event.order);
    const isMoved = value < 0 && refunds === 'on_order_date' && orders.length > 0;
    const when = isMoved ? orders[0]!.at : event.at;
    return when >= at && when < at + length ? sum + value : sum;
  }, 0);
}

/** Entities with a later event at `0 < t ≤ days` after the first, of those whose window is over. */
export function repeat(events: readonly Event[], days: number, sameDay: 'merge' | 'count', asked: Asked) {
  const { calendar, asOf } = asked;
  const length = BigInt(days) * microsPerDay;
  const lists = [...byEntity(known(events, asOf)).values()].filter((list) => {
    const day = localDay(list[0]!.at, calendar);
    return day >= asked.from && day < asked.to;
  });
  const mature = lists.filter((list) => list[0]!.at + length < asOf);
  const repeated = mature.filter(([first, ...later]) =>
    later.some((e) => {
      if (e.at <= first!.at || e.at > first!.at + length) return false;
      return sameDay === 'count' || localDay(e.at, calendar) > localDay(first!.at, calendar);
    }),
  );
  return { total: lists.length, mature: mature.length, repeated: repeated.length };
}

export interface Kept {
  readonly period: number;
  readonly opening: number;
  readonly retained: number;
}

interface OpenAndClose {
  readonly open: number;
  readonly close: number;
  /** A customer at some time before the period. */
  readonly wasBefore: boolean;
}

function keptOf(
  each: readonly OpenAndClose[],
  kind: 'gross' | 'net',
  base: 'opening' | 'opening_plus_reactivated',
): Pick<Kept, 'opening' | 'retained'> {
  let opening = 0;
  let retained = 0;
  for (const { open, close, wasBefore } of each) {
    if (open > 0) {
      opening += open;
      retained += kind === 'gross' ? Math.min(open, close) : close;
    } else if (base === 'opening_plus_reactivated' && wasBefore) retained += close;
  }
  return { opening, retained };
}

/** Of those with money in the period before, how much is left in the period. */
export function revenueRetention(
  events: readonly Event[],
  kind: 'gross' | 'net',
  base: 'opening' | 'opening_plus_reactivated',
  every: Unit,
  asked: Asked,
): Kept[] {
  const { calendar } = asked;
  const entities = [...byEntity(known(events, asked.asOf)).values()].map((list) => {
    const sums = new Map<number, number>();
    for (const e of list) {
      const period = periodOf(localDay(e.at, calendar), every, calendar);
      sums.set(period, (sums.get(period) ?? 0) + (e.value ?? 0));
    }
    return sums;
  });
  return observed(every, asked).map((period) => {
    const each = entities.map((sums) => ({
      open: sums.get(periodAfter(period, every, -1)) ?? 0,
      close: sums.get(period) ?? 0,
      wasBefore: [...sums.keys()].some((p) => p < period),
    }));
    return { period, ...keptOf(each, kind, base) };
  });
}

export interface PaidContract extends Contract {
  readonly value?: number;
}

/** The same of contracts: what runs as the period begins, and what of it runs as it ends. */
export function contractRevenue(
  contracts: readonly PaidContract[],
  kind: 'gross' | 'net',
  base: 'opening' | 'opening_plus_reactivated',
  every: Unit,
  asked: Asked,
): Kept[] {
  const { calendar } = asked;
  const ran = knownContracts(contracts, asked.asOf);
  const entities = [...new Set(ran.map((c) => c.entity))];
  return observed(every, asked).map((period) => {
    const start = startOfDay(Math.max(period, asked.from), calendar);
    const end = startOfDay(Math.min(periodAfter(period, every, 1), asked.to), calendar);
    const each = entities.map((entity) => {
      const own = ran.filter((c) => c.entity === entity);
      const worth = (at: bigint) => own.filter((c) => runsAt(c, at)).reduce((sum, c) => sum + (c.value ?? 0), 0);
      return { open: worth(start), close: worth(end), wasBefore: own.some((c) => c.from < start) };
    });
    return { period, ...keptOf(each, kind, base) };
  });
}

/** Of a cohort: value from the anchor on in period k. */
export function cohortRevenue(
  anchors: readonly Event[],
  events: readonly Event[],
  every: Unit,
  k: number,
  cohort: number,
  asked: Asked,
): number {
  const { calendar } = asked;
  const members = membersOf(anchors, 'first_ever', every, asked).filter((m) => m.cohort === cohort);
  const ledger = byEntity(known(events, asked.asOf));
  const period = periodAfter(cohort, every, k);
  return members
    .flatMap((m) => (ledger.get(m.entity) ?? []).filter((e) => e.at >= m.at))
    .filter((e) => periodOf(localDay(e.at, calendar), every, calendar) === period)
    .reduce((sum, e) => sum + (e.value ?? 0), 0);
}
