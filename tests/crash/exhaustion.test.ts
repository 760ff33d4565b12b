import { chownSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../../runtime/engine/engine.ts';
import { openEngine } from '../../runtime/engine/open-engine.ts';
import { type Ended, runEtalon } from '../project/run-etalon.ts';
import type { TemporaryProject } from '../support/cli.ts';
import { findPostgresObstacle, freshDatabase, sharedPostgres, type TestDatabase } from '../support/postgres.ts';
import { startCuttingProxy } from './cutting-proxy.ts';
import { createShortageProject, grow, setTarget } from './shortage-project.ts';
import { findMountObstacle, mountDisk } from './small-disk.ts';

const long = { timeout: 240_000 };

type Env = Readonly<Record<string, string>>;

const run = (project: TemporaryProject, env: Env = {}) => runEtalon(project.folder, ['run'], env);

/** What the user is shown: in words of the project, once, and without a look inside. */
function expectClear({ err, out }: Ended): void {
  const told = err + out;
  expect(told).not.toMatch(/^\s+at |node:|\.ts:|internal fault|SET |PRAGMA|https?:|base\/\d|\.lock|\.wal|_tmp/m);
  const errors = err.split('\n').filter((line) => line.startsWith('error:'));
  expect(errors.length, err).toBeLessThan(2);
  for (const line of told.split('\n')) expect(line.length, line).toBeLessThan(420);
}

/** Rows of every model, and what the record says of them. */
async function readAll(project: TemporaryProject, env: Env = {}): Promise<readonly string[]> {
  const verified = await runEtalon(project.folder, ['state', 'verify', '--deep'], env);
  expect(verified, verified.out).toMatchObject({ code: 0 });
  const { out } = await runEtalon(project.folder, ['status', '--json'], env);
  const { models } = JSON.parse(out) as { models: { model: string; status: string; rows: number }[] };
  return models.map(({ model, status, rows }) => `${model} ${status} ${rows}`).sort();
}

const undisturbed = ['marts.countries ok 2', 'marts.pairs ok 168100', 'raw.orders ok 410'];

/** The obstacle is gone: the next run does the rest, and the one after has nothing to do. */
async function expectRecovery(project: TemporaryProject, env: Env = {}): Promise<void> {
  const recovered = await run(project, env);
  expect(recovered, recovered.err).toMatchObject({ code: 0 });
  expect(await readAll(project, env)).toEqual(undisturbed);
  expect((await run(project, env)).out).toContain('3 fresh');
}

const mountObstacle = findMountObstacle();
const because = (obstacle: string | undefined) => (obstacle === undefined ? '' : ` (skipped: ${obstacle})`);

describe('on DuckDB', () => {
  const duckdb = (more = '') => `{engine: duckdb, path: target/short.duckdb, threads: 1${more}}`;
  /** One text of 500 MB: nothing that could be spilled. */
  const hungry =
    "select 1 as place, string_agg(repeat(md5(cast(a.order_id * b.order_id as text)), 100), '') as text from raw.orders a cross join raw.orders b\n";
  const withProject = async (work: (project: TemporaryProject) => Promise<void>): Promise<void> => {
    const project = createShortageProject(duckdb());
    try {
      await work(project);
    } finally {
      project.remove();
    }
  };

  test.skipIf(mountObstacle !== undefined)(
    `a full disk is told, and costs nothing that stood${because(mountObstacle)}`,
    long,
    () =>
      withProject(async (project) => {
        const disk = mountDisk(join(project.folder, 'target'), 8);
        try {
          expect(await run(project)).toMatchObject({ code: 0 });
          grow(project);
          const full = await run(project);
          expectClear(full);
          // Where not even the end of the run could be written down, that is told too.
          expect([4, 5]).toContain(full.code);
          expect(full.err).toMatch(/failed {3}marts\.pairs .*the disk is full.*free some room, then run again/);
          if (full.code === 4) expect(full.err).toMatch(/2 models were published by this run and stay so/);
          const { out } = await runEtalon(project.folder, ['status', '--json']);
          expect(out).toMatch(/the disk is full/);
          // Not even a lock file has room now.
          const filler = join(project.folder, 'target', 'filler');
          expect(() => writeFileSync(filler, Buffer.alloc(2 ** 24))).toThrow('ENOSPC');
          const refused = await run(project);
          expectClear(refused);
          expect(refused).toMatchObject({ code: 4, out: '' });
          expect(refused.err).toMatch(/^error: `.*short\.duckdb` cannot be written: the disk is full\n/);
          expect(readdirSync(join(project.folder, 'target')).filter((name) => name.includes('.lock'))).toEqual([]);
          rmSync(filler);
          disk.remount('size=200m');
          await expectRecovery(project);
        } finally {
          disk.remove();
        }
      }),
  );

  test.skipIf(mountObstacle !== undefined)(
    `a read-only disk is told before anything is done, and reading goes on${because(mountObstacle)}`,
    long,
    () =>
      withProject(async (project) => {
        const disk = mountDisk(join(project.folder, 'target'), 200);
        try {
          expect(await run(project)).toMatchObject({ code: 0 });
          grow(project);
          disk.remount('ro');
          const refused = await run(project);
          expectClear(refused);
          expect(refused).toMatchObject({ code: 4, out: '' });
          expect(refused.err).toMatch(/^error: `.*short\.duckdb` cannot be written: the file system is read-only\n/);
          expect(await runEtalon(project.folder, ['status'])).toMatchObject({ code: 0 });
          disk.remount('rw');
          await expectRecovery(project);
        } finally {
          disk.remove();
        }
      }),
  );

  test.each([
    ['memory', ', memory_limit: 64MB', /more memory is needed than `memory_limit` allows \(.*\)/, hungry],
    [
      'room to spill',
      ', memory_limit: 64MB, spill_limit: 1MB',
      /more of the disk than `spill_limit` allows \(.*\)/,
      undefined,
    ],
  ])('too little %s fails the model that wants it, and no other', long, (_, limits, message, query) =>
    withProject(async (project) => {
      expect(await run(project)).toMatchObject({ code: 0 });
      grow(project);
      if (query !== undefined) project.write('models/marts/pairs.sql', query);
      setTarget(project, duckdb(limits));
      const short = await run(project);
      expectClear(short);
      expect(short, short.err).toMatchObject({ code: 5 });
      expect(short.err).toMatch(message);
      expect(short.err).toMatch(/`memory_limit`.* of the target in project\.yml/);
      setTarget(project, duckdb());
      grow(project);
      await expectRecovery(project);
    }),
  );
});

const obstacle = findPostgresObstacle();

describe.skipIf(obstacle !== undefined)(`on PostgreSQL${because(obstacle)}`, () => {
  let admin: Engine;
  beforeAll(async () => {
    admin = await openEngine({ engine: 'postgres', url: (await sharedPostgres()).url(), threads: 1 });
  });
  afterAll(() => admin?.close());

  const withProject = async (
    work: (project: TemporaryProject, env: Env, database: TestDatabase) => Promise<void>,
  ): Promise<void> => {
    const database = await freshDatabase();
    const project = createShortageProject('{engine: postgres, url_env: SHORT_URL, threads: 1}');
    try {
      const env = { SHORT_URL: database.url };
      expect(await run(project, env)).toMatchObject({ code: 0 });
      grow(project);
      await work(project, env, database);
    } finally {
      project.remove();
      await database.drop();
    }
  };

  test.skipIf(mountObstacle !== undefined)(
    `a full disk of the server is told, and costs nothing that stood${because(mountObstacle)}`,
    long,
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'etalon-tablespace-'));
      const disk = mountDisk(folder, 8);
      try {
        // Root starts the server as nobody.
        chownSync(folder, 65534, 65534);
        await admin.execute(`create tablespace small location '${folder}'`);
        await withProject(async (project, env, { name }) => {
          await admin.execute(`alter database ${name} set default_tablespace = small`);
          const full = await run(project, env);
          expectClear(full);
          expect(full, full.err).toMatchObject({ code: 5 });
          expect(full.err).toMatch(/failed {3}marts\.pairs .*the disk of the server is full \(free some room there/);
          await admin.execute(`alter database ${name} reset all`);
          await expectRecovery(project, env);
        });
        await admin.execute('drop tablespace small');
      } finally {
        disk.remove();
        rmSync(folder, { recursive: true, force: true });
      }
    },
  );

  test('too little room for sorting fails the model that wants it, and no other', long, () =>
    withProject(async (project, env, { name }) => {
      await admin.execute(`alter database ${name} set temp_file_limit = '1MB'`);
      const short = await run(project, env);
      expectClear(short);
      expect(short, short.err).toMatchObject({ code: 5 });
      expect(short.err).toMatch(
        /failed {3}marts\.pairs .*more of the disk than `temp_file_limit` of the server allows/,
      );
      await admin.execute(`alter database ${name} reset all`);
      await expectRecovery(project, env);
    }),
  );

  test('a database that takes no writes is told before anything is done, and reading goes on', long, () =>
    withProject(async (project, env, { name }) => {
      await admin.execute(`alter database ${name} set default_transaction_read_only = on`);
      const refused = await run(project, env);
      expectClear(refused);
      expect(refused).toMatchObject({ code: 4, out: '' });
      expect(refused.err).toMatch(
        /^error: the database takes no writes\n {2}it is a standby, or `default_transaction_read_only`/,
      );
      expect(refused.err).toContain('nothing was published by this run; what was published before it stays');
      expect(await runEtalon(project.folder, ['status'], env)).toMatchObject({ code: 0 });
      await admin.execute(`alter database ${name} reset all`);
      await expectRecovery(project, env);
    }),
  );

  test('a connection lost during COMMIT ends the run, which does not claim to know what came of it', long, () =>
    withProject(async (project, env) => {
      const proxy = await startCuttingProxy(env.SHORT_URL!, 'view "marts"."pairs"');
      const lost = await run(project, { SHORT_URL: proxy.url });
      expect(proxy.cut()).toBe(1);
      await proxy.close();
      expectClear(lost);
      expect(lost).toMatchObject({ code: 4 });
      expect(lost.err).toMatch(
        /error: the connection was lost during COMMIT: whether it took effect is not known\n {2}run again: what was committed is found and not repeated\n {2}2 models were published by this run and stay so;/,
      );
      const again = await run(project, env);
      // It did take effect.
      expect(again, again.err).toMatchObject({ code: 0, out: expect.stringContaining('3 fresh') });
      await expectRecovery(project, env);
    }),
  );
});
