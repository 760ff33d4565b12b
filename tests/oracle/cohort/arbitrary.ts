import fc from 'fast-check';
import type { Row } from './ask.ts';
import { dayOf, microsPerDay, microsPerHour, startOfDay, type Unit } from './clock.ts';
import type { Asked } from './log.ts';

/** Days around which clocks are changed in one zone or another, and an end of a year. */
const middles = ['2025-03-30', '2025-11-02', '2025-04-06', '2024-12-30', '2024-02-29'].map(dayOf);
const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata'];

/** A log of a few entities over some weeks. Instants gather at the edges of days and at elapsed whole days from one another, where errors are. */
export interface World {
  readonly rows: readonly Row[];
  readonly asked: Asked;
}

const kinds = ['start', 'back', 'done', 'spend'] as const;

function instantOf(middle: number, asked: Pick<Asked, 'calendar'>, spread: number): fc.Arbitrary<bigint> {
  const day = fc.integer({ min: -spread, max: spread });
  const step = fc.constantFrom(-1n, 0n, 1n, microsPerHour, 7n * microsPerHour);
  const local = fc.tuple(day, step).map(([d, by]) => startOfDay(middle + d, asked.calendar) + by);
  const elapsed = fc
    .tuple(day, fc.constantFrom(-1n, 0n, 1n))
    .map(([d, by]) => startOfDay(middle, asked.calendar) + 10n * microsPerHour + BigInt(d) * microsPerDay + by);
  return fc.oneof(local, elapsed);
}

export interface Shape {
  readonly kinds?: readonly Row['kind'][];
  readonly models?: readonly string[];
  readonly most?: number;
  /** Days before and after the middle on which events happen. */
  readonly spread?: number;
}

export function world(shape: Shape = {}): fc.Arbitrary<World> {
  const calendar = fc.record({ zone: fc.constantFrom(...zones), weekStart: fc.constantFrom(1, 7) });
  return fc.tuple(calendar, fc.constantFrom(...middles)).chain(([cal, middle]) => {
    const at = instantOf(middle, { calendar: cal }, shape.spread ?? 24);
    const asOf = instantOf(middle, { calendar: cal }, 24);
    const row = fc.record({
      entity: fc.constantFrom('a', 'b', 'c', 'd'),
      at,
      kind: fc.constantFrom(...(shape.kinds ?? kinds)),
      model: fc.constantFrom(...(shape.models ?? ['events'])),
      value: fc.integer({ min: -40, max: 90 }),
      order: fc.constantFrom('1', '2', '3', null),
      matches: fc.boolean(),
      until: fc.option(at, { nil: null }),
    });
    const range = fc.tuple(fc.integer({ min: -24, max: 10 }), fc.integer({ min: 1, max: 30 }));
    return fc
      .tuple(fc.array(row, { maxLength: shape.most ?? 24, size: 'max' }), range, asOf)
      .map(([rows, [from, length], asOf]) => ({
        rows: rows.map((one, key): Row => ({ ...one, key: key + 1 })),
        asked: { calendar: cal, from: middle + from, to: middle + from + length, asOf },
      }));
  });
}

export const everies: readonly { readonly text: string; readonly unit: Unit }[] = [
  { text: 'day', unit: { count: 1, unit: 'day' } },
  { text: 'week', unit: { count: 1, unit: 'week' } },
  { text: 'month', unit: { count: 1, unit: 'month' } },
  { text: '3 days', unit: { count: 3, unit: 'day' } },
  { text: '2 weeks', unit: { count: 2, unit: 'week' } },
];
