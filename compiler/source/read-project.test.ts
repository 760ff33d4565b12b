import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readProject } from './read-project.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'etalon-read-'));
  write('project/project.yml', 'project: p');
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content);
}

function read(): { paths: string[]; faults: string[] } {
  const { files, diagnostics } = readProject(join(folder, 'project'));
  return { paths: files.map(({ path }) => path), faults: diagnostics.map(({ code, span }) => `${code} ${span!.file}`) };
}

test('reads the files of the known folders, sorted, and leaves others alone', () => {
  for (const path of [
    'models/marts/b.sql',
    'models/marts/b.yml',
    'models/raw/a/c.yml',
    'models/_partials/p.hbs',
    'metrics/m.yml',
    'segments/s.yml',
    'segments/lists/staff.csv',
    'lists/partners.csv',
    'tests/data/t.sql',
  ]) {
    write(`project/${path}`, 'x');
  }
  for (const path of [
    'README.md',
    'models/README.md',
    'models/.x.yml',
    'data/x.csv',
    'data/lists/staff.csv',
    'tests/other.yml',
  ])
    write(`project/${path}`, 'x');
  expect(read()).toEqual({
    paths: [
      'lists/partners.csv',
      'metrics/m.yml',
      'models/_partials/p.hbs',
      'models/marts/b.sql',
      'models/marts/b.yml',
      'models/raw/a/c.yml',
      'project.yml',
      'segments/lists/staff.csv',
      'segments/s.yml',
      'tests/data/t.sql',
    ],
    faults: [],
  });
});

test('paths are in one spelling of accents, texts without a byte order mark', () => {
  write('project/metrics/cafe\u0301.yml', '\ufeffa: 1');
  const { files } = readProject(join(folder, 'project'));
  expect(files[0]).toEqual({ kind: 'source-file', path: 'metrics/caf\u00e9.yml', text: 'a: 1' });
});

test('slips of the pen are told', () => {
  for (const path of [
    'models/raw/a.yaml',
    'models/a.yml',
    'models/staging/a.sql',
    'metrics/a.SQL',
    'models/marts/x.hbs',
  ])
    write(`project/${path}`, 'x');
  expect(read().faults.sort()).toEqual([
    'E1004 metrics/a.SQL',
    'E1004 models/a.yml',
    'E1004 models/marts/x.hbs',
    'E1004 models/raw/a.yaml',
    'E1004 models/staging',
  ]);
});

test('a link that leaves the project is refused, one that stays is followed', () => {
  write('outside/secret.yml', 'x');
  write('project/models/raw/real.yml', 'x');
  mkdirSync(join(folder, 'project/metrics'), { recursive: true });
  symlinkSync(join(folder, 'outside/secret.yml'), join(folder, 'project/metrics/file.yml'));
  symlinkSync(join(folder, 'outside'), join(folder, 'project/segments'));
  symlinkSync(join(folder, 'project/models/raw/real.yml'), join(folder, 'project/metrics/inside.yml'));
  symlinkSync(join(folder, 'project/models/raw'), join(folder, 'project/models/raw/loop'));
  expect(read()).toEqual({
    paths: ['metrics/inside.yml', 'models/raw/real.yml', 'project.yml'],
    faults: ['E1003 models/raw/loop', 'E1003 metrics/file.yml', 'E1003 segments'],
  });
});

test('files that are too large, not UTF-8 or not to be read', () => {
  write('project/metrics/large.yml', 'x'.repeat(1024 * 1024 + 1));
  write('project/metrics/latin.yml', new Uint8Array([0x61, 0xe9]));
  symlinkSync(join(folder, 'nowhere.yml'), join(folder, 'project/metrics/broken.yml'));
  expect(read().faults.sort()).toEqual([
    'E1002 metrics/broken.yml',
    'E1002 metrics/latin.yml',
    'E1005 metrics/large.yml',
  ]);
});

test('a missing project file, or folder', () => {
  rmSync(join(folder, 'project/project.yml'));
  write('project/project.yaml', 'x');
  const [found] = readProject(join(folder, 'project')).diagnostics;
  expect(found).toMatchObject({ code: 'E1001', hints: ['rename `project.yaml` to `project.yml`'] });
  expect(readProject(join(folder, 'nowhere')).diagnostics[0]!.code).toBe('E1001');
});
