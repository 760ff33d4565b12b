import { expect, test } from 'vitest';
import { parseCsv } from './parse-csv.ts';

const read = (text: string) => parseCsv({ kind: 'source-file', path: 'controls/a.csv', text });

test.each([
  ['a,b\n1,2\n', ['a', 'b'], [['1', '2']]],
  [
    'a,b\r\n1,2\r\n\r\n3,4',
    ['a', 'b'],
    [
      ['1', '2'],
      ['3', '4'],
    ],
  ],
  ['a,b\n,""\n', ['a', 'b'], [[null, '']]],
  ['a,b\n"x, ""y""\nz",2\n', ['a', 'b'], [['x, "y"\nz', '2']]],
  ['"Paid day",b\n', ['Paid day', 'b'], []],
  ['a\n1\n\n2\n', ['a'], [['1'], ['2']]],
])('%j', (text, header, rows) => {
  expect(read(text)).toEqual({ table: { header, rows }, diagnostics: [] });
});

test.each([
  ['', 'E1205', 1, '`controls/a.csv` is empty'],
  ['a,b\n1,2\n1,2,3\n', 'E1205', 3, '3 cells, and the header has 2 columns'],
  ['a,b\n1,"2\n3,4\n', 'E1205', 2, 'a quote that is opened here is never closed'],
  ['a,a\n', 'E1302', 1, 'two columns of `controls/a.csv` have the name `a`'],
  ['a,\n', 'E1301', 1, 'column 2 of `controls/a.csv` has no name'],
])('%j is told', (text, code, line, message) => {
  const { table, diagnostics } = read(text);
  expect(table).toBeUndefined();
  expect(diagnostics).toMatchObject([{ code, message, span: { start: { line } } }]);
  expect(diagnostics[0]!.hints).not.toEqual([]);
});
