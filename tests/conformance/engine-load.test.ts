import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type FileFormat, parseType, type Value } from '../../compiler/index.ts';
import {
  type Engine,
  EngineError,
  type FileToLoad,
  type LoadResult,
  type RawColumn,
} from '../../runtime/engine/engine.ts';
import { listRunnableEngines, type TestTarget } from '../support/engines.ts';

function column(name: string, type: string, more: Partial<RawColumn> = {}): RawColumn {
  return { name, type: parseType(type)!, required: false, ...more };
}

const id = column('id', 'integer', { required: true });
const loadedAt = '2025-06-01T00:00:00Z';

describe.each(listRunnableEngines())('files on $name', ({ prepare }) => {
  let target: TestTarget;
  let engine: Engine;
  let folder: string;
  let table = 0;
  beforeAll(async () => {
    target = await prepare();
    engine = await target.open();
    folder = mkdtempSync(join(tmpdir(), 'etalon-files-'));
  });
  beforeEach(() => {
    table += 1;
  });
  afterAll(async () => {
    await target.drop();
    rmSync(folder, { recursive: true, force: true });
  });

  function write(name: string, content: string | Buffer): FileToLoad {
    const path = join(folder, `${table}-${name}`);
    writeFileSync(path, content);
    return { path, name: `data/${name}` };
  }

  async function load(
    format: FileFormat,
    columns: readonly RawColumn[],
    files: readonly FileToLoad[],
    batch = 1,
  ): Promise<LoadResult> {
    const base = {
      into: { schema: 'raw', table: `t${table}` },
      rejectedInto: { schema: 'raw', table: `t${table}__rejected` },
      format,
      columns,
    };
    return engine.transaction(async (session) => {
      await engine.createRawTables(session, base);
      return engine.load(session, { ...base, files, batch, loadedAt });
    });
  }

  const read = async (columns: string, which = ''): Promise<readonly (readonly Value[])[]> =>
    (await engine.execute(`select ${columns} from raw.t${table}${which} order by _file, _line`)).rows;
  const reasons = async (): Promise<readonly (readonly Value[])[]> => read('_line, reason', '__rejected');

  it('tells empty from quoted empty, and keeps what RFC 4180 allows', async () => {
    const file = write('a.csv', '\ufeffid,note,extra\r\n1,,x\r\n2,"",x\r\n3,"a ""b"", c\r\nd",x\r\n');
    expect(await load('csv', [id, column('note', 'text')], [file])).toEqual({
      perFile: [{ name: 'data/a.csv', rows: 3, rejected: 0 }],
    });
    expect(await read('*')).toEqual([
      [1, null, 'data/a.csv', 1, 1, loadedAt],
      [2, '', 'data/a.csv', 2, 1, loadedAt],
      [3, 'a "b", c\r\nd', 'data/a.csv', 3, 1, loadedAt],
    ]);
  });

  it.each([
    ['line feeds', 'id,n\n1,2\n3,4\n'],
    ['no last line end', 'id,n\n1,2\n3,4'],
    ['carriage returns and line feeds', 'id,n\r\n1,2\r\n3,4\r\n'],
    ['first one, then the other', 'id,n\r\n1,2\n3,4\r\n'],
    ['first the other, then one', 'id,n\n1,2\r\n3,4\n'],
    ['carriage returns', 'id,n\r1,2\r3,4\r'],
    ['blank lines', '\n\nid,n\n\n1,2\n\n\n3,4\n\n'],
    ['a quoted header', '"id","n"\n1,2\n3,4\n'],
    ['another order', 'n,x,id\n2,,1\n4,,3\n'],
  ])('reads a CSV file with %s', async (_, content) => {
    expect(await load('csv', [id, column('n', 'integer')], [write('a.csv', content)])).toMatchObject({
      perFile: [{ rows: 2, rejected: 0 }],
    });
    expect(await read('id, n, _line')).toEqual([
      [1, 2, 1],
      [3, 4, 2],
    ]);
  });

  it('sets aside CSV records that cannot be taken apart, and numbers the others as they stand', async () => {
    const bytes = Buffer.concat([
      Buffer.from('id,n\n1,1\n2\n3,3,3\n4,a"b\n5,"x"y\n6,'),
      Buffer.from([0xff, 0xfe]),
      Buffer.from('\n7,7\n8,"open\n9,9\n'),
    ]);
    expect(await load('csv', [id, column('n', 'text')], [write('a.csv', bytes)])).toMatchObject({
      perFile: [{ rows: 2, rejected: 6 }],
    });
    expect(await read('id, _line')).toEqual([
      [1, 1],
      [7, 7],
    ]);
    expect(await read('_line, reason, "row"', '__rejected')).toEqual([
      [2, '1 cell where the header has 2', '"2"'],
      [3, '3 cells where the header has 2', '"3,3,3"'],
      [4, 'a quote in an unquoted cell', '"4,a\\"b"'],
      [5, 'text after a closing quote', '"5,\\"x\\"y"'],
      [6, 'not UTF-8', '"6,��"'],
      [8, 'a quote that is never closed', '"8,\\"open\\n9,9\\n"'],
    ]);
  });

  it('gives every reason, and the row as it came', async () => {
    const file = write('a.csv', 'id,price,day\n,"12,50",2025-02-30\n1,1,2025-02-28\n');
    await load('csv', [id, column('price', 'decimal(12,2)'), column('day', 'date')], [file]);
    expect(await read('*', '__rejected')).toEqual([
      [
        'data/a.csv',
        1,
        1,
        loadedAt,
        "`id` is required and missing; `price` is not a decimal(12,2): '12,50'; `day` is not a date: '2025-02-30'",
        '{"id":null,"price":"12,50","day":"2025-02-30"}',
      ],
    ]);
  });

  const rules: readonly {
    readonly type: string;
    readonly zone?: string;
    readonly good: Readonly<Record<string, Value>>;
    readonly bad: readonly string[];
  }[] = [
    {
      type: 'integer',
      good: { '1': 1, '+7': 7, '-0012': -12, '9223372036854775807': 9223372036854775807n },
      bad: ['', ' 1', '1.0', '1e3', '1_000', '0x1F', 'true', '9223372036854775808', '١'],
    },
    {
      type: 'decimal(12,2)',
      good: {
        '1': '1.00',
        '.5': '0.50',
        '5.': '5.00',
        '1.005': '1.01',
        '-1.005': '-1.01',
        '1.00499999999999999': '1.00',
        '1E3': '1000.00',
        '125e-3': '0.13',
        '9999999999.994': '9999999999.99',
      },
      bad: ['', ' 1', '12,50', '1 000', '$5', 'nan', 'inf', '9999999999.995', '1e99', '--1', '.', 'e5', '1_0'],
    },
    {
      type: 'double',
      good: { '1': 1, '-1.5e-3': -0.0015, '.1': 0.1, '1e308': 1e308 },
      bad: ['', 'NaN', 'Infinity', '1e999', '1,5', '0x10', ' 1'],
    },
    {
      type: 'boolean',
      good: { true: true, T: true, '1': true, Yes: true, FALSE: false, f: false, '0': false, no: false },
      bad: ['', 'on', 'y', '2', 'да', ' true'],
    },
    {
      type: 'date',
      good: { '2025-01-03': '2025-01-03', '2024-02-29': '2024-02-29', '0001-01-01': '0001-01-01' },
      bad: [
        '',
        '2025-02-29',
        '2025-1-3',
        '03.01.2025',
        '0000-01-01',
        '2025-01-03T00:00:00',
        'today',
        'infinity',
        '12025-01-03',
      ],
    },
    {
      type: 'timestamp',
      good: {
        '2025-01-03T10:00': '2025-01-03T10:00:00Z',
        '2025-01-03 10:00:00': '2025-01-03T10:00:00Z',
        '2025-01-03T10:00:00.123456789Z': '2025-01-03T10:00:00.123456Z',
        '2025-01-03T10:00:00.9999999': '2025-01-03T10:00:00.999999Z',
        '2025-01-03T10:00Z': '2025-01-03T10:00:00Z',
        '2025-01-03 10:00:00 z': '2025-01-03T10:00:00Z',
        '2025-01-03T10:00+05': '2025-01-03T05:00:00Z',
        '2025-01-03T10:00:00+05:30': '2025-01-03T04:30:00Z',
        '2025-01-03T10:00:00.5-0330': '2025-01-03T13:30:00.5Z',
      },
      bad: [
        '',
        '2025-01-03',
        '2025-01-03T24:00:00',
        '2025-01-03T10:60',
        '2025-01-03T10:00:60',
        '2025-02-30T10:00:00',
        '2025-01-03T10:00:00 Europe/Berlin',
        '1735900000',
        '2025-01-03T10',
        '0000-01-01T00:00:00',
      ],
    },
    {
      type: 'timestamp',
      zone: 'Europe/Moscow',
      good: {
        '2025-01-03T10:00:00': '2025-01-03T07:00:00Z',
        '2025-01-03 10:00': '2025-01-03T07:00:00Z',
        '2025-01-03T10:00:00Z': '2025-01-03T10:00:00Z',
        '2025-01-03T10:00:00+01': '2025-01-03T09:00:00Z',
      },
      bad: ['2025-01-03'],
    },
    {
      type: 'json',
      good: {
        '{"b":[1.50,"x"],"a":null}': '{"a":null,"b":[1.50,"x"]}',
        '1': '1',
        '"nan, inf]"': '"nan, inf]"',
        null: 'null',
        ' [ ] ': '[]',
      },
      bad: [
        '',
        'NaN',
        '[1,]',
        '{"a":1,}',
        '[Infinity]',
        '{a:1}',
        "{'a':1}",
        '"\\u0000"',
        '01',
        '1e99999',
        '[1] 2',
        '"\\ud800"',
      ],
    },
    { type: 'text', good: { ' a ': ' a ', NULL: 'NULL', 'é😀': 'é😀' }, bad: ['a\0b'] },
  ];

  it.each(rules)('reads $type ($zone) by the rule', async ({ type, zone, good, bad }) => {
    const quote = (value: string): string => `"${value.replaceAll('"', '""')}"`;
    const values = [...Object.keys(good), ...bad];
    const file = write('a.csv', `v\n${values.map(quote).join('\n')}\n`);
    await load('csv', [column('v', type, zone === undefined ? {} : { zone })], [file]);
    expect((await read('v')).map(([value]) => value)).toEqual(Object.values(good));
    const expected = bad.map((value, index) => [
      Object.keys(good).length + index + 1,
      expect.stringContaining(type === 'text' ? 'NUL' : `'${value}'`),
    ]);
    expect(await reasons()).toEqual(expected);
  });

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
    expect(await load('jsonl', columns, [write('a.jsonl', lines.join('\n'))])).toMatchObject({
      perFile: [{ rows: 4, rejected: 5 }],
    });
    expect(await read('id, n, t, j, _line')).toEqual([
      [1, '1.500', 'a\nb', '{"a":100.0,"b":[1,"q"]}', 1],
      [2, null, '{"z":1}', '"s"', 3],
      [3, null, null, null, 4],
      [9007199254740993n, '12345678901234567.894', '12345678901234567.894', null, 10],
    ]);
    expect(await read('_line, reason, "row"', '__rejected')).toEqual([
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
    expect(await load('jsonl', [id, column('t', 'text')], [write('a.jsonl', bytes)])).toMatchObject({
      perFile: [{ rows: 2, rejected: 2 }],
    });
    expect(await read('id, t, _line')).toEqual([
      [1, null, 1],
      [4, 'é', 5],
    ]);
    expect(await reasons()).toEqual([
      [2, 'not UTF-8'],
      [4, 'not JSON'],
    ]);
  });

  it('reads Parquet by the same rules', async () => {
    const path = join(folder, `${table}.parquet`);
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
    expect(await load('parquet', columns, [{ path, name: 'data/a.parquet' }])).toEqual({
      perFile: [{ name: 'data/a.parquet', rows: 1, rejected: 2 }],
    });
    expect(await read('*')).toEqual([
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
    expect(await reasons()).toEqual([
      [2, "`id` is not an integer: '2.5'"],
      [3, '`id` is required and missing'],
    ]);
  });

  it('reads packed files, several at a time, and says which rows came from which', async () => {
    const files = [
      write('b.csv.gz', gzipSync('id\n1\nx\n2\n')),
      write('a.csv', 'id\n3\n'),
      write('c.csv', 'id\n'),
      write('d.csv', ''),
      write('e.csv', 'id'),
    ];
    expect(await load('csv', [id], files, 7)).toEqual({
      perFile: [
        { name: 'data/b.csv.gz', rows: 2, rejected: 1 },
        { name: 'data/a.csv', rows: 1, rejected: 0 },
        { name: 'data/c.csv', rows: 0, rejected: 0 },
        { name: 'data/d.csv', rows: 0, rejected: 0 },
        { name: 'data/e.csv', rows: 0, rejected: 0 },
      ],
    });
    expect(await read('id, _file, _line, _batch')).toEqual([
      [3, 'data/a.csv', 1, 7],
      [1, 'data/b.csv.gz', 1, 7],
      [2, 'data/b.csv.gz', 3, 7],
    ]);
    expect(await load('csv', [id], [write('f.csv', 'id\n9\n')], 8)).toMatchObject({ perFile: [{ rows: 1 }] });
    expect(await read('_batch')).toHaveLength(4);
  });

  it('numbers the rows of a large file as they stand', async () => {
    const rows = Array.from({ length: 300_000 }, (_, index) => `${index + 1},"note, ${index}"`);
    const file = write('a.csv', `id,note\n${rows.join('\n')}\n`);
    const broken = write('b.csv', `id,note\n${rows.slice(0, 100_000).join('\n')}\n1,2,3\n100002,x\n`);
    expect(await load('csv', [id, column('note', 'text')], [file, broken])).toMatchObject({
      perFile: [{ rows: 300_000 }, { rows: 100_001, rejected: 1 }],
    });
    expect((await engine.execute(`select count(*) from raw.t${table} where id <> _line`)).rows).toEqual([[0]]);
    expect(await reasons()).toEqual([[100_001, '3 cells where the header has 2']]);
  });

  it.each([
    [
      'a declared column that is not there',
      'csv',
      'ID,note\n1,x\n',
      '`data/a.csv` has no column `id`: its header has `ID`, `note`',
    ],
    ['a header that has a name twice', 'csv', 'id,id\n1,2\n', 'the header of `data/a.csv` has `id` twice'],
    ['UTF-16', 'csv', Buffer.from('\ufeffid\n1\n', 'utf16le'), '`data/a.csv` is in UTF-16'],
    ['bytes that are not Parquet', 'parquet', 'id\n1\n', '`data/a.csv` cannot be read: '],
  ] as const)('refuses %s, and nothing is written', async (_, format, content, message) => {
    const good = write('good.csv', 'id\n1\n');
    const error = await load(
      format,
      [id],
      format === 'csv' ? [good, write('a.csv', content)] : [write('a.csv', content)],
    ).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(EngineError);
    expect(error).toMatchObject({ kind: 'data', message: expect.stringContaining(message) });
    expect((error as Error).message).not.toContain(folder);
    expect(await engine.findRelation({ schema: 'raw', table: `t${table}` })).toBeUndefined();
  });

  it('refuses a packed file that is cut off, and one that is not there', async () => {
    const packed = gzipSync(`id\n${'1\n'.repeat(1000)}`);
    expect(
      await load('csv', [id], [write('a.csv.gz', packed.subarray(0, packed.length - 12))]).catch(
        (error: unknown) => error,
      ),
    ).toMatchObject({ kind: 'data', message: expect.stringContaining('`data/a.csv.gz` cannot be read') });
    expect(
      await load('csv', [id], [{ path: join(folder, 'none.csv'), name: 'data/none.csv' }]).catch(
        (error: unknown) => error,
      ),
    ).toMatchObject({ kind: 'data', message: '`data/none.csv` cannot be read: there is no such file' });
  });
});
