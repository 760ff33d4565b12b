import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { findPostgresObstacle, freshDatabase } from '../../../tests/support/postgres.ts';
import { recordHeartbeat } from '../../state/claim.ts';
import { migrate } from '../../state/migrate.ts';
import { type Engine, EngineError } from '../engine.ts';
import { openEngine } from '../open-engine.ts';

const obstacle = findPostgresObstacle();
if (obstacle !== undefined) console.warn(`skipped: ${obstacle}`);

describe.skipIf(obstacle !== undefined)('sessions of a server', () => {
  let database: Awaited<ReturnType<typeof freshDatabase>>;
  let engine: Engine;
  /** Somebody else, who looks at the server and holds things. */
  let other: pg.Client;
  beforeAll(async () => {
    database = await freshDatabase();
    engine = await openEngine({ engine: 'postgres', url: database.url, threads: 1, statementTimeoutSeconds: 3600 });
    other = await connect('other');
  });
  afterEach(() => other.query('rollback'));
  afterAll(async () => {
    await other.end();
    await engine.close();
    await database.drop();
  });

  async function connect(name: string): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: database.url, application_name: name });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }

  const nameOf = async (by: Engine): Promise<unknown> =>
    (await by.execute("select current_setting('application_name')")).rows[0]?.[0];

  it('say what they are for, and are as they should be', async () => {
    expect(await nameOf(engine)).toBe('etalon/session');
    expect(await nameOf(engine.named('r1/marts.orders'))).toBe('etalon/r1/marts.orders');
    expect(await engine.named('r1').transaction((session) => nameOf(session as Engine))).toBe('etalon/r1');
    expect(String(await nameOf(engine.named(`r1/${'x'.repeat(80)}`)))).toHaveLength(63);
    expect(await nameOf(engine)).toBe('etalon/session');
    const settings = ['statement_timeout', 'idle_in_transaction_session_timeout', 'client_connection_check_interval'];
    const { rows } = await engine.execute(`select ${settings.map((name) => `current_setting('${name}')`).join(', ')}`);
    expect(rows).toEqual([['1h', '30min', '5s']]);
  });

  it('leave one over that says that the run lives, while all others are at long statements', async () => {
    await migrate(engine, 0, '2025-06-01T00:00:00Z');
    await engine.execute("insert into etalon_state.claimants (run, token) values ('r1', 1)");
    await other.query('select pg_advisory_lock(1)');
    const long = [1, 2].map(() => engine.execute('select pg_advisory_lock_shared(1)'));
    await waitFor("select count(*) = 2 from pg_locks where locktype = 'advisory' and not granted");
    expect(await recordHeartbeat(engine, { run: 'r1', token: 1 })).toBe(true);
    expect(await recordHeartbeat(engine, { run: 'r1', token: 2 })).toBe(false);
    await other.query('select pg_advisory_unlock(1)');
    await Promise.all(long);
  });

  it('of a dead run are ended, with the locks that they hold; those of others are not', async () => {
    const [dead, alive] = [await connect('etalon/dead/marts.orders'), await connect('etalon/deadly')];
    const ended = new Promise((resolve) => dead.once('end', resolve));
    await engine.execute('create table held as select 1 as x');
    await dead.query('begin; update held set x = 2');
    await engine.endSessions(['dead', 'gone']);
    await ended;
    await engine.execute('update held set x = 3');
    expect((await alive.query('select x from held')).rows).toEqual([{ x: 3 }]);
    await alive.end();
  });

  it('drop a table that nobody reads, and do not wait for one that somebody does', async () => {
    for (const name of ['read', 'free']) await engine.execute(`create table ${name} as select 1 as x`);
    await engine.execute('create view above as select x from free');
    await other.query('begin; select x from read');
    expect(await engine.drop({ schema: 'public', table: 'read' }, 'table')).toBe(false);
    expect(await engine.drop({ schema: 'public', table: 'free' }, 'table')).toBe(false);
    expect(await engine.drop({ schema: 'public', table: 'above' }, 'view')).toBe(true);
    expect(await engine.drop({ schema: 'public', table: 'free' }, 'table')).toBe(true);
    expect(await engine.drop({ schema: 'public', table: 'free' }, 'table')).toBe(true);
    await other.query('rollback');
    expect((await engine.execute('select x from read')).rows).toEqual([[1]]);
  });

  it('lost during COMMIT leave the work as it is: it is not repeated, not even after a conflict', async () => {
    await engine.execute(`create table counted (n int);
create function lose() returns trigger language plpgsql as 'begin perform pg_terminate_backend(pg_backend_pid()); return null; end';
create constraint trigger at_commit after insert on counted deferrable initially deferred for each row execute function lose()`);
    let attempts = 0;
    const lost = engine.transaction(async (session) => {
      attempts += 1;
      if (attempts === 1) throw new EngineError('transient', 'a conflict');
      await session.execute('insert into counted values (1)');
    });
    await expect(lost).rejects.toMatchObject({ kind: 'unreachable', final: true });
    await expect(lost).rejects.toThrow('the connection was lost during COMMIT');
    expect(attempts).toBe(2);
  });

  async function waitFor(sql: string): Promise<void> {
    await expect.poll(async () => Object.values((await other.query(sql)).rows[0])[0]).toBe(true);
  }
});
