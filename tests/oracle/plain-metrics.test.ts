import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Manifest, Value } from '../../compiler/index.ts';
import { dateOf, dayOf, microsPerHour, startOfDay, toText } from './cohort/clock.ts';
import { opened, useEngines } from './cohort/hold.ts';
import { saleAt } from './plain-arbitrary.ts';
import { askOne, compileSales } from './plain-ask.ts';
import { type Hourly, hourly } from './plain-hours.ts';
import { type Aggregate, type Cut, type Plain, type PlainQuestion, plain, type Sale } from './plain-oracle.ts';

const runs = Number(process.env.ETALON_RUNS ?? 60);
useEngines();

const formulas: Readonly<Record<Aggregate, string>> = {
  count: 'count(*)',
  sum: 'sum(amount)',
  distinct: 'count(distinct who)',
  max: 'max(amount)',
  avg: 'avg(amount)',
  median: 'median(amount)',
  last: 'last(amount)',
  last_per: 'last(amount)',
  share: 'count(*) filter (where amount > 0) / count(*)',
};

/** What an author would write: a base, one that reaches back, one that compares, one that fills, each of the one before. */
function compile(metric: Plain | Hourly): Manifest {
  const { window: w, compare: c } = metric;
  return compileSales({
    base: {
      is: formulas[metric.aggregate],
      ...(metric.aggregate === 'last_per' ? { per: 'account' } : {}),
      ...(metric.isPositive ? { where: 'amount > 0' } : {}),
    },
    reaching: {
      is: 'base',
      ...(w ? { window: w.unit === 'unbounded' ? 'unbounded' : `${w.count} ${w.unit}s` } : {}),
      ...(metric.toDate ? { to_date: metric.toDate } : {}),
    },
    compared: c
      ? { is: 'reaching', compare: { to: `${c.count} ${c.unit}s ago`, as: c.as, include_partial: c.includePartial } }
      : { is: 'reaching' },
    m: { is: 'compared', ...(metric.fill ? { fill: 0 } : {}) },
  });
}

const round = (value: Value) => (value === null ? null : Number(Number(value).toFixed(8)));
const sorted = (rows: readonly (readonly unknown[])[]) => rows.map((row) => JSON.stringify(row)).sort();

const middles = ['2025-03-30', '2025-11-02', '2025-04-06', '2020-12-30', '2024-02-29', '2025-10-26'].map(dayOf);
const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata', 'Atlantic/Azores'];

/** A year back, too: what is compared with has to have rows. */
const distance = fc.oneof(
  fc.integer({ min: -12, max: 12 }),
  fc.integer({ min: -45, max: 12 }),
  fc.integer({ min: -372, max: -355 }),
);

const world = fc
  .record({ zone: fc.constantFrom(...zones), weekStart: fc.constantFrom(1, 7), middle: fc.constantFrom(...middles) })
  .chain(({ zone, weekStart, middle }) => {
    const calendar = { zone, weekStart };
    const at = fc
      .tuple(distance, fc.constantFrom(-1n, 0n, 1n, microsPerHour / 2n, microsPerHour, 9n * microsPerHour))
      .map(([d, by]) => startOfDay(middle + d, calendar) + by);
    const sale = saleAt(at);
    return fc
      .record({
        sales: fc.array(sale, { minLength: 4, maxLength: 30, size: 'max' }),
        grain: fc.constantFrom('day' as const, 'week' as const, 'month' as const),
        by: fc.subarray<Cut>(['place', 'city']),
        isInX: fc.boolean(),
        from: fc.integer({ min: -14, max: 6 }),
        length: fc.integer({ min: 1, max: 16 }),
        asOf: at,
      })
      .map(({ sales, from, length, ...rest }) => ({
        sales: sales.map((s, i): Sale => ({ ...s, key: i + 1 })),
        question: { ...rest, calendar, from: middle + from, to: middle + from + length },
      }));
  });

const aggregate = fc.constantFrom(...(Object.keys(formulas) as Aggregate[]));
const as = fc.constantFrom('percent' as const, 'difference' as const, 'ratio' as const, 'value' as const);

const metric: fc.Arbitrary<Plain> = fc
  .record(
    {
      aggregate,
      window: fc.constantFrom<NonNullable<Plain['window']>>(
        { count: 3, unit: 'day' },
        { count: 2, unit: 'week' },
        { count: 1, unit: 'month' },
        { count: 2, unit: 'month' },
        { count: 1, unit: 'unbounded' },
      ),
      toDate: fc.constantFrom('week' as const, 'month' as const),
      compare: fc.record({
        count: fc.constantFrom(1, 2),
        unit: fc.constantFrom('day' as const, 'week' as const, 'month' as const, 'year' as const),
        as,
        includePartial: fc.boolean(),
      }),
      fill: fc.constant(true),
      isPositive: fc.constant(true),
    },
    { requiredKeys: ['aggregate'] },
  )
  .filter((m) => !(m.window && m.toDate));

/** Whether the periods asked for can be moved and added up so. */
function fits(m: Plain, { grain }: PlainQuestion): boolean {
  const order = { day: 0, week: 1, month: 2, year: 3 };
  if (m.toDate && order[m.toDate] < order[grain]) return false;
  if (!m.compare) return true;
  if (grain === 'week' && m.compare.unit === 'month') return false;
  return order[m.compare.unit] >= order[grain];
}

it('plain metrics are what the oracle counts, with every knob, by dimensions', async () => {
  const manifests = new Map<string, Manifest>();
  await fc.assert(
    fc.asyncProperty(metric, world, async (m, { sales, question }) => {
      fc.pre(fits(m, question));
      const key = JSON.stringify(m);
      const manifest = manifests.get(key) ?? compile(m);
      manifests.set(key, manifest);
      const expected = plain(sales, m, question).map((row) => [
        dateOf(row.period),
        ...row.groups,
        round(row.value),
        row.state,
      ]);
      const where = question.isInX ? { where: "place = 'x'" } : {};
      for (const { engine, name } of opened) {
        const rows = await askOne(engine, manifest, sales, { ...question, ...where });
        const read = rows.map((row) => {
          const [value, state] = row.slice(-2);
          return [String(row[0]), ...row.slice(1, -2), round(value!), state];
        });
        expect(sorted(read), name).toEqual(sorted(expected));
      }
    }),
    { numRuns: runs },
  );
});

const byHour = fc
  .record({
    zone: fc.constantFrom(...zones.filter((z) => z !== 'Australia/Lord_Howe')),
    middle: fc.constantFrom(...middles),
  })
  .chain(({ zone, middle }) => {
    const calendar = { zone, weekStart: 1 };
    const at = fc
      .tuple(fc.integer({ min: -1, max: 1 }), fc.integer({ min: -16, max: 96 }), fc.constantFrom(-1n, 0n, 0n))
      .map(([d, quarters, by]) => startOfDay(middle + d, calendar) + (BigInt(quarters) * microsPerHour) / 4n + by);
    return fc
      .record({
        sales: fc.array(saleAt(at), { minLength: 4, maxLength: 25, size: 'max' }),
        from: fc.integer({ min: -1, max: 1 }),
        asOf: at,
      })
      .map(({ sales, from, asOf }) => ({
        sales: sales.map((s, i): Sale => ({ ...s, key: i + 1 })),
        question: { calendar, from: middle + from, to: middle + from + 1, asOf },
      }));
  });

const hourlyMetric: fc.Arbitrary<Hourly> = fc
  .record(
    {
      aggregate,
      window: fc.constantFrom<NonNullable<Hourly['window']>>(
        { count: 3, unit: 'hour' },
        { count: 2, unit: 'day' },
        { count: 1, unit: 'month' },
        { count: 1, unit: 'unbounded' },
      ),
      toDate: fc.constantFrom('day' as const, 'week' as const),
      compare: fc.record({
        count: fc.constantFrom(1, 2),
        unit: fc.constantFrom('hour' as const, 'day' as const, 'week' as const),
        as,
        includePartial: fc.boolean(),
      }),
      fill: fc.constant(true),
      isPositive: fc.constant(true),
    },
    { requiredKeys: ['aggregate'] },
  )
  .filter((m) => !(m.window && m.toDate));

it('by the hour, too, across changes of clocks', async () => {
  await fc.assert(
    fc.asyncProperty(hourlyMetric, byHour, async (m, { sales, question }) => {
      const { rows, unclear } = hourly(sales, m, question);
      const skipped = unclear.map(toText);
      const expected = rows.map((row) => [toText(row.hour).slice(0, 19), round(row.value), row.state]);
      const manifest = compile(m);
      for (const { engine, name } of opened) {
        const answer = await askOne(engine, manifest, sales, { ...question, by: [], grain: 'hour' });
        const read = answer.map((row) => [String(row[0]).slice(0, 19).replace(' ', 'T'), round(row[1]!), row[2]]);
        const told = read.filter(([hour]) => !skipped.some((one) => one.startsWith(String(hour))));
        expect(sorted(told), name).toEqual(sorted(expected));
      }
    }),
    { numRuns: Math.ceil(runs / 2) },
  );
});
