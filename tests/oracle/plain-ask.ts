import { expect } from 'vitest';
import {
  compileFiles,
  type ExampleDefinition,
  type Grain,
  type Manifest,
  planExample,
  planQuery,
  renderSql,
  shapesOf,
  type Value,
} from '../../compiler/index.ts';
import type { Engine } from '../../runtime/index.ts';
import { type Calendar, dateOf, toText } from './cohort/clock.ts';
import { type Cut, cities, type Sale } from './plain-oracle.ts';

/** The project of the plain oracle: sales with their shops, and these metrics. */
export function compileSales(metrics: Readonly<Record<string, unknown>>): Manifest {
  const files: Record<string, string> = {
    'project.yml':
      'project: oracle\nlanguage: 1\ntargets:\n  dev: {engine: duckdb, path: target/x.duckdb}\ntarget: dev\n',
    'models/marts/sales.yml':
      'key: sale_id\ntime: at\nrelations: {shop: {to: marts.shops, on: shop_id}}\ncolumns: {sale_id: integer, at: timestamp, who: text, place: text, shop_id: text, account: text, amount: integer}\n',
    'models/marts/shops.yml': 'key: shop_id\ncolumns: {shop_id: text, city: text}\n',
    'metrics/m.yml': `from: marts.sales\nby: [place, shop.city]\nmetrics: ${JSON.stringify(metrics)}\n`,
  };
  const { manifest, diagnostics } = compileFiles(
    Object.entries(files).map(([path, text]) => ({ kind: 'source-file' as const, path, text })),
  );
  expect(diagnostics.filter((d) => d.severity === 'error')).toEqual([]);
  return manifest!;
}

export interface SalesQuestion {
  readonly calendar: Calendar;
  readonly grain?: Grain;
  readonly by: readonly Cut[];
  readonly where?: string;
  readonly from?: number;
  readonly to?: number;
  readonly asOf: bigint;
}

const names: Readonly<Record<Cut, string>> = { place: 'place', city: 'shop.city' };
const spot = { file: 'oracle', start: { offset: 0, line: 1, column: 1 }, end: { offset: 0, line: 1, column: 1 } };

function given(sales: readonly Sale[]): ExampleDefinition['given'] {
  const rows = sales.map((s) => ({
    span: spot,
    cells: {
      sale_id: { number: String(s.key) },
      at: toText(s.at),
      who: s.who,
      place: s.place,
      shop_id: s.shop,
      account: s.account,
      amount: { number: String(s.amount) },
    },
  }));
  const shops = Object.entries(cities).map(([shop_id, city]) => ({ span: spot, cells: { shop_id, city } }));
  return [
    { model: 'marts.sales', rows, span: spot },
    { model: 'marts.shops', rows: shops, span: spot },
  ];
}

function calendarOf({ zone, weekStart }: Calendar): NonNullable<ExampleDefinition['calendar']> {
  return { timezone: zone, weekStart: weekStart === 1 ? 'monday' : 'sunday', fiscalYearStart: 1 };
}

/** The metric `m` over these sales, as its worked examples are asked: period and groups, value, state. */
export async function askOne(
  engine: Engine,
  manifest: Manifest,
  sales: readonly Sale[],
  { calendar, grain, by, where, from, to, asOf }: SalesQuestion,
): Promise<Value[][]> {
  const { plan, diagnostics } = planExample(manifest, 'm', {
    title: 'of the oracle',
    given: given(sales),
    asOf: toText(asOf),
    calendar: calendarOf(calendar),
    by: by.map((cut) => names[cut]),
    ...(grain === undefined ? {} : { grain }),
    ...(where === undefined ? {} : { where }),
    ...(from === undefined ? {} : { from: dateOf(from) }),
    ...(to === undefined ? {} : { to: dateOf(to) }),
    ordered: false,
    expect: { form: 'rows', rows: [] },
    disagree: [],
    span: spot,
  });
  expect(diagnostics).toEqual([]);
  const sql = renderSql(
    plan!.sql,
    engine.capabilities.dialect,
    (): never => {
      throw new Error('reads a table');
    },
    { shapeOf: shapesOf(manifest) },
  );
  return (await engine.execute(sql)).rows.map((row) => [...row]);
}

/** Several metrics in one question over the sales that `load` has put there: a record each row, numbers as numbers. */
export async function askSeveral(
  engine: Engine,
  manifest: Manifest,
  metrics: readonly string[],
  { calendar, grain, by, where, from, to, asOf }: SalesQuestion,
): Promise<Record<string, string | number | null>[]> {
  const { plan, diagnostics } = planQuery(manifest, {
    metrics,
    by: by.map((cut) => names[cut]),
    order: [],
    asOf: toText(asOf),
    calendar: calendarOf(calendar),
    ...(grain === undefined ? {} : { grain }),
    ...(where === undefined ? {} : { where }),
    ...(from === undefined ? {} : { from: dateOf(from) }),
    ...(to === undefined ? {} : { to: dateOf(to) }),
  });
  expect(diagnostics).toEqual([]);
  const sql = renderSql(plan!.sql, engine.capabilities.dialect, tableOf, { shapeOf: shapesOf(manifest) });
  const { rows } = await engine.execute(sql);
  return rows.map((row) =>
    Object.fromEntries(plan!.columns.map(({ name, type }, i) => [name, readValue(row[i] ?? null, type)] as const)),
  );
}

function readValue(value: Value, type: string): string | number | null {
  if (value === null) return null;
  return /^(integer|decimal|double)/.test(type) ? Number(Number(value).toFixed(8)) : String(value);
}

const schema = 'oracle_sales';
const tableOf = (model: string) => ({ schema, table: model.replace('marts.', '') });

/** Puts sales into tables of the target, in place of those before. */
export async function load(engine: Engine, sales: readonly Sale[]): Promise<void> {
  const text = (value: string | null) => (value === null ? 'null' : `'${value}'`);
  const rows = sales.map(
    (s) =>
      `(${s.key}, timestamptz '${toText(s.at)}', ${text(s.who)}, ${text(s.place)}, ${text(s.shop)}, ${text(s.account)}, ${s.amount})`,
  );
  const shops = Object.entries(cities).map(([shop, city]) => `('${shop}', ${text(city)})`);
  for (const sql of [
    `create schema if not exists ${schema}`,
    `create table if not exists ${schema}.sales (sale_id bigint, "at" timestamptz, who text, place text, shop_id text, account text, amount bigint)`,
    `create table if not exists ${schema}.shops (shop_id text, city text)`,
    `delete from ${schema}.sales`,
    `delete from ${schema}.shops`,
    ...(rows.length > 0 ? [`insert into ${schema}.sales values ${rows.join(', ')}`] : []),
    `insert into ${schema}.shops values ${shops.join(', ')}`,
  ])
    await engine.execute(sql);
}
