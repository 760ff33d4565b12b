import fc from 'fast-check';
import { dateOf, dayOf, microsPerDay, microsPerHour, startOfDay } from '../cohort/clock.ts';
import type { Written } from './world.ts';

/** Days around which clocks are changed in one zone or another. */
export const middles = ['2025-03-30', '2025-11-02', '2024-02-29'].map(dayOf);
export const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe'];

export interface Row {
  readonly key: number;
  readonly model: 'events' | 'others';
  readonly user: string;
  readonly at: bigint;
  readonly kind: string;
  readonly value: number | null;
  readonly color: string | null;
}

export interface User {
  readonly user: string;
  readonly plan: string | null;
  readonly age: number | null;
  readonly isTest: boolean | null;
  readonly since: bigint | null;
}

/** People, what they did, and when it is looked at. */
export interface Case {
  readonly zone: string;
  readonly asOf: bigint;
  readonly users: readonly User[];
  readonly rows: readonly Row[];
  readonly rule: Written;
  /** Of the segment that may be named in the rule. */
  readonly other: Written;
  readonly exclude: readonly string[];
}

const length = fc.constantFrom('1 day', '3 days', '1 week', '36 hours', '1 month');
const threshold = (most: number) =>
  fc
    .tuple(fc.constantFrom('=', '<>', '<', '<=', '>', '>='), fc.integer({ min: 0, max: most }))
    .map(([operator, n]) => `${operator} ${n}`);
const activity = fc.constantFrom('start', 'back', 'spend', 'other', 'either');
/** Those whose events are rows of `events`, with a colour. */
const coloured = fc.constantFrom('start', 'back', 'spend');
export const colours = { "color = 'red'": 'red', "color <> 'blue'": 'blue' } as const;
const colour = fc.constantFrom(...Object.keys(colours));
const maybe = <T>(key: string, one: fc.Arbitrary<T>) =>
  fc.option(one, { nil: undefined }).map((v) => (v === undefined ? {} : { [key]: v }));

function between(middle: number): fc.Arbitrary<Written> {
  return fc
    .tuple(fc.integer({ min: -6, max: 3 }), fc.integer({ min: 1, max: 5 }))
    .map(([from, days]) => ({ between: [dateOf(middle + from), dateOf(middle + from + days)] }));
}

const since = fc
  .tuple(fc.constantFrom('first', 'last'), activity, maybe('within', length))
  .map(([which, name, within]) => ({ since: { [which]: name, ...within } }));

export function condition(middle: number, isInner: boolean): fc.Arbitrary<Written> {
  const within = length.map((l) => ({ within: l }));
  const timing = fc.oneof(fc.constant({}), within, between(middle), since);
  const did = fc
    .tuple(
      fc.oneof(
        activity.map((did) => ({ did })),
        coloured.chain((did) => colour.map((where) => ({ did, where }))),
      ),
      timing,
      maybe('times', threshold(3)),
      maybe('days', threshold(2)),
    )
    .map((parts) => Object.assign({}, ...parts) as Written);
  const spent = fc
    .tuple(
      timing,
      maybe('sum', threshold(60)),
      maybe('avg', threshold(30)),
      maybe('min', threshold(30)),
      maybe('max', threshold(50)),
      maybe('times', threshold(2)),
    )
    .map((parts) => Object.assign({ did: 'spend' }, ...parts) as Written);
  const edge = fc
    .tuple(
      fc.constantFrom('first', 'last'),
      activity,
      fc.oneof(
        within,
        between(middle),
        length.map((before) => ({ before })),
      ),
    )
    .map(([which, name, when]) => ({ [which]: name, ...when }));
  const leaves: fc.Arbitrary<Written>[] = [
    did,
    spent,
    fc.tuple(activity, timing).map(([name, when]) => ({ did_not: name, ...when })),
    edge,
    fc
      .tuple(fc.array(activity, { minLength: 2, maxLength: 3 }), maybe('within', length))
      .map(([steps, w]) => ({ sequence: steps, ...w })),
    fc.constantFrom(...Object.keys(properties)).map((property) => ({ property })),
    fc
      .tuple(fc.constantFrom('spent', 'spends', 'spent_filled', 'mean_spent'), threshold(60), maybe('within', length))
      .map(([metric, is, w]) => ({ metric, is, ...w })),
    fc.constant({ list: 'lists/some.csv' }),
    ...(isInner ? [] : [fc.constant({ segment: 'other' })]),
  ];
  const { tree } = fc.letrec<{ tree: Written }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 3, depthSize: 'small' },
      fc.oneof(...leaves),
      fc.array(tie('tree'), { minLength: 1, maxLength: 3 }).map((all) => ({ all })),
      fc.array(tie('tree'), { minLength: 1, maxLength: 3 }).map((any) => ({ any })),
      tie('tree').map((not) => ({ not })),
    ),
  }));
  return tree;
}

/** SQL over properties with what it means. */
export const properties: Readonly<Record<string, (u: User) => boolean | null>> = {
  "plan = 'pro'": (u) => (u.plan === null ? null : u.plan === 'pro'),
  "plan <> 'pro' or age >= 18": (u) => {
    const [a, b] = [u.plan === null ? null : u.plan !== 'pro', u.age === null ? null : u.age >= 18];
    return a === true || b === true ? true : a === null || b === null ? null : false;
  },
  'age is null': (u) => u.age === null,
  'age >= 18': (u) => (u.age === null ? null : u.age >= 18),
};

export function segmentCase(): fc.Arbitrary<Case> {
  return fc
    .tuple(fc.constantFrom(...zones), fc.constantFrom(...middles), fc.constantFrom(0n, 1n, 10n * microsPerHour))
    .chain(([zone, middle, shift]) => {
      const calendar = { zone, weekStart: 1 };
      const asOf = startOfDay(middle, calendar) + shift;
      const step = fc.constantFrom(-1n, 0n, 1n, microsPerHour);
      const days = fc.integer({ min: -9, max: 1 });
      // Whole days before the cut, and midnights: where errors are.
      const at = fc.oneof(
        fc.tuple(days, step).map(([d, by]) => asOf + BigInt(d) * microsPerDay + by),
        fc.tuple(days, step).map(([d, by]) => startOfDay(middle + d, calendar) + by),
      );
      const name = fc.constantFrom('a', 'b', 'c', 'd');
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
        since: fc.constantFrom(null, null, asOf - 1n, asOf),
      });
      return fc.record({
        zone: fc.constant(zone),
        asOf: fc.constant(asOf),
        users: fc.tuple(user, user, user, user).map((all) => all.map((u, i) => ({ ...u, user: 'abcd'[i]! }))),
        rows: fc.array(row, { maxLength: 18, size: 'max' }).map((rows) => rows.map((r, i) => ({ ...r, key: i + 1 }))),
        rule: condition(middle, false),
        other: condition(middle, true),
        exclude: fc.constantFrom<string[]>([], ['test_users']),
      });
    });
}
