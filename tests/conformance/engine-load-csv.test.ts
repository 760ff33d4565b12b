import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { listRunnableEngines } from '../support/engines.ts';
import { column, id, loadedAt, useFileLoads } from './file-loads.ts';

describe.each(listRunnableEngines())('CSV on $name', ({ prepare }) => {
  const loads = useFileLoads(prepare);

  it('tells empty from quoted empty, and keeps what RFC 4180 allows', async () => {
    const file = loads.write('a.csv', '\ufeffid,note,extra\r\n1,,x\r\n2,"",x\r\n3,"a ""b"", c\r\nd",x\r\n');
    expect(await loads.load('csv', [id, column('note', 'text')], [file])).toEqual({
      perFile: [{ name: 'data/a.csv', rows: 3, rejected: 0 }],
    });
    expect(await loads.read('*')).toEqual([
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
    expect(await loads.load('csv', [id, column('n', 'integer')], [loads.write('a.csv', content)])).toMatchObject({
      perFile: [{ rows: 2, rejected: 0 }],
    });
    expect(await loads.read('id, n, _line')).toEqual([
      [1, 2, 1],
      [3, 4, 2],
    ]);
  });

  it.each([
    [';', 'as it is', 'id;note\n1;"a;b"\n2;x,y\n'],
    ['\t', 'as it is', 'id\tnote\r\n1\t"a\tb"\r\n2\tx,y\r\n'],
    ['|', 'that has to be mended', 'id|note|\r1|"a|b"|\n2|x,y|\n'],
    [';', 'with a record too short', 'id;note\n1;"a;b"\n2;x,y\n3\n'],
  ] as const)('reads a file delimited by %j, %s', async (delimiter, _, content) => {
    const file = loads.write('a.csv', content);
    await loads.load('csv', [id, column('note', 'text')], [file], 1, delimiter);
    expect(await loads.read('id, note')).toEqual([
      [1, `a${delimiter}b`],
      [2, 'x,y'],
    ]);
    expect(await loads.reasons()).toEqual(content.endsWith('3\n') ? [[3, '1 cell where the header has 2']] : []);
  });

  it.each([
    ['id;note\n1;a\n', '`;`: write `delimiter: ";"`'],
    ['"id";"note"\n1;a\n', '`;`: write `delimiter: ";"`'],
    ['note\tid\n1\ta\n', 'a tab: write `delimiter: "\\t"`'],
    ['id|x;y\n1|a\n', '`|`: write `delimiter: "|"`'],
  ])('says what the header %j looks separated by', async (content, said) => {
    const file = loads.write('a.csv', content);
    await expect(loads.load('csv', [id, column('note', 'text')], [file])).rejects.toMatchObject({
      hint: `its header looks separated by ${said} under \`source:\``,
    });
  });

  it.each([
    [undefined, 'b.csv', 'its header looks separated by `;`, that of `data/a.csv` by a comma', '`;`', '";"'],
    [';', 'a.csv', 'its header looks separated by a comma, that of `data/b.csv` by `;`', 'a comma', '","'],
  ] as const)(
    'says that files of a source differ in their delimiter, read by %j',
    async (delimiter, wrong, said, others, written) => {
      const files = [loads.write('a.csv', 'id,note\n1,a\n'), loads.write('b.csv', 'id;note\n2;b\n')];
      await expect(loads.load('csv', [id, column('note', 'text')], files, 1, delimiter)).rejects.toMatchObject({
        message: expect.stringContaining(`data/${wrong}`),
        hint: `${said}: the files of a source have one delimiter; give those with ${others} a source of their own, with \`delimiter: ${written}\``,
      });
    },
  );

  it('sets aside CSV records that cannot be taken apart, and numbers the others as they stand', async () => {
    const bytes = Buffer.concat([
      Buffer.from('id,n\n1,1\n2\n3,3,3\n4,a"b\n5,"x"y\n6,'),
      Buffer.from([0xff, 0xfe]),
      Buffer.from('\n7,7\n8,"open\n9,9\n'),
    ]);
    expect(await loads.load('csv', [id, column('n', 'text')], [loads.write('a.csv', bytes)])).toMatchObject({
      perFile: [{ rows: 2, rejected: 6 }],
    });
    expect(await loads.read('id, _line')).toEqual([
      [1, 1],
      [7, 7],
    ]);
    expect(await loads.read('_line, reason, "row"', '__rejected')).toEqual([
      [2, '1 cell where the header has 2', '"2"'],
      [3, '3 cells where the header has 2', '"3,3,3"'],
      [4, 'a quote in an unquoted cell', '"4,a\\"b"'],
      [5, 'text after a closing quote', '"5,\\"x\\"y"'],
      [6, 'not UTF-8', '"6,��"'],
      [8, 'a quote that is never closed', '"8,\\"open\\n9,9\\n"'],
    ]);
  });

  it('gives every reason, and the row as it came', async () => {
    const file = loads.write('a.csv', 'id,price,day\n,"12,50",2025-02-30\n1,1,2025-02-28\n');
    await loads.load('csv', [id, column('price', 'decimal(12,2)'), column('day', 'date')], [file]);
    expect(await loads.read('*', '__rejected')).toEqual([
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

  it('reads packed files, several at a time, and says which rows came from which', async () => {
    const files = [
      loads.write('b.csv.gz', gzipSync('id\n1\nx\n2\n')),
      loads.write('a.csv', 'id\n3\n'),
      loads.write('c.csv', 'id\n'),
      loads.write('d.csv', ''),
      loads.write('e.csv', 'id'),
    ];
    expect(await loads.load('csv', [id], files, 7)).toEqual({
      perFile: [
        { name: 'data/b.csv.gz', rows: 2, rejected: 1 },
        { name: 'data/a.csv', rows: 1, rejected: 0 },
        { name: 'data/c.csv', rows: 0, rejected: 0 },
        { name: 'data/d.csv', rows: 0, rejected: 0 },
        { name: 'data/e.csv', rows: 0, rejected: 0 },
      ],
    });
    expect(await loads.read('id, _file, _line, _batch')).toEqual([
      [3, 'data/a.csv', 1, 7],
      [1, 'data/b.csv.gz', 1, 7],
      [2, 'data/b.csv.gz', 3, 7],
    ]);
    expect(await loads.load('csv', [id], [loads.write('f.csv', 'id\n9\n')], 8)).toMatchObject({
      perFile: [{ rows: 1 }],
    });
    expect(await loads.read('_batch')).toHaveLength(4);
  });

  it('numbers the rows of a large file as they stand', async () => {
    const rows = Array.from({ length: 300_000 }, (_, index) => `${index + 1},"note, ${index}"`);
    const file = loads.write('a.csv', `id,note\n${rows.join('\n')}\n`);
    const broken = loads.write('b.csv', `id,note\n${rows.slice(0, 100_000).join('\n')}\n1,2,3\n100002,x\n`);
    expect(await loads.load('csv', [id, column('note', 'text')], [file, broken])).toMatchObject({
      perFile: [{ rows: 300_000 }, { rows: 100_001, rejected: 1 }],
    });
    expect((await loads.engine.execute(`select count(*) from raw.t${loads.table} where id <> _line`)).rows).toEqual([
      [0],
    ]);
    expect(await loads.reasons()).toEqual([[100_001, '3 cells where the header has 2']]);
  });
});
