import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, it } from 'vitest';
import { listRunnableEngines } from '../support/engines.ts';
import { column, id, loadedAt, useFileLoads } from './file-loads.ts';

describe.each(listRunnableEngines())('lines of JSON and Parquet on $name', ({ prepare }) => {
  const loads = useFileLoads(prepare);

  it('reads lines of JSON', async () => {
    const lines = [
      '{"id":1,"n":1.50,"t":"a\\nb","j":{"b":[1,"q"],"a":1e2}}',
      '',
      '{"id":"2","t":{"z":1},"j":"s","unknown":true}',
      '{"id":3,"t":null,"j":null}',
      '{bad',
      '[1]',
      '{"id":4,"n":1.5,}',
      '{"id":5,"t":"\\u0000"}',
      '{"n":1}',
      '{"id":9007199254740993,"n":12345678901234567.894,"t":12345678901234567.894}',
    ];
    const columns = [id, column('n', 'decimal(30,3)'), column('t', 'text'), column('j', 'json')];
    expect(await loads.load('jsonl', columns, [loads.write('a.jsonl', lines.join('\n'))])).toMatchObject({
      perFile: [{ rows: 4, rejected: 5 }],
    });
    expect(await loads.read('id, n, t, j, _line')).toEqual([
      [1, '1.500', 'a\nb', '{"a":100.0,"b":[1,"q"]}', 1],
      [2, null, '{"z":1}', '"s"', 3],
      [3, null, null, null, 4],
      [9007199254740993n, '12345678901234567.894', '12345678901234567.894', null, 10],
    ]);
    expect(await loads.read('_line, reason, "row"', '__rejected')).toEqual([
      [5, 'not JSON', '"{bad"'],
      [6, 'not a JSON object', '[1]'],
      [7, 'not JSON', '"{\\"id\\":4,\\"n\\":1.5,}"'],
      [8, 'a NUL character', '"{\\"id\\":5,\\"t\\":\\"\\\\u0000\\"}"'],
      [9, '`id` is required and missing', '{"n":1}'],
    ]);
  });

  it('reads lines of JSON that are not UTF-8, end in CRLF or hold control characters', async () => {
    const bytes = Buffer.concat([
      Buffer.from('{"id":1}\r\n{"id":2,"t":"'),
      Buffer.from([0xff]),
      Buffer.from('"}\r\n\r\n{"id":3,"t":"\x01"}\r\n{"id":4,"t":"\u00e9"}'),
    ]);
    expect(await loads.load('jsonl', [id, column('t', 'text')], [loads.write('a.jsonl', bytes)])).toMatchObject({
      perFile: [{ rows: 2, rejected: 2 }],
    });
    expect(await loads.read('id, t, _line')).toEqual([
      [1, null, 1],
      [4, 'é', 5],
    ]);
    expect(await loads.reasons()).toEqual([
      [2, 'not UTF-8'],
      [4, 'not JSON'],
    ]);
  });

  it('reads Parquet by the same rules', async () => {
    const path = join(loads.folder, `${loads.table}.parquet`);
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    await connection.run(`copy (select * from (values
      (1::double, 'x', {'a': [1, 2]}, date '2025-01-03', timestamp '2025-01-03 10:00:00.5', 1.5::decimal(5,1), 'p'),
      (2.5, null, null, null, null, null, 'q'), (null, 'z', null, null, null, null, 'r')) t(id, t, j, d, ts, "line", reason)) to '${path}' (format parquet)`);
    instance.closeSync();
    const columns = [
      id,
      column('t', 'text'),
      column('j', 'json'),
      column('d', 'timestamp'),
      column('ts', 'timestamp'),
      column('line', 'decimal(10,2)'),
      column('reason', 'text'),
    ];
    expect(await loads.load('parquet', columns, [{ path, name: 'data/a.parquet' }])).toEqual({
      perFile: [{ name: 'data/a.parquet', rows: 1, rejected: 2 }],
    });
    expect(await loads.read('*')).toEqual([
      [
        1,
        'x',
        '{"a":[1,2]}',
        '2025-01-03T00:00:00Z',
        '2025-01-03T10:00:00.5Z',
        '1.50',
        'p',
        'data/a.parquet',
        1,
        1,
        loadedAt,
      ],
    ]);
    expect(await loads.reasons()).toEqual([
      [2, "`id` is not an integer: '2.5'"],
      [3, '`id` is required and missing'],
    ]);
  });

  it('reads Parquet columns that have other names there', async () => {
    const path = join(loads.folder, `${loads.table}.parquet`);
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    await connection.run(`copy (select 1 as "Order ID", 'x' as "note", 'y' as "a""b") to '${path}' (format parquet)`);
    instance.closeSync();
    const columns = [{ ...id, from: 'Order ID' }, column('quoted', 'text', { from: 'a"b' })];
    await loads.load('parquet', columns, [{ path, name: 'data/a.parquet' }]);
    expect(await loads.read('id, quoted')).toEqual([[1, 'y']]);
    const missing = loads.load('parquet', [column('order_id', 'integer')], [{ path, name: 'data/a.parquet' }]);
    await expect(missing).rejects.toMatchObject({
      message: '`data/a.parquet` has no column `order_id`: its schema has `Order ID`, `note`, `a"b`',
      hint: 'under `columns:` write `order_id: {type: integer, from: "Order ID"}`',
    });
  });
});
