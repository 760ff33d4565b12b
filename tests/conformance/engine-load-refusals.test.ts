import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { EngineError } from '../../runtime/engine/engine.ts';
import { listRunnableEngines } from '../support/engines.ts';
import { id, useFileLoads } from './file-loads.ts';

describe.each(listRunnableEngines())('files that are refused on $name', ({ prepare }) => {
  const loads = useFileLoads(prepare);

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
    const good = loads.write('good.csv', 'id\n1\n');
    const error = await loads
      .load(format, [id], format === 'csv' ? [good, loads.write('a.csv', content)] : [loads.write('a.csv', content)])
      .catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(EngineError);
    expect(error).toMatchObject({ kind: 'data', message: expect.stringContaining(message) });
    expect((error as Error).message).not.toContain(loads.folder);
    expect(await loads.engine.findRelation({ schema: 'raw', table: `t${loads.table}` })).toBeUndefined();
  });

  it('refuses a packed file that is cut off, and one that is not there', async () => {
    const packed = gzipSync(`id\n${'1\n'.repeat(1000)}`);
    expect(
      await loads
        .load('csv', [id], [loads.write('a.csv.gz', packed.subarray(0, packed.length - 12))])
        .catch((error: unknown) => error),
    ).toMatchObject({ kind: 'data', message: expect.stringContaining('`data/a.csv.gz` cannot be read') });
    expect(
      await loads
        .load('csv', [id], [{ path: join(loads.folder, 'none.csv'), name: 'data/none.csv' }])
        .catch((error: unknown) => error),
    ).toMatchObject({ kind: 'data', message: '`data/none.csv` cannot be read: there is no such file' });
  });
});
