import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Lookup } from '../../../compiler/index.ts';
import { findPostgresObstacle, freshDatabase } from '../../../tests/support/postgres.ts';
import type { Engine } from '../engine.ts';
import { openEngine } from '../open-engine.ts';

const obstacle = findPostgresObstacle();
let engine: Engine;
let drop: () => Promise<void>;
let url: string;

beforeAll(async () => {
  if (obstacle !== undefined) return;
  const database = await freshDatabase();
  drop = database.drop;
  url = database.url;
  engine = await openEngine({ engine: 'postgres', url: database.url });
});
afterAll(async () => {
  await engine?.close();
  await drop?.();
});

const table = { schema: 'public', table: 'visits' };

const key = (...columns: string[]): Lookup => ({ kind: 'key', columns });
const range = (column: string): Lookup => ({ kind: 'range', columns: [column] });

it.skipIf(obstacle !== undefined)('indexes what is looked up, by what the statistics say, and once', async () => {
  await engine.execute(`create table visits as select i as id, i % 3 as shop, i * 7919 % 4000 as user_id, 'key ' || i as code, 'aß' || i % 900 as team,
    timestamptz '2025-01-01 00:00:00+00' + i * interval '1 minute' as at, date '2025-01-01' + cast(i * 7919 % 365 as integer) as day, '{}'::json as props from generate_series(1, 20000) as i`);
  await engine.analyze(table);
  const lookups = [
    key('id'),
    key('shop'),
    key('code'),
    key('user_id'),
    key('user_id', 'day'),
    key('team', 'id'),
    key('team', 'code'),
    key('props'),
    key('gone'),
    range('at'),
    range('day'),
  ];
  await engine.indexLookups(table, lookups);
  await engine.indexLookups(table, lookups);
  const { rows } = await engine.execute(
    "select regexp_replace(indexdef, '^.* USING ', '') from pg_indexes where tablename = 'visits' order by 1",
  );
  expect(rows.flat()).toEqual([
    "brin (at) WITH (pages_per_range='32', autosummarize='on')",
    'btree (day)',
    'btree (id)',
    'btree (user_id, day)',
    'hash (code)',
  ]);
  // A B-tree takes no key of more than 2,704 bytes.
  await engine.execute(
    "insert into visits (code) select string_agg(md5(cast(i as text)), '') from generate_series(1, 400) as i",
  );
});

it.skipIf(obstacle !== undefined)('indexes a table of which nothing is known yet', async () => {
  await engine.execute('create table none_yet (id bigint, day date)');
  await engine.indexLookups({ schema: 'public', table: 'none_yet' }, [key('id'), range('day')]);
  const { rows } = await engine.execute("select count(*) from pg_indexes where tablename = 'none_yet'");
  expect(rows).toEqual([[2]]);
});

it.skipIf(obstacle !== undefined)('several at once make each index once', async () => {
  await engine.execute('create table shared as select i as id from generate_series(1, 5000) as i');
  const shared = { schema: 'public', table: 'shared' };
  await engine.analyze(shared);
  const others = await Promise.all([1, 2, 3].map(() => openEngine({ engine: 'postgres', url })));
  await Promise.all(others.map((other) => other.execute('select pg_sleep(0.2)')));
  await Promise.all(others.map((other) => other.indexLookups(shared, [key('id'), range('id')])));
  await Promise.all(others.map((other) => other.close()));
  const { rows } = await engine.execute(
    "select regexp_replace(indexdef, '^.* USING ', '') from pg_indexes where tablename = 'shared' order by 1",
  );
  expect(rows.map(([index]) => String(index).slice(0, 9))).toEqual(['brin (id)', 'btree (id']);
});
