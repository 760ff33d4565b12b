import fc from 'fast-check';
import { microsPerDay, microsPerHour, startOfDay } from '../cohort/clock.ts';
import { condition, middles, type Row, type User, zones } from './arbitrary.ts';
import type { Written } from './world.ts';

/** What happens between two evaluations. */
export interface Step {
  /** How far the cut moves on; a negative one is a cut in the past. */
  readonly by: bigint;
  readonly came: readonly Omit<Row, 'key'>[];
  /** Places of rows that go, counted round. */
  readonly gone: readonly number[];
  readonly users: readonly (Omit<User, 'user'> & { readonly who: number; readonly isGone: boolean })[];
  /** The models are built anew, so that nothing says what changed. */
  readonly isRebuilt: boolean;
  /** The project says the other rule from now on. */
  readonly turns: boolean;
}

/** A segment through time: two rules that take turns, rows that come late, change and go, cuts that go on and back. */
export interface MemoryCase {
  readonly zone: string;
  readonly start: bigint;
  readonly users: readonly User[];
  readonly rows: readonly Omit<Row, 'key'>[];
  readonly rules: readonly [Written, Written];
  readonly other: Written;
  readonly exclude: readonly string[];
  readonly steps: readonly Step[];
}

export const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'] as const;

export function memoryCase(): fc.Arbitrary<MemoryCase> {
  return fc.tuple(fc.constantFrom(...zones), fc.constantFrom(...middles)).chain(([zone, middle]) => {
    const start = startOfDay(middle, { zone, weekStart: 1 });
    const name = fc.constantFrom(...names);
    const step = fc.constantFrom(-1n, 0n, 1n, microsPerHour);
    const at = fc
      .tuple(fc.integer({ min: -8, max: 6 }), step)
      .map(([days, by]) => start + BigInt(days) * microsPerDay + by);
    const row = fc.record({
      user: name,
      at,
      kind: fc.constantFrom('start', 'back', 'spend'),
      model: fc.constantFrom('events' as const, 'events' as const, 'others' as const),
      value: fc.option(fc.integer({ min: -10, max: 60 })),
      color: fc.constantFrom('red', 'blue', null),
    });
    const user = fc.record({
      plan: fc.constantFrom('pro', 'free', null),
      age: fc.constantFrom(17, 18, null),
      isTest: fc.constantFrom(true, false, false, null),
      since: fc.constantFrom(null, null, start - 1n, start, start + microsPerDay),
    });
    const by = fc.constantFrom(
      0n,
      1n,
      microsPerHour,
      microsPerDay,
      microsPerDay,
      2n * microsPerDay,
      -microsPerDay,
      -1n,
    );
    const change = fc.record({ who: fc.nat(7), isGone: fc.constantFrom(true, false, false, false), user });
    const steps = fc.record({
      by,
      came: fc.array(row, { maxLength: 3 }),
      gone: fc.array(fc.nat(20), { maxLength: 1 }),
      users: fc
        .array(change, { maxLength: 1 })
        .map((all) => all.map(({ user: one, ...rest }) => ({ ...one, ...rest }))),
      isRebuilt: fc.constantFrom(false, false, false, false, false, true),
      turns: fc.constantFrom(false, false, false, false, true),
    });
    return fc.record({
      zone: fc.constant(zone),
      start: fc.constant(start),
      users: fc
        .array(user, { minLength: 8, maxLength: 8 })
        .map((all) => all.map((u, i) => ({ ...u, user: names[i]! }))),
      rows: fc.array(row, { maxLength: 20, size: 'max' }),
      rules: fc.tuple(condition(middle, false), condition(middle, false)),
      other: condition(middle, true),
      exclude: fc.constantFrom<string[]>([], ['test_users']),
      steps: fc.array(steps, { minLength: 3, maxLength: 5 }),
    });
  });
}
