import { afterEach, beforeEach, expect, test } from 'vitest';
import { type GivenTable, loadParser, type Manifest } from '../../compiler/index.ts';
import { sampleManifest } from '../../tests/conformance/sample-manifest.ts';
import type { Engine } from '../engine/engine.ts';
import { openEngine } from '../engine/open-engine.ts';
import { createGivenTables } from './create-given-tables.ts';

const span = { file: 'x.yml', start: { line: 1, column: 1 }, end: { line: 1, column: 1 } } as never;
const given = (model: string, ...rows: Record<string, unknown>[]): GivenTable =>
  ({ model, rows: rows.map((cells) => ({ cells, span })), span }) as GivenTable;

const manifest: Manifest = (() => {
  const plain = sampleManifest([
    {
      name: 'raw.orders',
      columns: 'id integer, amount decimal(10,2), paid_at timestamp, extra json',
      source: { from: 'files', pattern: 'x.csv', format: 'csv' },
    },
    { name: 'clean.orders', columns: 'id integer, amount decimal(10,2)', sql: 'select id, amount from raw.orders' },
    { name: 'marts.totals', columns: 'n integer', sql: 'select count(*) as n from clean.orders' },
  ]);
  const models = plain.models.map((model) =>
    model.name === 'clean.orders' ? { ...model, form: 'declarative' as const } : model,
  );
  return { ...plain, models };
})();

let engine: Engine;
beforeEach(async () => {
  await loadParser();
  engine = await openEngine({ engine: 'duckdb', path: ':memory:' });
});
afterEach(() => engine.close());

const create = (tables: readonly GivenTable[], needed: readonly string[] = []) =>
  createGivenTables(engine, { manifest, dialect: 'duckdb', given: tables, needed, schema: 'example_1' });

test('given rows are typed by the contract; a column left out is null', async () => {
  await create([
    given(
      'raw.orders',
      { id: { number: '1' }, amount: { number: '0.50' }, paid_at: '2025-01-03T10:00Z' },
      { id: { number: '2' }, extra: '{"a": 1}' },
    ),
  ]);
  const { rows } = await engine.execute('select * from example_1.raw__orders order by id');
  expect(rows).toEqual([
    [1, '0.50', '2025-01-03T10:00:00Z', null],
    [2, null, null, '{"a":1}'],
  ]);
});

test('a model with `from:` is built from what is given, any other that is needed is empty', async () => {
  const world = await create([given('raw.orders', { id: { number: '1' } })], ['clean.orders', 'marts.totals']);
  expect(world.models).toEqual(['raw.orders', 'clean.orders', 'marts.totals']);
  expect((await engine.execute('select id from example_1.clean__orders')).rows).toEqual([[1]]);
  expect((await engine.execute('select n from example_1.marts__totals')).rows).toEqual([]);
  expect(world.names('clean.orders')).toEqual({ schema: 'example_1', table: 'clean__orders' });
});

test('a given model is not built, whatever is given upstream', async () => {
  await create([given('raw.orders', { id: { number: '1' } }), given('clean.orders', { id: { number: '9' } })]);
  expect((await engine.execute('select id from example_1.clean__orders')).rows).toEqual([[9]]);
});
