import { observed } from './churn.ts';
import { localDay, periodAfter, periodOf, startOfDay, type Unit } from './clock.ts';
import { type Asked, byEntity, type Event, known } from './log.ts';

export interface Lifecycle {
  readonly period: number;
  readonly new: number;
  readonly returning: number;
  readonly resurrected: number;
  readonly dormant: number;
  readonly active: number;
}

export function lifecycle(events: readonly Event[], every: Unit, asked: Asked): Lifecycle[] {
  const { calendar } = asked;
  const active = [...byEntity(known(events, asked.asOf)).values()].map(
    (list) => new Set(list.map((e) => periodOf(localDay(e.at, calendar), every, calendar))),
  );
  return observed(every, asked).map((period) => {
    const before = periodAfter(period, every, -1);
    const count = (test: (periods: ReadonlySet<number>, first: number) => boolean) =>
      active.filter((periods) => test(periods, Math.min(...periods))).length;
    return {
      period,
      new: count((_, first) => first === period),
      returning: count((p) => p.has(period) && p.has(before)),
      resurrected: count((p, first) => p.has(period) && !p.has(before) && first < before),
      dormant: count((p) => p.has(before) && !p.has(period)),
      active: count((p) => p.has(period)),
    };
  });
}

/** Mean actives of the days of a period over the actives of the period. Of an open or cut period the days that have begun and are asked for. */
export function stickiness(events: readonly Event[], inside: Unit, asked: Asked): Map<number, number | null> {
  const { calendar } = asked;
  const all = known(events, asked.asOf).map((e) => ({ entity: e.entity, day: localDay(e.at, calendar) }));
  return new Map(
    observed(inside, asked).map((period) => {
      const days: number[] = [];
      for (let day = Math.max(period, asked.from); day < Math.min(periodAfter(period, inside, 1), asked.to); day++)
        if (startOfDay(day, calendar) < asked.asOf) days.push(day);
      const active = (test: (day: number) => boolean) =>
        new Set(all.filter((e) => test(e.day)).map((e) => e.entity)).size;
      const daily = days.map((day) => active((d) => d === day));
      const whole = active((d) => days.includes(d));
      const mean = daily.reduce((a, b) => a + b, 0) / days.length;
      return [period, whole === 0 ? null : mean / whole];
    }),
  );
}

/** Entities by their number of active days in a period. */
export function histogram(events: readonly Event[], inside: Unit, asked: Asked): Map<number, Map<number, number>> {
  const { calendar } = asked;
  const entities = byEntity(known(events, asked.asOf));
  return new Map(
    observed(inside, asked).map((period) => {
      const rows = new Map<number, number>();
      for (const list of entities.values()) {
        const days = new Set(
          list
            .map((e) => localDay(e.at, calendar))
            .filter(
              (day) => day >= Math.max(period, asked.from) && day < Math.min(periodAfter(period, inside, 1), asked.to),
            ),
        );
        if (days.size > 0) rows.set(days.size, (rows.get(days.size) ?? 0) + 1);
      }
      return [period, rows];
    }),
  );
}
