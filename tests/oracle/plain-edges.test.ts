import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ExampleDefinition } from '../../compiler/index.ts';
import { compileFiles, loadParser, type Manifest, planExample, renderSql, shapesOf } from '../../compiler/index.ts';
import type { Engine } from '../../runtime/index.ts';
import { listRunnableEngines, type TestTarget } from '../support/engines.ts';

/** Plain metrics where ranges have no ends, grains are hours or there is none. Worked out by hand. */
const metrics = `from: marts.sales
by: [place]
metrics:
  sales: count(*)
  buyers: count(distinct who)
  sales_3d: {is: sales, window: 3 days}
  buyers_3d: {is: buyers, window: 3 days}
  sales_ever: {is: sales, window: unbounded}
  sales_filled: {is: sales, fill: 0}
  sales_2h: {is: sales, window: 2 hours}
  sales_dtd: {is: sales, to_date: day}
  sales_growth: {is: sales, compare: {to: 1 month ago, as: percent}}
  yesterday: {is: sales, compare: {to: 1 day ago, as: value}}
  paid_first: first(is_paid)
  last_place: {is: "last(place) filter (where is_paid)"}
  gap: {is: last(amount) - first(amount)}
  payers_3d: {is: count(distinct who) filter (where is_paid), window: 3 days}
  per_buyer: {is: sum(amount) / buyers, window: 3 days}
`;
const files: Readonly<Record<string, string>> = {
  'project.yml': 'project: edges\nlanguage: 1\ntargets:\n  dev: {engine: duckdb, path: target/x.duckdb}\ntarget: dev\n',
  'models/marts/sales.yml':
    'key: sale_id\ntime: at\ncolumns: {sale_id: integer, at: timestamp, who: text, place: text, is_paid: boolean, amount: "decimal(12,2)"}\n',
  'metrics/m.yml': metrics,
};
const spot = { file: 'edges', start: { offset: 0, line: 1, column: 1 }, end: { offset: 0, line: 1, column: 1 } };

type Sale = readonly [at: string, who: string | null, place: string | null, amount: string, paid?: boolean];

describe.each(listRunnableEngines())('on $name', (under) => {
  let target: TestTarget;
  let engine: Engine;
  let manifest: Manifest;
  beforeAll(async () => {
    await loadParser();
    target = await under.prepare();
    engine = await target.open();
    const compiled = compileFiles(
      Object.entries(files).map(([path, text]) => ({ kind: 'source-file' as const, path, text })),
    );
    expect(compiled.diagnostics.filter((d) => d.severity === 'error')).toEqual([]);
    manifest = compiled.manifest!;
  });
  afterAll(() => target.drop());

  async function ask(metric: string, sales: readonly Sale[], more: Partial<ExampleDefinition>): Promise<unknown[][]> {
    const rows = sales.map(([at, who, place, amount, paid], i) => ({
      span: spot,
      cells: { sale_id: { number: String(i + 1) }, at, who, place, is_paid: paid ?? true, amount: { number: amount } },
    }));
    const example: ExampleDefinition = {
      title: 'edge',
      given: [{ model: 'marts.sales', rows, span: spot }],
      by: [],
      ordered: false,
      expect: { form: 'rows', rows: [] },
      disagree: [],
      span: spot,
      ...more,
    };
    const { plan, diagnostics } = planExample(manifest, metric, example);
    expect(diagnostics).toEqual([]);
    const names = (): never => {
      throw new Error('reads a table');
    };
    const sql = renderSql(plan!.sql, engine.capabilities.dialect, names, { shapeOf: shapesOf(manifest) });
    const numeric = plan!.columns.map((c) => /^(integer|decimal|double)/.test(c.type));
    return (await engine.execute(sql)).rows.map((row) => row.map((v, i) => (numeric[i] && v !== null ? Number(v) : v)));
  }

  const two: readonly Sale[] = [
    ['2025-05-01T10:00Z', 'a', 'x', '10'],
    ['2025-05-03T10:00Z', 'a', null, '5'],
  ];

  it('windows without a range go from the first row to the instant of the data', async () => {
    const more = { asOf: '2025-05-05T12:00Z', grain: 'day' };
    expect(await ask('sales_3d', two, more)).toEqual([
      ['2025-05-01', 1, 'final'],
      ['2025-05-02', 1, 'final'],
      ['2025-05-03', 2, 'final'],
      ['2025-05-04', 1, 'final'],
      ['2025-05-05', 1, 'partial'],
    ]);
    expect((await ask('buyers_3d', two, more)).map((row) => row[1])).toEqual([1, 1, 1, 1, 1]);
    expect(await ask('sales_3d', [], more)).toEqual([]);
    const unpaid: readonly Sale[] = [
      ...two,
      ['2025-05-03T11:00Z', null, 'x', '5'],
      ['2025-05-05T09:00Z', 'b', 'x', '5', false],
    ];
    // Nobody paid since the 3rd, and somebody was there: 0 is not nothing.
    expect((await ask('payers_3d', unpaid, { ...more, asOf: '2025-05-08T00:00Z' })).map((row) => row[1])).toEqual([
      1, 1, 1, 1, 1, 0, 0,
    ]);
  });

  it('a fill without a range, and by a dimension', async () => {
    const more = { asOf: '2025-05-04T00:00Z', grain: 'day' };
    expect(await ask('sales_filled', two, more)).toEqual([
      ['2025-05-01', 1, 'final'],
      ['2025-05-02', 0, 'final'],
      ['2025-05-03', 1, 'final'],
    ]);
    expect(await ask('sales_filled', two, { ...more, by: ['place'], from: '2025-05-01', to: '2025-05-03' })).toEqual([
      ['2025-05-01', 'x', 1, 'final'],
      ['2025-05-02', 'x', 0, 'final'],
    ]);
    expect(await ask('sales_filled', two, { asOf: '2025-05-04T00:00Z' })).toEqual([[2, 'partial']]);
  });

  it('without a grain the range is the period', async () => {
    const range = { asOf: '2025-06-01T00:00Z', from: '2025-05-01', to: '2025-05-04' };
    expect(await ask('sales_3d', two, range)).toEqual([[2, 'final']]);
    expect(await ask('sales_ever', two, range)).toEqual([[2, 'final']]);
    expect(await ask('sales_ever', two, { asOf: '2025-05-02T00:00Z' })).toEqual([[1, 'partial']]);
    const months: readonly Sale[] = [...two, ['2025-04-02T10:00Z', 'b', 'x', '1']];
    expect(await ask('sales_growth', months, range)).toEqual([[1, 'final']]);
    expect(await ask('sales_growth', two, range)).toEqual([[null, 'final']]);
  });

  it('hours: windows, to date, and the same hour of the day before across a change of clocks', async () => {
    const hours: readonly Sale[] = [
      ['2025-03-29T08:10Z', 'a', 'x', '1'],
      ['2025-03-30T07:10Z', 'a', 'x', '1'],
      ['2025-03-30T08:10Z', 'b', 'x', '1'],
    ];
    const calendar = { timezone: 'Europe/Berlin', weekStart: 'monday', fiscalYearStart: 1 } as const;
    const more = { asOf: '2025-04-01T00:00Z', grain: 'hour', calendar, from: '2025-03-30', to: '2025-03-31' };
    const cut = (rows: unknown[][]) => rows.map(([hour, value]) => [String(hour).slice(0, 16), value]);
    expect(cut(await ask('sales_2h', hours, more))).toEqual([
      ['2025-03-30T07:00', 1],
      ['2025-03-30T08:00', 2],
      ['2025-03-30T09:00', 1],
    ]);
    const sofar = cut(await ask('sales_dtd', hours, more));
    expect(sofar.slice(0, 3)).toEqual([
      ['2025-03-30T07:00', 1],
      ['2025-03-30T08:00', 2],
      ['2025-03-30T09:00', 2],
    ]);
    // 09:10 on the 29th is an hour of winter time; the same hour of the 30th is an hour of summer time.
    expect(cut(await ask('yesterday', hours, more))).toEqual([['2025-03-30T07:00', 1]]);
  });

  it('first and last of any type, with a filter, and in one formula', async () => {
    const sales: readonly Sale[] = [
      ['2025-05-01T10:00Z', 'a', 'x', '10', false],
      ['2025-05-01T11:00Z', 'a', 'y', '4', true],
      ['2025-05-01T12:00Z', 'b', 'z', '7', false],
    ];
    const more = { asOf: '2025-05-02T00:00Z', grain: 'day' };
    expect(await ask('paid_first', sales, more)).toEqual([['2025-05-01', false, 'final']]);
    expect(await ask('last_place', sales, more)).toEqual([['2025-05-01', 'y', 'final']]);
    expect(await ask('gap', sales, more)).toEqual([['2025-05-01', -3, 'final']]);
    expect(await ask('per_buyer', sales, more)).toEqual([['2025-05-01', 10.5, 'final']]);
  });
});
