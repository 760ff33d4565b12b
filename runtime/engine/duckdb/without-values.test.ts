import { expect, it } from 'vitest';
import type { EngineError } from '../engine.ts';
import { openEngine } from '../open-engine.ts';

const value = 'canary\'7"x; read only; conflict on';
const quoted = `'${value.replaceAll("'", "''")}'`;

/** Whatever a row holds, and however the engine quotes it: `v` is the value, `n` is 987654321. */
const statements: readonly (readonly [string, string])[] = [
  ['select v::int from s', 'a text is no INT32: column v'],
  ['select v::date from s', 'a text is no date: column v'],
  ['select v::timestamp from s', 'a text is no timestamp: column v'],
  ['select v::timestamptz from s', 'a text is no timestamp: column v'],
  ['select v::decimal(4,2) from s', 'a text is no DECIMAL(4,2): column v'],
  ['select v::json from s', 'a text is not JSON: column v'],
  ["select json_extract(v, '$.a') from s", 'a text is not JSON'],
  ["select strptime(v, '%Y') from s", 'a text does not have the format that is asked for'],
  ['select timezone(v, now()) from s', 'a value is no time zone'],
  ['select date_part(v, now()) from s', 'a value is no part of a date'],
  [
    "select regexp_matches('a', v || '(') from s",
    "a value is refused (Invalid Input); the engine's own words may quote it and are left out",
  ],
  [
    'select unhex(v) from s',
    "a value is refused (Invalid Input); the engine's own words may quote it and are left out",
  ],
  [
    'select error(v) from s',
    "a value is refused (Invalid Input); the engine's own words may quote it and are left out",
  ],
  ['select (n * 1000)::int from s', 'a value of type INT64 does not fit the type that it is cast to'],
  ['select n * 9223372036854775807 from s', 'overflow in multiplication of INT64'],
  ['select n::decimal(4,2) from s', 'a number does not fit the decimal that it is cast to'],
  ['select make_date(n, 1, 1) from s', 'a time is out of range'],
  [
    'create table k (v varchar primary key); insert into k select v from s union all select v from s',
    'a key is there twice',
  ],
];

it('passes on no value of a row, whatever it holds', async () => {
  const engine = await openEngine({ engine: 'duckdb', path: ':memory:' });
  await engine.execute(`create table s as select ${quoted} as v, 987654321::bigint as n`);
  for (const [sql, said] of statements) {
    const error: EngineError = await engine.execute(sql).then(
      () => expect.fail(`${sql} did not fail`),
      (thrown: EngineError) => thrown,
    );
    expect([sql, error.kind, error.message]).toEqual([sql, 'data', said]);
    expect(`${error.stack} ${error.hint} ${error.cause} ${JSON.stringify(error)}`).not.toMatch(/canary|987654321/);
  }
  await engine.close();
});
