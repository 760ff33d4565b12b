import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, it } from 'vitest';
import type { FileFormat, Value } from '../../compiler/index.ts';
import { EngineError, type FileToLoad, type RawColumn } from '../../runtime/engine/engine.ts';
import { listRunnableEngines } from '../support/engines.ts';
import { column, id, useFileLoads } from './file-loads.ts';

const note = column('note', 'text');

/** Files of every shape side by side: whichever are read by one statement, each must come out as if it were read alone. */
const csvFiles: Readonly<Record<string, string | Buffer>> = {
  'plain.csv': 'id,note\n1,a\n2,b\n',
  'no-end.csv': 'id,note\n1,a\n2,b',
  'other-order.csv': 'note,id\na,1\nb,x\n',
  'more-cells.csv': 'id,more,note\n1,,a\n,,b\n',
  'windows.csv': 'id,note\r\n1,a\r\n2,"b\r\nc"\r\n',
  'windows-no-end.csv': 'id,note\r\n1,a\r\n2,b',
  'blank-lines.csv': 'id,note\n\n1,a\n\n\n2,b\n\n',
  'front-blank.csv': '\nid,note\n1,a\n',
  'mark.csv': '\ufeffid,note\n1,a\n',
  'header-only.csv': 'id,note\n',
  'header-no-end.csv': 'id,note',
  'empty.csv': '',
  'two-line-header.csv': 'id,note,"of two\nlines"\n1,a,x\n2,b,y\n',
  'broken.csv': 'id,note\n1,a\n2\n3,b,c\n4,d\n5,"x"y\n',
  'broken-too.csv': 'id,note\n1,"open\n2,b\n',
  'bytes.csv': Buffer.concat([Buffer.from('id,note\n1,'), Buffer.from([0xff]), Buffer.from('\n2,b\n')]),
  'quoted.csv': 'id,note\n1,"a, ""b"""\n2,""\n',
  'refused.csv': 'id,note\nx,a\n2,b\n,c\n',
  'packed.csv.gz': gzipSync('id,note\n1,a\nx,b\n'),
  'large.csv': `id,note\n${Array.from({ length: 150_000 }, (_, index) => `${index},"note ${index}"`).join('\n')}\nx,y\n`,
  'again.csv': 'id,note\n7,z\n',
};

const oneCell: Readonly<Record<string, string>> = {
  'a.csv': 'id\n1\n\n2\n',
  'b.csv': 'id\n\n3\n',
  'c.csv': 'id\n4',
  'd.csv': 'id\n"5"\n',
};

const jsonFiles: Readonly<Record<string, string | Buffer>> = {
  'plain.jsonl': '{"id":1,"note":"a"}\n{"id":2}\n',
  'no-end.jsonl': '{"id":1}\n\n{"id":2,"note":"1e12345, nan]"}',
  'lenient.jsonl': '{"id":1,"note":NaN}\n{"id":2,"note":"b",}\n{"id":3}\n',
  'long.jsonl': '{"id":1,"note":1234567890123456789.25}\n',
  'windows.jsonl': '{"id":1}\r\n{"id":"x"}\r\n',
  'broken.jsonl': 'x\n{"id":2}\n[3]\n',
  'bytes.jsonl': Buffer.concat([Buffer.from('{"id":1,"note":"'), Buffer.from([0xff]), Buffer.from('"}\n{"id":2}\n')]),
  'empty.jsonl': '',
  'blank.jsonl': '\n\n{"id":1}\n',
  'again.jsonl': '{"id":7,"note":"z"}\n',
};

describe.each(listRunnableEngines())('files together on $name', ({ prepare }) => {
  const loads = useFileLoads(prepare);
  const write = (files: Readonly<Record<string, string | Buffer>>) =>
    Object.entries(files).map(([name, content]) => loads.write(name, content));

  /** Everything that a load leaves: counts, rows, refused rows. */
  async function load(
    format: FileFormat,
    columns: readonly RawColumn[],
    each: readonly (readonly FileToLoad[])[],
  ): Promise<{ readonly counts: unknown; readonly rows: readonly (readonly Value[])[]; readonly rejected: unknown }> {
    loads.nextTable();
    const { perFile } = await loads.loadEach(format, columns, each);
    return { counts: perFile, rows: await loads.read('*'), rejected: await loads.read('*', '__rejected') };
  }

  it.each([
    ['CSV', 'csv', [id, note], csvFiles],
    ['CSV of one column', 'csv', [column('id', 'integer')], oneCell],
    ['lines of JSON', 'jsonl', [id, note, column('more', 'json')], jsonFiles],
  ] as const)('%s come out as each alone', async (_, format, columns, contents) => {
    const files = write(contents);
    const together = await load(format, columns, [files]);
    const alone = await load(
      format,
      columns,
      files.map((file) => [file]),
    );
    expect(together).toEqual(alone);
    expect(together.rows.length).toBeGreaterThan(3);
    const backwards = await load(format, columns, [[...files].reverse()]);
    expect({ rows: backwards.rows, rejected: backwards.rejected }).toEqual({
      rows: alone.rows,
      rejected: alone.rejected,
    });
  });

  it('Parquet files of one and of another schema come out as each alone', async () => {
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    const files: FileToLoad[] = [];
    for (const [index, select] of [
      "select range as id, 'n' || range as note from range(5)",
      "select 'x' as note, unnest([1, null, 3]) as id",
      "select unnest([1.0, 2.5])::double as id, 'b' as note",
      'select 1 as id, null::varchar as note limit 0',
      "select range as id, 'again' as note from range(3)",
    ].entries()) {
      const file = { path: join(loads.folder, `${index}.parquet`), name: `data/${index}.parquet` };
      await connection.run(`copy (${select}) to '${file.path}' (format parquet)`);
      files.push(file);
    }
    instance.closeSync();
    const together = await load('parquet', [id, note], [files]);
    const alone = await load(
      'parquet',
      [id, note],
      files.map((file) => [file]),
    );
    expect(together).toEqual(alone);
    expect(together.rows).toHaveLength(11);
  });

  it('takes more files than one statement reads', async () => {
    const many = Object.fromEntries(
      Array.from({ length: 1_203 }, (_, index) => [`many-${index}.csv`, `id,note\n${index},a\nx,b\n`]),
    );
    const { rows, rejected } = await load('csv', [id, note], [write(many)]);
    expect(rows).toHaveLength(1_203);
    expect(rows.every(([value, , file, line]) => file === `data/many-${value}.csv` && line === 1)).toBe(true);
    expect((rejected as readonly unknown[]).length).toBe(1_203);
  });

  it('names the one file that cannot be taken, and leaves nothing behind', async () => {
    const files = write({
      'good.csv': 'id,note\n1,a\n',
      'bad.csv': 'number,note\n1,a\n',
      'other.csv': 'id,note\n2,b\n',
    });
    const error = await load('csv', [id, note], [files]).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(EngineError);
    expect((error as Error).message).toContain('`data/bad.csv` has no column `id`');
    expect(await loads.engine.findRelation({ schema: 'raw', table: `t${loads.table}` })).toBeUndefined();
  });
});
