import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findPostgresObstacle, freshDatabase } from '../../tests/support/postgres.ts';
import { parseSelect } from '../expression/parse-select.ts';
import { loadParser } from '../expression/parser.ts';
import { renderSql } from './render-sql.ts';

const obstacle = findPostgresObstacle();
let duckdb: (sql: string) => Promise<unknown[]>;
let postgres: (sql: string) => Promise<unknown[]>;
const cleanup: (() => Promise<void> | void)[] = [];

beforeAll(async () => {
  await loadParser();
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  duckdb = async (sql) => (await connection.runAndReadAll(sql)).getRowsJson()[0] as unknown[];
  cleanup.push(() => instance.closeSync());
  if (obstacle !== undefined) return;
  const { url, drop } = await freshDatabase();
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  postgres = async (sql) => (await client.query({ text: sql, rowMode: 'array' })).rows[0] as unknown[];
  cleanup.push(async () => {
    await client.end();
    await drop();
  });
});
afterAll(async () => {
  for (const close of cleanup) await close();
});

/** Columns with a value each, so that every expression is also a constant to a reader of a failure. */
const row =
  "(select 7 as i, -3 as k, null::int as m, 2.50::numeric(10, 2) as d, -0.75::numeric(10, 2) as e, 'Apple' as s, 'apple pie' as t, null::text as u, true as p, false as q, null::boolean as r) as x";

const { number, text, condition } = fc.letrec<{ number: string; text: string; condition: string }>((tie) => {
  const n = tie('number');
  const s = tie('text');
  const c = tie('condition');
  const pick = (...options: string[]): fc.Arbitrary<string> => fc.constantFrom(...options);
  const depth = { depthIdentifier: 'depth', maxDepth: 4 } as const;
  return {
    number: fc.oneof(
      depth,
      pick('i', 'k', 'm', 'd', 'e', '0', '1', '2', '10', '0.5', '-4'),
      fc.tuple(n, pick('+', '-', '*'), n).map(([a, op, b]) => `(${a} ${op} ${b})`),
      fc.tuple(n, n).map(([a, b]) => `(${a} / ${b})`),
      n.map((a) => `(- ${a})`),
      n.map((a) => `abs(${a})`),
      fc.tuple(n, n).map(([a, b]) => `coalesce(${a}, ${b})`),
      fc.tuple(n, n).map(([a, b]) => `nullif(${a}, ${b})`),
      fc.tuple(n, n, n).map(([a, b, d]) => `greatest(${a}, least(${b}, ${d}))`),
      fc.tuple(c, n, n).map(([a, b, d]) => `case when ${a} then ${b} else ${d} end`),
      s.map((a) => `length(${a})`),
      s.map((a) => `position('p' in ${a})`),
    ),
    text: fc.oneof(
      depth,
      pick('s', 't', 'u', "''", "'it''s'", "'a%b'"),
      fc.tuple(s, s).map(([a, b]) => `(${a} || ${b})`),
      s.map((a) => `lower(${a})`),
      fc.tuple(s, s).map(([a, b]) => `concat(${a}, ${b})`),
      fc
        .tuple(s, pick('-1', '0', '1', '2', 'i'), pick('0', '1', '3'))
        .map(([a, from, n2]) => `substring(${a}, ${from}, ${n2})`),
      fc.tuple(s, pick('2', '-2', 'k')).map(([a, k]) => `left(${a}, ${k})`),
      fc.tuple(s, s).map(([a, b]) => `coalesce(${a}, ${b})`),
      fc.tuple(c, s, s).map(([a, b, d]) => `case when ${a} then ${b} when not ${a} then ${d} end`),
      s.map((a) => `replace(${a}, 'p', 'qq')`),
    ),
    condition: fc.oneof(
      depth,
      pick('p', 'q', 'r', 'true', 'null'),
      fc
        .tuple(n, pick('=', '<>', '<', '>=', 'is distinct from', 'is not distinct from'), n)
        .map(([a, op, b]) => `(${a} ${op} ${b})`),
      fc.tuple(s, pick('=', '<', '>', '<>'), s).map(([a, op, b]) => `(${a} ${op} ${b})`),
      fc.tuple(c, pick('and', 'or'), c).map(([a, op, b]) => `(${a} ${op} ${b})`),
      c.map((a) => `(not ${a})`),
      c.map((a) => `(${a} is true)`),
      c.map((a) => `((not ${a}) is null)`),
      n.map((a) => `(${a} is null)`),
      fc.tuple(n, n, n).map(([a, b, d]) => `(${a} between ${b} and ${d})`),
      fc.tuple(n, n, n).map(([a, b, d]) => `(${a} in (${b}, ${d}))`),
      s.map((a) => `(${a} like '%p%')`),
      s.map((a) => `(${a} ~* '^AP')`),
    ),
  };
});

const same = (a: unknown, b: unknown): boolean => {
  if (a === null || b === null || typeof a === 'boolean') return a === b;
  if (String(a) === String(b)) return true;
  const [x, y] = [Number(a), Number(b)];
  return Math.abs(x - y) <= 1e-9 * Math.max(1, Math.abs(x), Math.abs(y));
};

it.skipIf(obstacle !== undefined)(
  'random expressions have one value on both engines',
  { timeout: 120_000 },
  async () => {
    const start = { offset: 0, line: 1, column: 1 };
    await fc.assert(
      fc.asyncProperty(number, text, condition, async (n, s, c) => {
        const sql = `select ${n} as a, ${s} as b, ${c} as c from ${row}`;
        const { select, diagnostics } = parseSelect({ text: sql, span: { file: 'm.sql', start, end: start } });
        expect(diagnostics).toEqual([]);
        expect(parseSelect({ ...select!.text, text: select!.canonical }).select?.canonical).toBe(select!.canonical);
        const never = (): never => {
          throw new Error('no tables');
        };
        const results = await Promise.allSettled([
          duckdb(renderSql(select!.canonical, 'duckdb', never)),
          postgres(renderSql(select!.canonical, 'postgres', never)),
        ]);
        const failures = results.flatMap((r) => (r.status === 'rejected' ? [String(r.reason.message)] : []));
        // Numbers may grow beyond what an engine holds: an error is not a wrong number.
        if (
          failures.length > 0 &&
          failures.every((message) => /out of range|overflow|too (big|large)|Could not cast|Conversion/i.test(message))
        )
          return;
        expect(failures).toEqual([]);
        const [left, right] = results.map((r) => (r as PromiseFulfilledResult<unknown[]>).value) as [
          unknown[],
          unknown[],
        ];
        expect(
          left.map((value, i) => same(value, right[i])),
          `${JSON.stringify(left)} ${JSON.stringify(right)} of ${sql}`,
        ).toEqual([true, true, true]);
      }),
      { numRuns: 400, seed: 20250101, endOnFailure: false },
    );
  },
);
