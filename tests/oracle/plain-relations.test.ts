import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import type { Manifest } from '../../compiler/index.ts';
import type { Engine } from '../../runtime/index.ts';
import { dayOf, microsPerDay, microsPerHour, startOfDay } from './cohort/clock.ts';
import { opened, useEngines } from './cohort/hold.ts';
import { saleAt } from './plain-arbitrary.ts';
import { askSeveral, compileSales, load, type SalesQuestion } from './plain-ask.ts';
import type { Cut, Sale } from './plain-oracle.ts';

/** What must hold of plain metrics beside one another, whatever the right figures are (facts.md, metamorphic). */
const runs = Number(process.env.ETALON_RUNS ?? 8);
useEngines();

/** Formula → what becomes of it when every amount is doubled. */
const formulas = {
  orders: ['count(*)', 'same'],
  dear: ['count(*) filter (where amount > 5)', 'other'],
  revenue: ['sum(amount)', 'doubled'],
  net: ["sum(amount) - sum(amount) filter (where place = 'x')", 'doubled'],
  buyers: ['count(distinct who)', 'same'],
  least: ['min(amount)', 'doubled'],
  greatest: ['max(amount)', 'doubled'],
  mean: ['avg(amount)', 'doubled'],
  middle: ['median(amount)', 'doubled'],
  high: ['percentile(amount, 0.9)', 'doubled'],
  spread: ['stddev(amount)', 'doubled'],
  latest: ['last(amount)', 'doubled'],
  share: ["sum(amount) filter (where place = 'x') / sum(amount)", 'same'],
  aov: ['revenue / orders', 'doubled'],
  growth: [{ is: 'revenue', compare: { to: '1 week ago', as: 'percent' } }, 'same'],
  two_weeks: [{ is: 'buyers', window: '14 days' }, 'same'],
  so_far: [{ is: 'revenue', to_date: 'month' }, 'doubled'],
  dense: [{ is: 'orders', fill: 0 }, 'same'],
} as const;
const names = Object.keys(formulas) as (keyof typeof formulas)[];
const additive = ['orders', 'dear', 'revenue'] as const;

let manifest: Manifest;
beforeAll(() => {
  manifest = compileSales(Object.fromEntries(names.map((name) => [name, formulas[name][0]])));
});

const middle = dayOf('2025-03-30');
const world = fc
  .record({ zone: fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York'), weekStart: fc.constantFrom(1, 7) })
  .chain((calendar) => {
    const at = fc
      .tuple(fc.integer({ min: -25, max: 10 }), fc.constantFrom(-1n, 0n, 9n * microsPerHour))
      .map(([day, by]) => startOfDay(middle + day, calendar) + by);
    return fc.record({
      sales: fc
        .array(saleAt(at), { minLength: 5, maxLength: 25, size: 'max' })
        .map((all) => all.map((s, i): Sale => ({ ...s, key: i + 1 }))),
      question: fc.record({
        calendar: fc.constant(calendar),
        grain: fc.constantFrom('day' as const, 'week' as const),
        by: fc.subarray<Cut>(['place', 'city']),
        from: fc.constantFrom(middle - 14, middle - 3),
        to: fc.constantFrom(middle + 1, middle + 8),
        asOf: at,
      }),
      several: fc.subarray(names, { minLength: 2, maxLength: 4 }),
    });
  });

type World = typeof world extends fc.Arbitrary<infer T> ? T : never;
type Rows = Awaited<ReturnType<typeof askSeveral>>;

async function relate(
  check: (
    w: World,
    asked: (metrics: readonly string[], q: SalesQuestion) => Promise<Rows>,
    engine: Engine,
  ) => Promise<void>,
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(world, async (w) => {
      for (const { engine } of opened) {
        await load(engine, w.sales);
        await check(w, (metrics, q) => askSeveral(engine, manifest, metrics, q), engine);
      }
    }),
    { numRuns: runs },
  );
}

const sum = (rows: Rows, name: string) => rows.reduce((total, row) => total + Number(row[name] ?? 0), 0);
const total = ({ calendar, from, to, asOf }: World['question']): SalesQuestion => ({
  calendar,
  from,
  to,
  asOf,
  by: [],
});

it('groups and parts of a range add up to the total where metrics do, and a distinct count lies between its largest part and their sum', async () => {
  await relate(async ({ question }, asked) => {
    const metrics = [...additive, 'buyers'];
    const [whole] = await asked(metrics, total(question));
    const halves = [
      { ...total(question), to: middle },
      { ...total(question), from: middle },
    ];
    const cuts = [
      await asked(metrics, { ...total(question), by: ['city'] }),
      await asked(metrics, { ...total(question), by: ['place', 'city'] }),
      await asked(metrics, { ...total(question), grain: question.grain }),
      (await Promise.all(halves.map((half) => asked(metrics, half)))).flat(),
    ];
    for (const rows of cuts) {
      for (const name of additive) expect(sum(rows, name)).toBe(Number(whole![name] ?? 0));
      const union = Number(whole!.buyers ?? 0);
      expect(Math.max(0, ...rows.map((row) => Number(row.buyers ?? 0)))).toBeLessThanOrEqual(union);
      expect(sum(rows, 'buyers')).toBeGreaterThanOrEqual(union);
    }
  });
});

it('what holds, what does not and what is not known make the whole', async () => {
  await relate(async ({ question }, asked) => {
    const [whole] = await asked([...additive], total(question));
    const parts = ["place = 'x'", "not (place = 'x')", "(place = 'x') is null"];
    const rows = (await Promise.all(parts.map((where) => asked([...additive], { ...total(question), where })))).flat();
    for (const name of additive) expect(sum(rows, name)).toBe(Number(whole![name] ?? 0));
  });
});

it('another metric in the question changes no number of one', async () => {
  await relate(async ({ question, several }, asked) => {
    const together = await asked(several, question);
    for (const name of several) {
      const alone = await asked([name], question);
      const groups = (row: Rows[number]) => JSON.stringify([row[question.grain], row.place, row.city]);
      const own = new Map(alone.map((row) => [groups(row), row[name]]));
      const beside = new Map(together.map((row) => [groups(row), row[name]]));
      for (const [group, value] of own) expect(beside.get(group), `${name} in ${group}`).toEqual(value);
      // A filled metric has 0 in the rows of groups that another one brought in.
      const others = [...beside].filter(([group, value]) => !own.has(group) && value !== null && name !== 'dense');
      expect(others, name).toEqual([]);
    }
  });
});

it('amounts doubled are sums doubled, and the same shares and counts', async () => {
  await relate(async ({ sales, question }, asked, engine) => {
    const before = await asked(names, question);
    await load(
      engine,
      sales.map((s) => ({ ...s, amount: s.amount * 2 })),
    );
    const after = await asked(names, question);
    expect(after).toHaveLength(before.length);
    for (const name of names) {
      const change = formulas[name][1];
      if (change === 'other') continue;
      for (const [i, row] of before.entries()) {
        const value = row[name] as number | null;
        if (value === null) expect(after[i]![name], name).toBeNull();
        else expect(after[i]![name], name).toBeCloseTo(change === 'doubled' ? value * 2 : value, 6);
      }
    }
  });
});

it('everything seven days later is the same weekly series a week later, where no clock is changed', async () => {
  await relate(async ({ sales, question }, asked, engine) => {
    const weekly = { ...question, grain: 'week' as const, calendar: { ...question.calendar, zone: 'UTC' } };
    const metrics = names.filter((name) => name !== 'so_far');
    const figures = (rows: Rows) => rows.map(({ week: _, ...rest }) => rest);
    const before = await asked(metrics, weekly);
    await load(
      engine,
      sales.map((s) => ({ ...s, at: s.at + 7n * microsPerDay })),
    );
    const { from, to, asOf } = question;
    const after = await asked(metrics, { ...weekly, from: from + 7, to: to + 7, asOf: asOf + 7n * microsPerDay });
    expect(figures(after)).toEqual(figures(before));
  });
});

it('a sale twice under two keys counts twice, and its buyer once', async () => {
  await relate(async ({ sales, question }, asked, engine) => {
    const before = await asked(['orders', 'buyers', 'mean', 'middle', 'least'], question);
    await load(engine, [...sales, ...sales.map((s) => ({ ...s, key: s.key + 1000 }))]);
    const after = await asked(['orders', 'buyers', 'mean', 'middle', 'least'], question);
    expect(after).toEqual(
      before.map((row) => ({ ...row, orders: row.orders === null ? null : 2 * (row.orders as number) })),
    );
  });
});
