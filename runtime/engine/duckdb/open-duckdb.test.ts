import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Engine, EngineError } from '../engine.ts';
import { openEngine } from '../open-engine.ts';
import { findMemoryLimit } from './memory-limit.ts';
import { findSpillLimit } from './spill-limit.ts';

let folder: string;
let path: string;
const opened: Engine[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'etalon-open-'));
  path = join(folder, 'deep', 'target.duckdb');
});
afterEach(async () => {
  for (const engine of opened.splice(0)) await engine.close();
  rmSync(folder, { recursive: true, force: true });
});

async function open(
  options: {
    readonly readOnly?: boolean;
    readonly memoryLimit?: string;
    readonly spillLimit?: string;
    readonly folders?: readonly string[];
    readonly threads?: number;
  } = {},
  at = path,
): Promise<Engine> {
  const engine = await openEngine({ engine: 'duckdb', path: at, ...options });
  opened.push(engine);
  return engine;
}

async function fail(work: Promise<unknown>): Promise<EngineError> {
  const error = await work.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  expect(error).toBeInstanceOf(EngineError);
  return error as EngineError;
}

/** Another process that opens the database, says so, and keeps it until its end. */
async function spawnHolder(): Promise<ChildProcess> {
  const code = `import { openEngine } from ${JSON.stringify(new URL('../open-engine.ts', import.meta.url).href)};
const engine = await openEngine({ engine: 'duckdb', path: ${JSON.stringify(path)} });
await engine.execute('create table if not exists held as select 1 as x');
console.log('ready'); setInterval(() => undefined, 60_000);`;
  const script = join(folder, 'holder.mjs');
  writeFileSync(script, code);
  const loader = new URL('../../../tests/support/typescript-loader.mjs', import.meta.url).href;
  const child = spawn(process.execPath, ['--import', loader, script], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return child;
}

describe('who holds a database', () => {
  it('is said to a second process, which gets it when the first is gone', async () => {
    const holder = await spawnHolder();
    const error = await fail(open());
    expect(error.kind).toBe('busy');
    expect(error.message).toMatch(
      new RegExp(`is held by pid ${holder.pid} on ${hostname()} since \\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ$`),
    );
    expect((await fail(open({ readOnly: true }))).message).toContain(`pid ${holder.pid} on`);
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    expect((await (await open()).execute('select x from held')).rows).toEqual([[1]]);
  });

  it('is not a process of before a restart, nor one that has its number by chance', async () => {
    const engine = await open();
    const lock = JSON.parse(readFileSync(`${path}.lock`, 'utf8'));
    await engine.close();
    expect(readdirSync(join(folder, 'deep'))).toEqual(['target.duckdb']);
    for (const other of [
      { ...lock, boot: 'another' },
      { ...lock, started: '1' },
      { ...lock, pid: 2 ** 22 + 1 },
    ]) {
      writeFileSync(`${path}.lock`, JSON.stringify(other));
      await (await open()).close();
    }
    writeFileSync(`${path}.lock`, 'half a lo');
    await (await open()).close();
    expect(existsSync(`${path}.lock`)).toBe(false);
  });

  it('may be a process of another host, which cannot be looked at', async () => {
    await (await open()).close();
    writeFileSync(`${path}.lock`, JSON.stringify({ pid: 7, host: 'elsewhere', boot: '', started: '', token: 'x' }));
    expect(await fail(open())).toMatchObject({
      kind: 'busy',
      message: expect.stringContaining('held by pid 7 on elsewhere since'),
      hint: expect.stringContaining('delete'),
    });
  });

  it('shares one instance within a process, also through a link', async () => {
    const first = await open();
    symlinkSync(join(folder, 'deep'), join(folder, 'link'));
    const second = await open({}, join(folder, 'link', 'target.duckdb'));
    await first.execute('create table t as select 1 as x');
    expect((await second.execute('select x from t')).rows).toEqual([[1]]);
    await first.close();
    await second.execute('insert into t values (2)');
    expect(existsSync(`${path}.lock`)).toBe(true);
    await second.close();
    expect((await (await open()).execute('select count(*) from t')).rows).toEqual([[2]]);
  });
});

describe('a database', () => {
  it('is opened read-only only when it is there, and by none that would write', async () => {
    expect((await fail(open({ readOnly: true }))).kind).toBe('unreachable');
    await (await open()).execute('create table t as select 1 as x');
    await opened.pop()!.close();
    const reader = await open({ readOnly: true });
    expect((await fail(reader.execute('drop table t'))).kind).toBe('read_only');
    expect((await fail(open())).kind).toBe('busy');
  });

  it.each([
    ['itself', () => path],
    ['in its folder', () => join(folder, 'deep')],
  ])('that may not be written %s is refused in one line, and names neither lock nor driver', async (_, place) => {
    await (await open()).close();
    opened.splice(0);
    const { mode } = statSync(place());
    chmodSync(folder, 0o755);
    // Root may write everything.
    const isRoot = process.geteuid!() === 0;
    chmodSync(place(), place() === path ? 0o444 : 0o555);
    if (isRoot && place() === path) chownSync(join(folder, 'deep'), 65534, 65534);
    if (isRoot) process.seteuid!(65534);
    const error = await fail(open()).finally(() => isRoot && process.seteuid!(0));
    expect(error).toMatchObject({
      kind: 'read_only',
      message: `\`${path}\` cannot be written: permission denied for it or for its folder`,
    });
    chmodSync(place(), mode);
    expect(readdirSync(join(folder, 'deep'))).toEqual(['target.duckdb']);
    expect((await (await open()).execute('select 1')).rows).toEqual([[1]]);
  });

  it('that is none is refused', async () => {
    await (await open()).close();
    writeFileSync(path, 'not a database, but long enough to be read as one'.repeat(100));
    expect(await fail(open())).toMatchObject({
      kind: 'unreachable',
      message: expect.stringContaining('not a valid DuckDB database'),
    });
    expect(existsSync(`${path}.lock`)).toBe(false);
  });

  it.each([
    ['memory is', 'create table big as select list(range) as l from range(20000000)'],
    ['disk is', 'create table big as select * from (select range as n, uuid() as u from range(4000000)) order by u'],
  ])('says clearly that %s used up, and goes on', async (_, sql) => {
    const engine = await open({ memoryLimit: '50MB', spillLimit: '1MB', threads: 1 });
    const error = await fail(engine.transaction((session) => session.execute(sql)));
    expect(error.kind).toBe('resources');
    expect(error.message).not.toMatch(/SET |PRAGMA|https?:|\n/);
    expect(error.hint).toContain('memory_limit');
    expect(await engine.findRelation({ schema: 'main', table: 'big' })).toBeUndefined();
    expect((await engine.execute('select 1')).rows).toEqual([[1]]);
  });

  it('reads files only where it may', async () => {
    const inside = mkdtempSync(join(tmpdir(), 'etalon-inside-'));
    writeFileSync(join(inside, 'a.csv'), 'x\n1\n');
    writeFileSync(join(folder, 'b.csv'), 'x\n1\n');
    const engine = await open({ folders: [inside] });
    expect((await engine.execute(`select * from read_csv('${join(inside, 'a.csv')}')`)).rows).toEqual([[1]]);
    expect((await fail(engine.execute(`select * from read_csv('${join(folder, 'b.csv')}')`))).message).toContain(
      'disabled by configuration',
    );
    expect((await fail(engine.execute(`copy (select 1) to '${join(folder, 'out.csv')}'`))).message).toContain(
      'disabled by configuration',
    );
    await fail(engine.execute('set enable_external_access = true'));
    await fail(engine.execute('install httpfs'));
    rmSync(inside, { recursive: true, force: true });
  });

  it('in memory belongs to who opened it', async () => {
    const [a, b] = [await open({}, ':memory:'), await open({}, ':memory:')];
    await a.execute('create table t as select 1 as x');
    expect((await fail(b.execute('select x from t'))).kind).toBe('sql');
    expect(a.label).toBe('duckdb in memory');
  });

  it('computes in UTC and sorts nulls as PostgreSQL does', async () => {
    const engine = await open();
    const { rows } = await engine.execute(
      "select current_setting('TimeZone'), (select list(x order by x desc) from (values (1), (null), (2)) t(x)), timestamptz '2025-06-01 00:00:00'",
    );
    expect(rows).toEqual([['UTC', '[null,2,1]', '2025-06-01T00:00:00Z']]);
  });
});

it('leaves half of the free disk to what is made', async () => {
  const [free, unit] = [Number(/^\d+/.exec(findSpillLimit(tmpdir())!)?.[0]), 2 ** 20];
  const { bavail, bsize } = statfsSync(tmpdir());
  // Others write there, too, while we look.
  expect((free * unit) / (bavail * bsize)).toBeCloseTo(0.5, 1);
  expect(findSpillLimit(join(folder, 'nowhere'))).toBeUndefined();
  const asked = "select current_setting('max_temp_directory_size'), current_setting('temp_directory')";
  const [[most, place]] = (await (await open({ spillLimit: '3GiB' })).execute(asked)).rows as [[string, string]];
  expect([most, place]).toEqual(['3.0 GiB', `${path}.tmp`]);
  const [[byDefault]] = (await (await open({}, join(folder, 'other.duckdb'))).execute(asked)).rows as [[string]];
  expect(byDefault).toMatch(/^\d+\.\d [GTM]iB$/);
});

it('takes 60 % of what the process may use', () => {
  expect(findMemoryLimit(10 * 2 ** 30, 0)).toBe('6144MiB');
  expect(findMemoryLimit(10 * 2 ** 30, 2 ** 30)).toBe('614MiB');
  expect(findMemoryLimit(10 * 2 ** 30, 2 ** 63)).toBe('6144MiB');
});
