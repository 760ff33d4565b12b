import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { useMemory } from '../../../tests/support/duckdb-memory.ts';
import { renderSql } from '../../dialect/render-sql.ts';
import { loadParser } from '../../expression/parser.ts';
import { firstRowKeys } from './first-rows.ts';
import type { IncrementalModel } from './incremental-model.ts';
import { memberOf } from './member.ts';

/* The oracle: a model as it stands over old tables, and its query over new ones. A key whose row differs must be among those named. */

const columns = ['k', 'd', 'id', 'w'];
const inputs = ['clean.a', 'clean.b'].map((name) => ({ name, columns, kind: 'table' as const }));
const type = { name: 'integer' } as const;
const stored = {
  shapeOf: () => columns.map((name) => ({ name, type })),
  own: new Map(columns.map((name) => [name, type])),
};

function keysOf(sql: string, changed: readonly string[], key: readonly string[] = ['k']): string | undefined {
  const calendar = { timezone: 'UTC' } as IncrementalModel['calendar'];
  const model: IncrementalModel = { name: 'marts.m', sql, key, by: 'key', calendar, inputs, views: new Map() };
  const changes = changed.map((name) => ({ model: name, seen: 0, raw: false }));
  return firstRowKeys(model, key, changes, stored);
}

const first = (order: string, from = 'clean.a', more = '') =>
  `select r.k, r.d, r.id, r.w from (select *, row_number() over (partition by k order by ${order}) as place from ${from}) as r where r.place = 1${more}`;
const joined = '(select a.k, a.d, a.id, b.w from clean.a as a left join clean.b as b on b.id = a.id) as j';

const told: readonly string[] = [
  first('d, id, w'),
  first('d desc, id, w'),
  first('d desc nulls last, id desc, w'),
  first('d nulls first, id, w', 'clean.a', ' and r.w > 1'),
  first('d, id, w', joined),
  'select r.k, r.d, r.id, r.w from (select a.k, a.d, a.id, b.w, row_number() over (partition by a.k order by a.d, a.id, b.w) as place from clean.a a join clean.b b on b.k = a.k where a.id > 0) r where r.place = 1',
];

const silent: readonly string[] = [
  'select k, min(d) as d, min(id) as id, min(w) as w from clean.a group by k',
  first('d + 1, id, w'),
  'select r.k, r.d, r.id, r.w from (select *, row_number() over (partition by k order by d) as place from clean.a) r where r.place = 2',
  'select r.k, r.d, r.id, r.w from (select *, rank() over (partition by k order by d) as place from clean.a) r where r.place = 1',
  'select r.k, r.d, r.id, r.w from (select *, row_number() over (partition by k, id order by d) as place from clean.a) r where r.place = 1',
  'select r.k, r.d, r.id, b.w from (select *, row_number() over (partition by k order by d) as place from clean.a) r join clean.b b on b.id = r.id where r.place = 1',
  'select r.k, r.d, r.id, r.w from (select *, row_number() over (partition by k order by d) as place, sum(w) over (partition by id) as s from clean.a) r where r.place = 1',
  // Cut by the same columns, another window sees the rows behind the first.
  'select r.k, r.d, r.id, r.w from (select k, d, id, count(*) over (partition by k) as w, row_number() over (partition by k order by d, id) as place from clean.a) r where r.place = 1',
  'select r.k, r.d, r.id, r.w from (select k, d, id, coalesce(lead(w) over (partition by k order by d, id), 0) as w, row_number() over (partition by k order by d, id) as place from clean.a) r where r.place = 1',
];

beforeAll(() => loadParser());
const db = useMemory(['old', 'new', 'log', 'marts']);

const cell = fc.option(fc.integer({ min: 0, max: 3 }), { freq: 6 });
const rows = fc.array(fc.tuple(...columns.map(() => cell)), { maxLength: 6 });
const table = fc.record({ before: rows, after: rows, keep: fc.constantFrom('all', 'some', 'none') });
type Rows = readonly (readonly (number | null)[])[];

async function fill(name: string, before: Rows, after: Rows): Promise<void> {
  const list = columns.join(', ');
  const values = (of: Rows) =>
    of.length === 0
      ? `select ${columns.map((c) => `null::bigint as ${c}`).join(', ')} where false`
      : `select * from (values ${of.map((row) => `(${row.map((v) => `${v}::bigint`).join(', ')})`).join(', ')}) as t(${list})`;
  await db.run(`create or replace table old.${name} as ${values(before)}`);
  await db.run(`create or replace table new.${name} as ${values(after)}`);
  await db.run(
    `create or replace table log.${name} as select ${list}, 1::bigint as _build from ((from old.${name} except all from new.${name}) union all (from new.${name} except all from old.${name}))`,
  );
}

const render = (sql: string, schema: string) =>
  renderSql(sql, 'duckdb', (model) => {
    const [layer, name] = model.split('.') as [string, string];
    return { schema: layer === 'clean' ? schema : layer === 'marts' ? 'marts' : 'log', table: name };
  });

it.each(told)('names the keys whose first row may be another: %s', async (sql) => {
  await fc.assert(
    fc.asyncProperty(table, table, async (a, b) => {
      for (const [name, { before, after, keep }] of [['a', a] as const, ['b', b] as const]) {
        const some = [...before.slice(1), ...after.slice(0, 1)];
        await fill(name, before, keep === 'all' ? before : keep === 'some' ? some : after);
      }
      await db.run(`create or replace table marts.m as ${render(sql, 'old')}`);
      const changed = [...(a.keep === 'all' ? [] : ['clean.a']), ...(b.keep === 'all' ? [] : ['clean.b'])];
      const named = keysOf(sql, changed);
      expect(named === undefined).toBe(!changed.some((name) => sql.includes(name)));
      const keys = named ?? 'select 0 as k where false';
      const outside = `select * from (${sql}) as q where not coalesce(${memberOf(['q.k'], keys, ['k'])}, false)`;
      const [was, is] = [render(outside, 'old'), render(outside, 'new')];
      expect(await db.countDiffering(was, is), keys).toBe(0);
    }),
    { numRuns: 25 },
  );
});

it('leaves out the keys of which something came later', async () => {
  await fill(
    'a',
    [
      [1, 1, 1, 1],
      [2, 1, 1, 1],
    ],
    [
      [1, 1, 1, 1],
      [2, 1, 1, 1],
      [1, 2, 2, 1],
      [2, 0, 2, 1],
      [3, 3, 3, 3],
    ],
  );
  await fill('b', [], []);
  await db.run(`create or replace table marts.m as ${render(first('d, id, w'), 'old')}`);
  const found = await db.rows(`${render(keysOf(first('d, id, w'), ['clean.a'])!, 'new')} order by k`);
  expect(found.map(([k]) => Number(k))).toEqual([2, 3]);
});

it.each(silent)('says nothing of %s', (sql) => {
  expect(keysOf(sql, ['clean.a'])).toBeUndefined();
});

it('says nothing where rows are not numbered by all of the key', () => {
  const twice = first('d, id, w').replace('partition by k', 'partition by k, k');
  expect(keysOf(twice, ['clean.a'], ['k', 'id'])).toBeUndefined();
  expect(keysOf(twice, ['clean.a'])).toBeDefined();
});
