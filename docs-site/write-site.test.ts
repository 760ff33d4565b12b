import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findForeign, findWritten, sealOf, writeSite } from './write-site.ts';

describe('writeSite', () => {
  let base: string;
  let folder: string;
  beforeEach(() => {
    base = mkdtempSync(join(tmpdir(), 'etalon-write-'));
    folder = join(base, 'site');
  });
  afterEach(() => rmSync(base, { recursive: true, force: true }));

  const page = (path: string, content = path) => ({ path, content });

  test('writes all at first, then only what changed, and leaves the others untouched on disk', async () => {
    expect(await writeSite([page('index.html'), page('a/b.html')], folder)).toEqual({
      written: 2,
      unchanged: 0,
      removed: 0,
    });
    const before = statSync(join(folder, 'index.html'), { bigint: true });
    expect(await writeSite([page('index.html'), page('a/b.html', 'new')], folder)).toEqual({
      written: 1,
      unchanged: 1,
      removed: 0,
    });
    const after = statSync(join(folder, 'index.html'), { bigint: true });
    expect([after.ino, after.mtimeNs]).toEqual([before.ino, before.mtimeNs]);
    expect(readFileSync(join(folder, 'a/b.html'), 'utf8')).toBe('new');
  });

  test('a second write of the same files rewrites nothing, not even its index', async () => {
    await writeSite([page('index.html')], folder);
    const before = readdirSync(folder).map((name) => statSync(join(folder, name), { bigint: true }).mtimeNs);
    expect(await writeSite([page('index.html')], folder)).toEqual({ written: 0, unchanged: 1, removed: 0 });
    expect(readdirSync(folder).map((name) => statSync(join(folder, name), { bigint: true }).mtimeNs)).toEqual(before);
  });

  test('takes the place of no file that somebody else wrote, and writes nothing then', async () => {
    await writeSite([page('index.html')], folder);
    writeFileSync(join(folder, 'notes.html'), 'mine');
    await expect(writeSite([page('index.html', 'new'), page('notes.html')], folder)).rejects.toThrow('`notes.html`');
    expect(readFileSync(join(folder, 'index.html'), 'utf8')).toBe('index.html');
    expect(readFileSync(join(folder, 'notes.html'), 'utf8')).toBe('mine');
  });

  test('what a build left that was ended is its own', async () => {
    await expect(writeSite([page('a', 'half'), page('a/b')], folder)).rejects.toThrow();
    expect(readdirSync(folder)).toContain('a');
    expect(findForeign(folder)).toEqual([]);
    expect((await writeSite([page('a'), page('b')], folder)).written).toBe(2);
  });

  test('repairs a file that somebody edited', async () => {
    await writeSite([page('index.html')], folder);
    writeFileSync(join(folder, 'index.html'), 'edited');
    expect((await writeSite([page('index.html')], folder)).written).toBe(1);
    expect(readFileSync(join(folder, 'index.html'), 'utf8')).toBe('index.html');
  });

  test('removes its own stale pages and the folders they leave empty, and nothing of others', async () => {
    await writeSite([page('index.html'), page('old/page.html'), page('kept/page.html')], folder);
    writeFileSync(join(folder, 'kept', 'mine.txt'), 'mine');
    writeFileSync(join(folder, 'CNAME'), 'dictionary.example.com');
    expect((await writeSite([page('index.html')], folder)).removed).toBe(2);
    expect(existsSync(join(folder, 'old'))).toBe(false);
    expect(readdirSync(join(folder, 'kept'))).toEqual(['mine.txt']);
    expect(existsSync(join(folder, 'CNAME'))).toBe(true);
  });

  test('never writes outside its folder', async () => {
    for (const path of [
      '../out.html',
      '/etc/out.html',
      'a/../../out.html',
      'a\\b.html',
      'a//b.html',
      '',
      '.etalon-site.json',
    ]) {
      await expect(writeSite([page(path)], folder), path).rejects.toThrow('leaves its folder');
    }
    const outside = join(base, 'outside');
    mkdirSync(outside);
    mkdirSync(folder);
    symlinkSync(outside, join(folder, 'metrics'));
    await expect(writeSite([page('metrics/revenue.html')], folder)).rejects.toThrow('is a link that leaves');
    expect(readdirSync(outside)).toEqual([]);
  });

  test('never removes outside its folder, whatever its index says', async () => {
    const victim = join(base, 'victim.txt');
    writeFileSync(victim, 'precious');
    await writeSite([page('index.html')], folder);
    writeFileSync(
      join(folder, '.etalon-site.json'),
      JSON.stringify({ files: { '../victim.txt': '', [victim]: '', '.': '' } }),
    );
    expect((await writeSite([page('index.html')], folder)).removed).toBe(0);
    expect(readFileSync(victim, 'utf8')).toBe('precious');
  });

  test('leaves no temporary file behind', async () => {
    await writeSite([page('index.html'), { path: 'logo.png', content: new Uint8Array([1, 2]) }], folder);
    expect(readdirSync(folder).sort()).toEqual(['.etalon-site.json', 'index.html', 'logo.png']);
  });

  test('knows a site by its seal as long as every file stands as it was written', async () => {
    expect(sealOf(folder)).toBeUndefined();
    await writeSite([page('index.html'), page('a/b.html')], folder);
    const seal = sealOf(folder)!;
    expect(findWritten(folder, seal)).toEqual(['index.html', 'a/b.html']);
    expect(findWritten(folder, 'another')).toBeUndefined();
    writeFileSync(join(folder, 'notes.txt'), 'of somebody else');
    expect(findWritten(folder, seal)).toHaveLength(2);
    writeFileSync(join(folder, 'a/b.html'), 'edited');
    expect(findWritten(folder, seal)).toBeUndefined();
    rmSync(join(folder, 'a/b.html'));
    expect(findWritten(folder, seal)).toBeUndefined();
    await writeSite([page('index.html')], folder);
    expect(findWritten(folder, seal)).toBeUndefined();
  });
});
