import { localDay, periodAfter, periodOf, periodsBetween, startOfDay, type Unit } from './clock.ts';
import { type Asked, byEntity, type Event, known } from './log.ts';

export interface Churn {
  readonly period: number;
  readonly atRisk: number;
  readonly churned: number;
}

/** At each period's end: who has an event before the `days` dates that end with it, and who of them has none in these. */
export function inactivityChurn(events: readonly Event[], days: number, unit: Unit, asked: Asked): Churn[] {
  const { calendar } = asked;
  const entities = byEntity(known(events, asked.asOf));
  return observed(unit, asked).map((period) => {
    const end = Math.min(periodAfter(period, unit, 1), asked.to);
    const seen = [...entities.values()].map((list) => list.map((e) => localDay(e.at, calendar)));
    const atRisk = seen.filter((list) => list.some((day) => day < end - days));
    const churned = atRisk.filter((list) => !list.some((day) => day >= end - days && day < end));
    return { period, atRisk: atRisk.length, churned: churned.length };
  });
}

export interface Contract {
  readonly entity: string;
  readonly from: bigint;
  readonly until: bigint | null;
}

/** Those of before `asOf`, whose ends at or after it are not known yet. What ends before it begins never ran. */
export function knownContracts<C extends Contract>(contracts: readonly C[], asOf: bigint): C[] {
  return contracts
    .filter((c) => c.from < asOf && (c.until === null || c.until >= c.from))
    .map((c) => ({ ...c, until: c.until !== null && c.until < asOf ? c.until : null }));
}

export function runsAt(c: Contract, at: bigint): boolean {
  return c.from < at && (c.until === null || c.until >= at);
}

/** Leavers of the base: those of the opening (or who joined in the period), who have no contract at its end. */
export function contractChurn(
  contracts: readonly Contract[],
  of: 'opening' | 'opening_plus_new',
  unit: Unit,
  asked: Asked,
): Churn[] {
  const { calendar, asOf } = asked;
  const started = knownContracts(contracts, asOf);
  const openAt = (at: bigint) => new Set(started.filter((c) => runsAt(c, at)).map((c) => c.entity));
  return observed(unit, asked).map((period) => {
    const start = startOfDay(Math.max(period, asked.from), calendar);
    const end = startOfDay(Math.min(periodAfter(period, unit, 1), asked.to), calendar);
    const base = openAt(start);
    if (of === 'opening_plus_new') for (const c of started) if (c.from >= start && c.from < end) base.add(c.entity);
    const left = openAt(end);
    return { period, atRisk: base.size, churned: [...base].filter((entity) => !left.has(entity)).length };
  });
}

/** Periods of the range that have begun. */
export function observed(unit: Unit, asked: Asked): number[] {
  return periodsBetween(asked.from, asked.to, unit, asked.calendar).filter(
    (period) => startOfDay(period, asked.calendar) < asked.asOf,
  );
}

/** Who comes back in a period: an event at least `gap` after the one before. */
export function returnedUsers(events: readonly Event[], gap: bigint, unit: Unit, asked: Asked): Map<number, number> {
  const { calendar } = asked;
  const back = new Map<number, Set<string>>();
  for (const [entity, list] of byEntity(known(events, asked.asOf))) {
    list.forEach((event, i) => {
      const day = localDay(event.at, calendar);
      if (i === 0 || event.at - list[i - 1]!.at < gap || day < asked.from || day >= asked.to) return;
      const period = periodOf(day, unit, calendar);
      back.set(period, (back.get(period) ?? new Set()).add(entity));
    });
  }
  return new Map(observed(unit, asked).map((period) => [period, back.get(period)?.size ?? 0]));
}
