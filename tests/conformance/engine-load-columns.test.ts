import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, it } from 'vitest';
import type { FileToLoad, FoundColumns } from '../../runtime/engine/engine.ts';
import { listRunnableEngines } from '../support/engines.ts';
import { column, id, useFileLoads } from './file-loads.ts';

const note = column('note', 'text');
const amount = column('amount', 'decimal(10,2)');

const others = ({ others }: FoundColumns) =>
  others.map(({ name, type, file }) => {
    const size = type.name === 'decimal' ? `(${type.precision},${type.scale})` : '';
    return `${name} ${type.name}${size} ${file}`;
  });

describe.each(listRunnableEngines())('columns of files on $name', ({ prepare }) => {
  const loads = useFileLoads(prepare);
  const write = (files: Readonly<Record<string, string>>): FileToLoad[] =>
    Object.entries(files).map(([name, content]) => loads.write(name, content));

  it('a declared column that a file lacks is null there, and told', async () => {
    const files = write({
      '1.csv': 'id,note\n1,a\n',
      '2.csv': 'amount,id,note\n2.5,2,b\n',
      '3.csv': '',
      '4.csv': 'id\n3\n',
    });
    const found = await loads.find('csv', [id, note, amount], files);
    expect(found).toEqual({
      files: ['data/1.csv', 'data/2.csv', 'data/4.csv'],
      empty: ['data/3.csv'],
      last: ['id'],
      declared: [
        { name: 'id', absentIn: [], read: 3, refused: 0 },
        { name: 'note', absentIn: ['data/4.csv'], read: 2, refused: 0 },
        { name: 'amount', absentIn: ['data/1.csv', 'data/4.csv'], read: 1, refused: 0 },
      ],
      others: [],
    });
    expect(await loads.read('id, note, amount')).toEqual([
      [1, 'a', null],
      [2, 'b', '2.50'],
      [3, null, null],
    ]);
  });

  it('what nobody declared is told with the type of its values, in the order of the files', async () => {
    const files = write({
      '1.csv': 'id,n,price,code\n1,7,1.50,007\n2,,2.125,008\n',
      '2.csv': 'id,flag,day,at,late,tree,none\n"3",true,2025-01-03,2025-01-03T10:00:00Z,x,"{""a"": 1}",\n',
      '3.csv': 'id,price,n\nwrong,x,1\n',
    });
    const wanted = [
      'n integer data/1.csv',
      'price decimal(18,3) data/1.csv',
      'code text data/1.csv',
      'flag boolean data/2.csv',
      'day date data/2.csv',
      'at timestamp data/2.csv',
      'late text data/2.csv',
      'tree json data/2.csv',
      'none text data/2.csv',
    ];
    expect(others(await loads.find('csv', [id], files))).toEqual(wanted);
    loads.nextTable();
    expect(others(await loads.find('csv', [id], files, ['n', 'code', 'none', 'flag']))).toEqual(
      wanted.filter((line) => !/^(n|code|none|flag) /.test(line)),
    );
  });

  it('keys of JSON lines are columns; a text of digits stays a text; an address is no name', async () => {
    const files = write({
      '1.jsonl': '{"id":1,"note":"a"}\n\n{"id":2,"zip":"10115","seen":"2025-01-03T10:00:00Z","tags":["x"]}\n',
      '2.jsonl': 'not json\n{"id":3,"n":1,"price":1.5,"ok":true,"a/b~c":{"x":1},"me@example.test":1,"gone":null}\n',
    });
    const found = await loads.find('jsonl', [id, note], files);
    expect(others(found)).toEqual([
      'seen timestamp data/1.jsonl',
      'tags json data/1.jsonl',
      'zip text data/1.jsonl',
      'a/b~c json data/2.jsonl',
      'gone text data/2.jsonl',
      'n integer data/2.jsonl',
      'ok boolean data/2.jsonl',
      'price decimal(18,1) data/2.jsonl',
    ]);
    expect(found.files).toEqual([]);
    expect(found.declared).toEqual([
      { name: 'id', absentIn: [], read: 3, refused: 0 },
      { name: 'note', absentIn: [], read: 1, refused: 0 },
    ]);
  });

  it('counts by column what could be read and what was refused', async () => {
    const files = write({ '1.csv': 'id,note,amount\n1,a,much\nx,b,more\n2,,\n3,c,3\n' });
    expect((await loads.find('csv', [id, note, amount], files)).declared).toEqual([
      { name: 'id', absentIn: [], read: 3, refused: 1 },
      { name: 'note', absentIn: [], read: 3, refused: 0 },
      { name: 'amount', absentIn: [], read: 1, refused: 2 },
    ]);
  });

  it('Parquet says its columns and types itself', async () => {
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    const parquet = async (name: string, select: string): Promise<FileToLoad> => {
      const path = join(loads.folder, `${loads.table}-${name}`);
      await connection.run(`copy (${select}) to '${path}' (format parquet)`);
      return { path, name: `data/${name}` };
    };
    const files = [
      await parquet('1.parquet', "select 1 as id, 1.5::decimal(8,3) as price, date '2025-01-03' as day, [1] as list"),
      await parquet('2.parquet', "select 2 as id, 'x' as note, 1::tinyint as n, 1.5::float as f, now() as at"),
    ];
    instance.closeSync();
    const found = await loads.find('parquet', [id, note], files);
    expect(others(found)).toEqual([
      'price decimal(8,3) data/1.parquet',
      'day date data/1.parquet',
      'list json data/1.parquet',
      'n integer data/2.parquet',
      'f double data/2.parquet',
      'at timestamp data/2.parquet',
    ]);
    expect(found.declared[1]).toEqual({ name: 'note', absentIn: ['data/1.parquet'], read: 1, refused: 0 });
  });
});
