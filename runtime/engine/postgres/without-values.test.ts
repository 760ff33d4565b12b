import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findPostgresObstacle, freshDatabase } from '../../../tests/support/postgres.ts';
import type { Engine, EngineError } from '../engine.ts';
import { openEngine } from '../open-engine.ts';

const obstacle = findPostgresObstacle();
const value = 'canary\'7"x: "out of range';
const quoted = `'${value.replaceAll("'", "''")}'`;

/** Whatever a row holds, and however the server quotes it: `v` is the value, `n` is 987654321. */
const statements: readonly (readonly [string, string])[] = [
  ['select v::int from s', 'invalid input syntax for type integer'],
  ['select v::date from s', 'invalid input syntax for type date'],
  ['select v::timestamptz from s', 'invalid input syntax for type timestamp with time zone'],
  ['select v::numeric from s', 'invalid input syntax for type numeric'],
  ['select v::jsonb from s', 'invalid input syntax for type json'],
  ['select timezone(replace(v, $$7$$, $$$$), now()) from s', 'time zone *** not recognized'],
  ['select date_trunc(v, now()) from s', 'unit'],
  ["select 'a' ~ (v || '(') from s", 'invalid regular expression'],
  ['select (n || $$000$$)::int from s', 'value *** is out of range for type integer'],
  ['select n::numeric(4,2) from s', 'numeric field overflow'],
  ['select make_date(2020, n, 1) from s', 'date field value out of range'],
  ['select decode(v, $$hex$$) from s', 'invalid hexadecimal digit'],
  [
    'insert into k select v from s union all select v from s',
    'duplicate key value violates unique constraint "k_pkey"',
  ],
  ['insert into c select v from s', 'new row for relation "c" violates check constraint "c_v_check"'],
  [
    'select raising(v) from s',
    'a function of the database refuses a value (P0001); its words may quote it and are left out',
  ],
];

describe.skipIf(obstacle !== undefined)(`errors of PostgreSQL${obstacle ? ` (skipped: ${obstacle})` : ''}`, () => {
  let database: Awaited<ReturnType<typeof freshDatabase>>;
  let engine: Engine;
  beforeAll(async () => {
    database = await freshDatabase();
    engine = await openEngine({ engine: 'postgres', url: database.url });
    await engine.execute(`create table s as select ${quoted}::text as v, 987654321 as n`);
    await engine.execute("create table k (v text primary key); create table c (v text check (v = 'x'))");
    await engine.execute(
      "create function raising(v text) returns int language plpgsql as $$begin raise exception 'no %', v using hint = v; end$$",
    );
  });
  afterAll(async () => {
    await engine.close();
    await database.drop();
  });

  it.each(statements)('pass on no value of a row: %s', async (sql, said) => {
    const error: EngineError = await engine.execute(sql).then(
      () => expect.fail('it did not fail'),
      (thrown: EngineError) => thrown,
    );
    expect([error.kind, error.message]).toEqual(['data', expect.stringContaining(said)]);
    expect(`${error.stack} ${error.hint} ${error.cause} ${JSON.stringify(error)}`).not.toMatch(/canary|987654321/);
  });
});
