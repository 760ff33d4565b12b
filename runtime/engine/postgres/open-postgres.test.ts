import { inspect } from 'node:util';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findPostgresObstacle, freshDatabase, sharedPostgres } from '../../../tests/support/postgres.ts';
import { type Engine, EngineError } from '../engine.ts';
import { openEngine } from '../open-engine.ts';
import { Secret } from '../secret.ts';
import { parseConnectionString } from './connection-string.ts';
import { findPostgresKind } from './map-postgres-error.ts';

const secret = 'hunter2%2Fsecret';

async function fail(work: Promise<unknown>): Promise<EngineError> {
  const error = await work.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  expect(error).toBeInstanceOf(EngineError);
  return error as EngineError;
}

/** All that a logger could print of an error. */
function showAll(error: unknown): string {
  return `${inspect(error, { depth: 9, showHidden: true })} ${JSON.stringify(error)} ${(error as Error).stack}`;
}

describe('a connection that cannot be', () => {
  it.each([
    ['no URL', `${secret} at nowhere`, 'the connection string is not a URL'],
    ['a URL that is broken', `postgres://etalon:${secret}@not a host/x`, 'the connection string is not a URL'],
    ['another protocol', `mysql://etalon:${secret}@127.0.0.1/x`, 'does not begin with `postgres://`'],
    [
      'a closed port',
      `postgres://etalon:${secret}@127.0.0.1:1/shop`,
      'postgres 127.0.0.1:1/shop: connect ECONNREFUSED',
    ],
    [
      'an unknown host',
      `postgres://etalon:${secret}@nowhere.invalid/shop`,
      'postgres nowhere.invalid:5432/shop: getaddrinfo',
    ],
  ])('is told in one line without its secret: %s', async (_, url, message) => {
    const error = await fail(openEngine({ engine: 'postgres', url: new Secret(url) }));
    expect(error.kind).toBe('unreachable');
    expect(error.message).toContain(message);
    expect(showAll(error)).not.toMatch(/hunter2/);
  });

  it('takes the password out of any text, as given and as decoded', () => {
    const { redact, label, url } = parseConnectionString(`postgres://etalon:${secret}@db.example.org:5433/shop`);
    expect(redact(`no: hunter2/secret, ${secret}, postgres://etalon:${secret}@db.example.org:5433/shop`)).toBe(
      'no: ***, ***, ***',
    );
    expect([label, String(url), JSON.stringify({ url }), inspect(url)]).toEqual([
      'postgres db.example.org:5433/shop',
      '***',
      '{"url":"***"}',
      '***',
    ]);
  });
});

it.each([
  [{ code: '40001' }, 'transient'],
  [{ code: '40P01' }, 'transient'],
  [{ code: '55P03' }, 'transient'],
  [{ code: '23505', schema: 'pg_catalog' }, 'transient'],
  [{ code: '23505', schema: 'public' }, 'data'],
  [{ code: '22012' }, 'data'],
  [{ code: '53100' }, 'resources'],
  [{ code: '57014' }, 'cancelled'],
  [{ code: '57P01' }, 'unreachable'],
  [{ code: '25006' }, 'read_only'],
  [{ code: '42501', message: 'permission denied for database shop' }, 'read_only'],
  [{ code: '42501', message: 'permission denied for table orders' }, 'sql'],
  [{ code: '42P01' }, 'sql'],
  [{ code: 'ECONNRESET' }, 'unreachable'],
  [{ message: 'Connection terminated unexpectedly' }, 'unreachable'],
] as const)('%o is %s', (fault, kind) => {
  expect(findPostgresKind(fault)).toBe(kind);
});

const obstacle = findPostgresObstacle();
if (obstacle !== undefined) console.warn(`skipped: ${obstacle}`);

describe.skipIf(obstacle !== undefined)('a server', () => {
  let database: Awaited<ReturnType<typeof freshDatabase>>;
  let engine: Engine;
  beforeAll(async () => {
    database = await freshDatabase();
    engine = await openEngine({ engine: 'postgres', url: database.url, runId: 'run-1' });
  });
  afterAll(async () => {
    await engine.close();
    await database.drop();
  });

  it('refuses a wrong password and a database that is not there, without a secret', async () => {
    const { password } = await sharedPostgres();
    const wrong = await fail(openEngine({ engine: 'postgres', url: database.url.replace(password, secret) }));
    expect(wrong).toMatchObject({
      kind: 'unreachable',
      message: expect.stringContaining('password authentication failed for user "etalon"'),
    });
    const missing = await fail(openEngine({ engine: 'postgres', url: `${database.url}_none` }));
    expect(missing).toMatchObject({ kind: 'unreachable', message: expect.stringContaining('does not exist') });
    expect(showAll(wrong) + showAll(missing)).not.toContain('hunter2');
    expect(showAll(missing)).not.toContain(password);
  });

  it('sees whose session it is', async () => {
    expect(
      (
        await engine.execute(
          "select current_setting('application_name'), current_setting('timezone'), current_setting('client_connection_check_interval')",
        )
      ).rows,
    ).toEqual([['etalon/run-1', 'UTC', '5s']]);
  });

  /** Ends the sessions of the engine, as a restart of the server would. */
  async function cut(): Promise<void> {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await client.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'etalon/run-1'",
    );
    await client.end();
  }

  it('may lose the connection before COMMIT: the work is done again', async () => {
    await engine.execute('create table t (x int)');
    let attempts = 0;
    await engine.transaction(async (session) => {
      attempts += 1;
      await session.execute('insert into t values (1)');
      if (attempts === 1) await cut();
      await session.execute('insert into t values (2)');
    });
    expect(attempts).toBe(2);
    expect((await engine.execute('select x from t order by x')).rows).toEqual([[1], [2]]);
  });

  it('may end idle connections', async () => {
    await engine.execute('select 1');
    await cut();
    await expect.poll(async () => (await engine.execute('select 1').catch(() => ({ rows: [] }))).rows).toEqual([[1]]);
  });

  it('lets two sessions make the same things at once', async () => {
    const make = (schema: string): Promise<void> =>
      engine.transaction((session) =>
        engine.createRawTables(session, {
          into: { schema, table: 'a' },
          rejectedInto: { schema, table: 'b' },
          format: 'csv',
          columns: [],
        }),
      );
    for (let turn = 0; turn < 5; turn += 1) await Promise.all([make(`s${turn}`), make(`s${turn}`), make(`s${turn}`)]);
    expect(await engine.findRelation({ schema: 's4', table: 'b' })).toBeDefined();
  });

  it('gives text as text: arrays, intervals, JSON', async () => {
    const { rows } = await engine.execute(
      `select array[[1,2],[3,null]], array['a,"b', null, 'null'], '{"b":1.50,"a":{"d":[],"c":"é"}}'::jsonb, array[1.50]::numeric[], timestamp '0044-03-15 10:00:00 BC'`,
    );
    expect(rows).toEqual([
      [
        '[[1,2],[3,null]]',
        '["a,\\"b",null,"null"]',
        '{"a":{"c":"é","d":[]},"b":1.50}',
        '["1.50"]',
        '0044-03-15T10:00:00 BC',
      ],
    ]);
  });
});
