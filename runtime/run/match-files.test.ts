import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeNothing, expandBraces, matchFiles } from './match-files.ts';

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

test('a link that leads out of the project is refused; one that stays inside is followed, save by **', () => {
  expect(() => matchFiles(folder, 'data/outside/*')).toThrow(
    'the folder `data/outside` is a link that leads out of the project',
  );
  const elsewhere = mkdtempSync(join(tmpdir(), 'etalon-elsewhere-'));
  writeFileSync(join(elsewhere, 'secret.tsv'), '');
  symlinkSync(join(elsewhere, 'secret.tsv'), join(folder, 'linked.tsv'));
  expect(() => matchFiles(folder, '*.tsv')).toThrow('the file `linked.tsv` is a link that leads out of the project');
  rmSync(elsewhere, { recursive: true });
  symlinkSync(join(folder, 'data/2025'), join(folder, 'year'));
  symlinkSync(folder, join(folder, 'data/2025/circle'));
  expect(matchFiles(folder, 'year/*/c.csv')).toEqual(['year/01/c.csv']);
  expect(matchFiles(folder, 'year/**/*.csv')).toEqual(['year/01/c.csv']);
  rmSync(join(folder, 'year'));
  rmSync(join(folder, 'data/2025/circle'));
});

test.each([
  ['data/20[25]/*.csv', '`data/` holds `(x).csv`, `2025/`, `a.csv`, `b.csv.gz`, `outside/` and 1 more'],
  ['data/*.jsonl', '`data/` holds `(x).csv`, `2025/`, `a.csv`, `b.csv.gz`, `outside/` and 1 more'],
  ['data/2025/*/d.csv', '`data/2025/` holds `01/`'],
  ['dta/{a,b}/*.csv', 'there is no folder `dta/`; the project holds `data/`, '],
  ['data/2025/02/x/*.csv', 'there is no folder `data/2025/02/`; `data/2025/` holds `01/`'],
])('%s matches nothing: %s', (pattern, words) => {
  expect(describeNothing(folder, pattern)).toContain(`no file matches \`${pattern}\`: `);
  expect(describeNothing(folder, pattern)).toContain(words);
});

test('braces nest, and one without a partner stands for itself', () => {
  expect(expandBraces('{a,b{1,2}}x{,y}')).toEqual(['ax', 'axy', 'b1x', 'b1xy', 'b2x', 'b2xy']);
  expect(expandBraces('a{b')).toEqual(['a{b']);
});
