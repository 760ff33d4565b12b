import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  compileFiles,
  type ExampleDefinition,
  loadParser,
  type Manifest,
  planExample,
  renderSql,
  shapesOf,
} from '../../compiler/index.ts';
import type { Engine } from '../../runtime/index.ts';
import { listRunnableEngines, type TestTarget } from '../support/engines.ts';
import { dateOf, dayOf, microsPerHour, startOfDay, toText } from './cohort/clock.ts';
import { type Aggregate, type Plain, type PlainQuestion, plain, type Sale } from './plain-oracle.ts';

const runs = Number(process.env.ETALON_RUNS ?? 60);
const opened: { readonly target: TestTarget; readonly engine: Engine; readonly name: string }[] = [];

beforeAll(async () => {
  await loadParser();
  for (const under of listRunnableEngines()) {
    const target = await under.prepare();
    opened.push({ target, engine: await target.open(), name: under.name });
  }
});
afterAll(async () => {
  for (const { target } of opened) await target.drop();
});

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
function compile(metric: Plain): Manifest {
  const { window: w, compare: c } = metric;
  const knobs = {
    base: { is: formulas[metric.aggregate], ...(metric.aggregate === 'last_per' ? { per: 'account' } : {}) },
    reaching: {
      is: 'base',
      ...(w ? { window: w.unit === 'unbounded' ? 'unbounded' : `${w.count} ${w.unit}s` } : {}),
      ...(metric.toDate ? { to_date: metric.toDate } : {}),
    },
    compared: c
      ? { is: 'reaching', compare: { to: `${c.count} ${c.unit}s ago`, as: c.as, include_partial: c.includePartial } }
      : { is: 'reaching' },
    m: { is: 'compared', ...(metric.fill ? { fill: 0 } : {}) },
  };
  const files: Record<string, string> = {
    'project.yml':
      'project: oracle\nlanguage: 1\ntargets:\n  dev: {engine: duckdb, path: target/x.duckdb}\ntarget: dev\n',
    'models/marts/sales.yml':
      'key: sale_id\ntime: at\ncolumns: {sale_id: integer, at: timestamp, who: text, place: text, account: text, amount: integer}\n',
    'metrics/m.yml': `from: marts.sales\nby: [place]\nmetrics: ${JSON.stringify(knobs)}\n`,
  };
  const { manifest, diagnostics } = compileFiles(
    Object.entries(files).map(([path, text]) => ({ kind: 'source-file' as const, path, text })),
  );
  expect(diagnostics.filter((d) => d.severity === 'error')).toEqual([]);
  return manifest!;
}

const spot = { file: 'oracle', start: { offset: 0, line: 1, column: 1 }, end: { offset: 0, line: 1, column: 1 } };

async function ask(engine: Engine, manifest: Manifest, sales: readonly Sale[], q: PlainQuestion): Promise<unknown[][]> {
  const rows = sales.map((s) => ({
    span: spot,
    cells: {
      sale_id: { number: String(s.key) },
      at: toText(s.at),
      who: s.who,
      place: s.place,
      account: s.account,
      amount: { number: String(s.amount) },
    },
  }));
  const example: ExampleDefinition = {
    title: 'of the oracle',
    given: [{ model: 'marts.sales', rows, span: spot }],
    asOf: toText(q.asOf),
    calendar: {
      timezone: q.calendar.zone,
      weekStart: q.calendar.weekStart === 1 ? 'monday' : 'sunday',
      fiscalYearStart: 1,
    },
    by: q.byPlace ? ['place'] : [],
    grain: q.grain,
    from: dateOf(q.from),
    to: dateOf(q.to),
    ordered: false,
    expect: { form: 'rows', rows: [] },
    disagree: [],
    span: spot,
  };
  const { plan, diagnostics } = planExample(manifest, 'm', example);
  expect(diagnostics).toEqual([]);
  const sql = renderSql(
    plan!.sql,
    engine.capabilities.dialect,
    (): never => {
      throw new Error('reads a table');
    },
    { shapeOf: shapesOf(manifest) },
  );
  const { rows: answer } = await engine.execute(sql);
  return answer.map((row) => {
    const [period, ...rest] = row;
    const place = q.byPlace ? rest.shift() : null;
    const [value, state] = rest;
    return [String(period), place ?? null, value === null ? null : Number(Number(value).toFixed(8)), state];
  });
}

const middles = ['2025-03-30', '2025-11-02', '2025-04-06', '2020-12-30', '2024-02-29'].map(dayOf);

const world = fc
  .record({
    zone: fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata'),
    weekStart: fc.constantFrom(1, 7),
    middle: fc.constantFrom(...middles),
  })
  .chain(({ zone, weekStart, middle }) => {
    const calendar = { zone, weekStart };
    // A year back, too: what is compared with has to have rows.
    const day = fc.oneof(
      fc.integer({ min: -12, max: 12 }),
      fc.integer({ min: -45, max: 12 }),
      fc.integer({ min: -372, max: -355 }),
    );
    const at = fc
      .tuple(day, fc.constantFrom(-1n, 0n, 1n, microsPerHour, 9n * microsPerHour))
      .map(([d, by]) => startOfDay(middle + d, calendar) + by);
    const sale = fc.record({
      at,
      who: fc.constantFrom('a', 'b', 'c', null),
      place: fc.constantFrom('x', 'y', null),
      account: fc.constantFrom('k', 'l'),
      amount: fc.integer({ min: -5, max: 20 }),
    });
    return fc
      .record({
        sales: fc.array(sale, { minLength: 4, maxLength: 30 }),
        grain: fc.constantFrom('day' as const, 'week' as const, 'month' as const),
        byPlace: fc.boolean(),
        from: fc.integer({ min: -14, max: 6 }),
        length: fc.integer({ min: 1, max: 16 }),
        asOf: at,
      })
      .map(({ sales, grain, byPlace, from, length, asOf }) => ({
        sales: sales.map((s, i): Sale => ({ ...s, key: i + 1 })),
        question: { calendar, grain, byPlace, from: middle + from, to: middle + from + length, asOf },
      }));
  });

const metric: fc.Arbitrary<Plain> = fc
  .record(
    {
      aggregate: fc.constantFrom(...(Object.keys(formulas) as Aggregate[])),
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
        as: fc.constantFrom('percent' as const, 'difference' as const, 'ratio' as const, 'value' as const),
        includePartial: fc.boolean(),
      }),
      fill: fc.constant(true),
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

it('plain metrics are what the oracle counts, with every knob', async () => {
  const manifests = new Map<string, Manifest>();
  await fc.assert(
    fc.asyncProperty(metric, world, async (m, { sales, question }) => {
      fc.pre(fits(m, question));
      const key = JSON.stringify(m);
      const manifest = manifests.get(key) ?? compile(m);
      manifests.set(key, manifest);
      const expected = plain(sales, m, question).map((row) => [
        dateOf(row.period),
        row.place,
        row.value === null ? null : Number(row.value.toFixed(8)),
        row.state,
      ]);
      const sorted = (rows: unknown[][]) => rows.map((row) => JSON.stringify(row)).sort();
      for (const { engine, name } of opened)
        expect(sorted(await ask(engine, manifest, sales, question)), name).toEqual(sorted(expected));
    }),
    { numRuns: runs },
  );
});
