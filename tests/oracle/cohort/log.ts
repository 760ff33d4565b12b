import type { Calendar } from './clock.ts';

/** One event of an activity. */
export interface Event {
  readonly entity: string;
  readonly at: bigint;
  /** Its place among events of its model at the same instant. */
  readonly key: number;
  readonly model?: string;
  readonly value?: number;
  readonly order?: string | null;
  /** Whether it matches the cohort's own filter. */
  readonly matches?: boolean;
}

/** What a question says beside the definition: a range of days, the end left out, and the instant up to which data is complete. */
export interface Asked {
  readonly calendar: Calendar;
  readonly from: number;
  readonly to: number;
  readonly asOf: bigint;
}

/** Events that are known at `asOf`, in order. */
export function known<E extends Event>(events: readonly E[], asOf: bigint): E[] {
  return events.filter((e) => e.at < asOf).sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.key - b.key));
}

export function byEntity<E extends Event>(events: readonly E[]): Map<string, E[]> {
  const entities = new Map<string, E[]>();
  for (const event of events) {
    const list = entities.get(event.entity);
    if (list) list.push(event);
    else entities.set(event.entity, [event]);
  }
  return entities;
}
