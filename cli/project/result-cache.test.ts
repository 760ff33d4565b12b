import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openResultCache } from './result-cache.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'etalon-cache-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = () => openResultCache<{ readonly n: number }>(folder, 'numbers');

it('finds what was kept, and forgets what was not kept again', () => {
  const first = open();
  first.keep('a', { n: 1 });
  first.keep('b', { n: 2 });
  first.save();
  const second = open();
  expect(second.find('a')).toEqual({ n: 1 });
  expect(second.find('constructor')).toBeUndefined();
  second.keep('a', { n: 1 });
  second.save();
  expect(open().find('b')).toBeUndefined();
});

it('is empty where its file is broken, and keeps nothing where it cannot be written', () => {
  mkdirSync(join(folder, 'target', 'cache', 'numbers.json'), { recursive: true });
  const cache = open();
  expect(cache.find('a')).toBeUndefined();
  cache.keep('a', { n: 1 });
  cache.save();
  rmSync(join(folder, 'target', 'cache', 'numbers.json'), { recursive: true });
  writeFileSync(join(folder, 'target', 'cache', 'numbers.json'), '{"a":');
  expect(open().find('a')).toBeUndefined();
});
