import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../runtime/engine/engine.ts';
import { listRunnableEngines, type TestTarget } from '../support/engines.ts';

describe.each(listRunnableEngines())('the catalog of $name', ({ prepare }) => {
  let target: TestTarget;
  let engine: Engine;
  beforeAll(async () => {
    target = await prepare();
    engine = await target.open();
    for (const sql of [
      'create schema one',
      'create schema "t wo"',
      'create table one.a (id bigint, "amo unt" numeric(10, 2), seen timestamptz, note varchar, done boolean, day date, share double precision)',
      'create table one."b AS c" (id bigint)',
      'create view one.w as select id, "amo unt" from one.a',
      'create view "t wo"."v (x) AS y" as with a as (select id from one."b AS c") select w.id from one.w w join a on a.id = w.id where w.id in (select id from one.a)',
    ])
      await engine.execute(sql);
  });
  afterAll(() => target.drop());

  it('lists tables and views with columns, and what a view reads', async () => {
    const found = await engine.readCatalog(['one', 't wo', 'none']);
    expect(found.map(({ name, kind, reads }) => [name.schema, name.table, kind, reads])).toEqual([
      ['one', 'a', 'table', []],
      ['one', 'b AS c', 'table', []],
      ['one', 'w', 'view', [{ schema: 'one', table: 'a' }]],
      [
        't wo',
        'v (x) AS y',
        'view',
        [
          { schema: 'one', table: 'a' },
          { schema: 'one', table: 'b AS c' },
          { schema: 'one', table: 'w' },
        ],
      ],
    ]);
    expect(found[0]!.columns).toEqual([
      { name: 'id', type: 'integer' },
      { name: 'amo unt', type: 'decimal(10,2)' },
      { name: 'seen', type: 'timestamp' },
      { name: 'note', type: 'text' },
      { name: 'done', type: 'boolean' },
      { name: 'day', type: 'date' },
      { name: 'share', type: 'double' },
    ]);
    expect(found[2]!.columns.map(({ name }) => name)).toEqual(['id', 'amo unt']);
    expect(await engine.readCatalog(['none'])).toEqual([]);
  });

  it('tells what a table takes, and nothing of what is not there', async () => {
    await engine.execute('insert into one.a (id) select n from generate_series(1, 20000) as s(n)');
    await engine.analyze({ schema: 'one', table: 'a' });
    await engine.reclaim();
    const size = await engine.readSize({ schema: 'one', table: 'a' });
    expect(size.rows).toBe(20_000);
    expect(size.bytes).toBeGreaterThan(20_000);
    expect(await engine.readSize({ schema: 'one', table: 'nothing' })).toEqual({});
  });

  it('is read by those who may not write', async () => {
    const reader = await target.open({ readOnly: true });
    expect((await reader.readCatalog(['one'])).map(({ name }) => name.table)).toEqual(['a', 'b AS c', 'w']);
  });
});
