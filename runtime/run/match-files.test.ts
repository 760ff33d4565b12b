import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expandBraces, matchFiles } from './match-files.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'etalon-match-'));
  for (const name of [
    'data/a.csv',
    'data/b.csv.gz',
    'data/2025/01/c.csv',
    'data/.hidden.csv',
    'data/(x).csv',
    'top.csv',
    'data/заказы.csv',
  ]) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), '');
  }
  symlinkSync(tmpdir(), join(folder, 'data/outside'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  ['data/*.csv', ['data/(x).csv', 'data/a.csv', 'data/заказы.csv']],
  ['data/**/*.csv', ['data/(x).csv', 'data/2025/01/c.csv', 'data/a.csv', 'data/заказы.csv']],
  ['**/c.csv', ['data/2025/01/c.csv']],
  ['data/?.csv', ['data/a.csv']],
  ['data/{a.csv,b.*}', ['data/a.csv', 'data/b.csv.gz']],
  ['data/(x).csv', ['data/(x).csv']],
  ['data/.h*.csv', ['data/.hidden.csv']],
  ['./top.csv', ['top.csv']],
  ['nothing/*.csv', []],
  ['data/a.csv/*.csv', []],
  ['data', []],
])('%s', (pattern, names) => {
  expect(matchFiles(folder, pattern)).toEqual(names);
});

test.each(['/etc/*.conf', '../*.csv', 'data/../../*.csv', 'C:\\data\\*.csv', '{data,/etc}/passwd'])(
  '%s leads out of the project',
  (pattern) => {
    expect(() => matchFiles(folder, pattern)).toThrow(`the pattern \`${pattern}\` leads out of the project`);
  },
);

test('a linked file that lies elsewhere is refused, a linked folder is not followed', () => {
  expect(matchFiles(folder, 'data/outside/*')).toEqual([]);
  const elsewhere = mkdtempSync(join(tmpdir(), 'etalon-elsewhere-'));
  writeFileSync(join(elsewhere, 'secret.tsv'), '');
  symlinkSync(join(elsewhere, 'secret.tsv'), join(folder, 'linked.tsv'));
  expect(() => matchFiles(folder, '*.tsv')).toThrow('the file `linked.tsv` is a link that leads out of the project');
  rmSync(elsewhere, { recursive: true });
});

test('braces nest, and one without a partner stands for itself', () => {
  expect(expandBraces('{a,b{1,2}}x{,y}')).toEqual(['ax', 'axy', 'b1x', 'b1xy', 'b2x', 'b2xy']);
  expect(expandBraces('a{b')).toEqual(['a{b']);
});
