import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Value } from '../../compiler/index.ts';
import type { Engine } from '../../runtime/engine/engine.ts';
import { listRunnableEngines, type TestTarget } from '../support/engines.ts';

const text = fc.string({ unit: 'grapheme', maxLength: 40 }).filter((value) => !value.includes('\0'));
const integer = fc
  .bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
  .map((value) => (Number.isSafeInteger(Number(value)) ? Number(value) : value));
const decimal = fc.bigInt({ min: -(10n ** 17n), max: 10n ** 17n }).map((value) => {
  const digits = String(value < 0n ? -value : value).padStart(4, '0');
  return `${value < 0n ? '-' : ''}${digits.slice(0, -3)}.${digits.slice(-3)}`;
});
const double = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (value === 0 ? 0 : value));
const day = fc
  .record({
    year: fc.integer({ min: 1, max: 9999 }),
    month: fc.integer({ min: 1, max: 12 }),
    day: fc.integer({ min: 1, max: 28 }),
  })
  .map(
    (d) => `${String(d.year).padStart(4, '0')}-${String(d.month).padStart(2, '0')}-${String(d.day).padStart(2, '0')}`,
  );
const time = fc
  .tuple(fc.integer({ min: 0, max: 86_399 }), fc.integer({ min: 0, max: 999_999 }))
  .map(([seconds, micros]) => {
    const part = (amount: number): string => String(amount % 60).padStart(2, '0');
    const fraction = String(micros).padStart(6, '0').replace(/0+$/, '');
    return `${String(Math.floor(seconds / 3600)).padStart(2, '0')}:${part(Math.floor(seconds / 60))}:${part(seconds)}${fraction === '' ? '' : `.${fraction}`}`;
  });
const instant = fc.tuple(day, time).map(([date, clock]) => `${date}T${clock}Z`);
/** Canonical already: keys sorted, no number that is written in two ways. */
const json = fc
  .dictionary(
    fc.stringMatching(/^[a-z]{1,8}$/),
    fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null), fc.array(fc.integer())),
  )
  .map((object) => JSON.stringify(Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)))));

const types: readonly { readonly type: string; readonly sql: string; readonly values: fc.Arbitrary<Value> }[] = [
  { type: 'text', sql: 'text', values: text },
  { type: 'integer', sql: 'bigint', values: integer },
  { type: 'decimal(18,3)', sql: 'decimal(18,3)', values: decimal },
  { type: 'double', sql: 'double precision', values: double },
  { type: 'boolean', sql: 'boolean', values: fc.boolean() },
  { type: 'date', sql: 'date', values: day },
  { type: 'timestamp', sql: 'timestamptz', values: instant },
  { type: 'json', sql: 'json', values: json },
];

describe.each(listRunnableEngines())('values of $name', ({ name, prepare }) => {
  let target: TestTarget;
  let engine: Engine;
  beforeAll(async () => {
    target = await prepare();
    engine = await target.open();
  });
  afterAll(() => target.drop());

  it.each(types)('$type goes in and comes out the same', async ({ type, sql, values }) => {
    await fc.assert(
      fc.asyncProperty(values, async (value) => {
        const result = await engine.execute({
          sql: `select cast($1 as ${sql}) as x, cast(null as ${sql}) as y`,
          parameters: [value],
        });
        expect(result).toEqual({
          columns: [
            { name: 'x', type },
            { name: 'y', type },
          ],
          rows: [[value, null]],
          count: 1,
        });
      }),
      { numRuns: 60 },
    );
  });

  it('reads what has no exact counterpart as text that is the same everywhere', async () => {
    const { rows } = await engine.execute(
      `select cast(1.10 as decimal(5,2)), interval '14 months 3 days', interval '-1.5 seconds', date '0044-03-15 ${name === 'duckdb' ? '(BC)' : 'BC'}',
      cast('infinity' as date), timestamp '2025-01-01 10:00:00.1', cast(1.1 as real), cast('NaN' as double precision)`,
    );
    expect(rows).toEqual([
      ['1.10', 'P1Y2M3D', 'PT-1.5S', '0044-03-15 BC', 'infinity', '2025-01-01T10:00:00.1', 1.1, Number.NaN],
    ]);
  });

  it('keeps columns of one name apart', async () => {
    const { columns, rows } = await engine.execute('select 1 as a, 2 as a');
    expect([columns.map((column) => column.name), rows]).toEqual([['a', 'a'], [[1, 2]]]);
  });

  it('counts rows written, made and read', async () => {
    expect((await engine.execute('create table counted as select * from generate_series(1, 5) as t(x)')).count).toBe(5);
    expect((await engine.execute('insert into counted values (6), (7)')).count).toBe(2);
    expect((await engine.execute('update counted set x = 0 where x > 5')).count).toBe(2);
    expect((await engine.execute('delete from counted where x = 0')).count).toBe(2);
    expect((await engine.execute('select * from counted')).count).toBe(5);
    expect(await engine.execute('select 1 as a; select 2 as b')).toMatchObject({
      columns: [{ name: 'b' }],
      rows: [[2]],
    });
  });

  it('reads many rows', async () => {
    const { rows } = await engine.execute('select x, x * 2 from generate_series(1, 10000) as t(x) order by x');
    expect(rows).toHaveLength(10_000);
    expect(rows[9_999]).toEqual([10_000, 20_000]);
  });

  it('describes relations in the language', async () => {
    await engine.execute('create schema shapes');
    await engine.execute(
      'create table shapes.t (a bigint, b decimal(12,2), c text, d timestamptz, e date, f boolean, g double precision, h json)',
    );
    await engine.execute('create view shapes.v as select b, a from shapes.t');
    const found = await engine.findRelation({ schema: 'shapes', table: 't' });
    expect(found?.columns.map((column) => column.type)).toEqual([
      'integer',
      'decimal(12,2)',
      'text',
      'timestamp',
      'date',
      'boolean',
      'double',
      'json',
    ]);
    expect(await engine.findRelation({ schema: 'shapes', table: 'v' })).toEqual({
      columns: [
        { name: 'b', type: 'decimal(12,2)' },
        { name: 'a', type: 'integer' },
      ],
    });
    expect(await engine.findRelation({ schema: 'shapes', table: 'none' })).toBeUndefined();
    await engine.analyze({ schema: 'shapes', table: 't' });
  });
});
