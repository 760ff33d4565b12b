import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Engine, EngineError, type EngineErrorKind } from '../../runtime/engine/engine.ts';
import { openEngine } from '../../runtime/engine/open-engine.ts';
import { firstFiles, firstRows, laterArrival } from '../crash/crash-project.ts';
import { describeTarget, runProject, writeFiles } from '../crash/crash-target.ts';
import { freshDatabase } from '../support/postgres.ts';
import { engines, postgresObstacle } from './on-engines.ts';
import { fill, runForked, statuses, stopBefore } from './two-runs.ts';
import { watchEngine } from './watch-engine.ts';

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'etalon-retry-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Something arrived, twice; `watch` stands between the run and the engine. */
async function play(engine: Engine, watch: (engine: Engine) => Engine): Promise<unknown> {
  return inFolder(async (folder) => {
    writeFiles(folder, firstFiles);
    for (const sql of firstRows) await engine.execute(sql);
    expect((await runProject(watch(engine), folder)).exitCode).toBe(0);
    const [files, rows] = laterArrival(1);
    writeFiles(folder, files);
    for (const sql of rows) await engine.execute(sql);
    expect((await runProject(watch(engine), folder)).exitCode).toBe(0);
    return describeTarget(engine, folder);
  });
}

/** Throws when the run comes to build `marts.left`: so often, for this reason. */
function failing(engine: Engine, kind: EngineErrorKind, times: number): { engine: Engine; attempts: () => number } {
  let attempts = 0;
  const before = (sql: string): void => {
    if (!sql.startsWith('create table "etalon_tables"."marts__left__')) return;
    attempts += 1;
    if (attempts <= times) throw new EngineError(kind, 'it did not work');
  };
  return { engine: watchEngine(engine, { before }), attempts: () => attempts };
}

describe.each(engines)('a step on %s', (_, onEngine) => {
  test('whose every new table loses its reply once ends as if nothing had happened', () =>
    onEngine(async (engine) => {
      const lost = new Set<string>();
      const after = (sql: string): void => {
        const made = /^create (?:table|view) "etalon_tables"\."(\w+)"/.exec(sql)?.[1];
        if (made === undefined || lost.has(made)) return;
        lost.add(made);
        throw new EngineError('transient', 'the connection was lost');
      };
      const disturbed = await play(engine, (inner) => watchEngine(inner, { before: () => undefined, after }));
      // Built whole, in place, with units and rows beside the table, as a view.
      expect([...lost].map((name) => name.replace(/__[0-9a-f]{8}/, ''))).toEqual(
        expect.arrayContaining(['clean__orders__1', 'clean__orders__1__units_2', 'clean__orders__1__rows_2']),
      );
      expect(lost.size).toBeGreaterThan(8);
      expect(disturbed).toEqual(await onEngine((clean) => play(clean, (inner) => inner)));
    }));

  test('of which no scratch table can be dropped is built all the same', () =>
    onEngine(async (engine) => {
      let refused = 0;
      const before = (sql: string): void => {
        if (!/^drop table if exists "etalon_tables"\."\w+__(rows|units)_\d+"/.test(sql)) return;
        refused += 1;
        throw new EngineError('sql', 'it is locked');
      };
      const disturbed = await play(engine, (inner) => watchEngine(inner, { before }));
      expect(refused).toBeGreaterThan(3);
      expect(disturbed).toEqual(await onEngine((clean) => play(clean, (inner) => inner)));
    }));

  test('whose COMMIT loses its reply is not done again, whatever comes after it', () =>
    onEngine(async (engine) => {
      await play(engine, (inner) => inner);
      await inFolder(async (folder) => {
        writeFiles(folder, firstFiles);
        for (const k of [1, 2]) writeFiles(folder, laterArrival(k)[0]);
        let writing = false;
        let lost = false;
        const before = (sql: string): void => {
          writing ||= sql.startsWith('insert into "etalon_tables"."clean__orders__') && sql.includes('__changes');
          // The server is being restarted.
          if (lost) throw new EngineError('transient', 'the connection was lost');
        };
        const after = (sql: string): void => {
          if (sql !== 'commit' || !writing || lost) return;
          lost = true;
          throw new EngineError('unreachable', 'the connection was lost during COMMIT', { final: true });
        };
        const dying = runProject(watchEngine(engine, { before, after }), folder, { threads: 1 });
        await expect(dying).rejects.toMatchObject({ message: 'the connection was lost during COMMIT', final: true });
        expect((await runProject(engine, folder)).exitCode).toBe(0);
        const twice = 'select model, build from etalon_state.versions group by model, build having count(*) > 1';
        expect((await engine.execute(twice)).rows).toEqual([]);
      });
    }));

  test('is done again for a reason that passes, and so often at most', () =>
    onEngine(async (engine) => {
      await fill(engine);
      const passing = failing(engine, 'transient', 2);
      expect(statuses(await runForked(passing.engine))).toMatchObject({
        'marts.left': 'built',
        'marts.under': 'built',
      });
      expect(passing.attempts()).toBe(3);
      const lasting = failing(engine, 'transient', 99);
      const result = await runForked(lasting.engine, { select: ['marts.left'], fullRefresh: true });
      expect(result).toMatchObject({ exitCode: 5, steps: [{ status: 'failed' }] });
      expect(lasting.attempts()).toBe(4);
    }));

  test.each(['sql', 'data', 'resources'] as const)('is not done again for a reason that does not pass: %s', (kind) =>
    onEngine(async (engine) => {
      await fill(engine);
      const broken = failing(engine, kind, 99);
      expect(statuses(await runForked(broken.engine))).toMatchObject({
        'marts.left': 'failed',
        'marts.right': 'built',
      });
      expect(broken.attempts()).toBe(1);
    }),
  );
});

describe.skipIf(postgresObstacle !== undefined)('a connection on PostgreSQL', () => {
  test('that is cut in the middle of a long statement is replaced, and the statement run again', async () => {
    const database = await freshDatabase();
    const engine = await openEngine({ engine: 'postgres', url: database.url, threads: 2 });
    const admin = await openEngine({ engine: 'postgres', url: database.url, threads: 1 });
    try {
      await fill(engine);
      const gate = stopBefore(engine, 'clean.numbers');
      const built = runForked(gate.engine);
      await gate.reached;
      await admin.transaction(async (session) => {
        // The statement stands still until we have found its session.
        await session.execute('lock table app.numbers in access exclusive mode');
        gate.goOn();
        await expect.poll(async () => (await admin.execute(cutWaiting)).rows).toEqual([[true]]);
      });
      expect(statuses(await built)).toMatchObject({ 'clean.numbers': 'built', 'marts.left': 'built' });
      expect((await engine.execute('select n from marts.left')).rows).toEqual([[2]]);
    } finally {
      await admin.close();
      await engine.close();
      await database.drop();
    }
  });
});

const cutWaiting = `select pg_terminate_backend(pid) from pg_stat_activity
where application_name like 'etalon/%/clean.numbers' and wait_event_type = 'Lock' and query like 'create table%'`;
