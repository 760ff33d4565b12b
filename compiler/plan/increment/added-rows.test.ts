import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { useMemory } from '../../../tests/support/duckdb-memory.ts';
import { parseType } from '../../definition/type-name.ts';
import { renderSql } from '../../dialect/render-sql.ts';
import { loadParser } from '../../expression/parser.ts';
import { addedGroups, addedRowsSql } from './added-groups.ts';
import type { IncrementalModel } from './incremental-model.ts';
import { memberOf } from './member.ts';

/* The oracle: a model as it stands over old tables, with what rows that came add to it, is its query over the new tables. Or it is said that rows went. */

const types = {
  k: parseType('integer')!,
  d: parseType('date')!,
  t: parseType('text')!,
  n: parseType('decimal(9,2)')!,
  w: parseType('integer')!,
};
const columns = Object.keys(types);
const shape = Object.entries(types).map(([name, type]) => ({ name, type }));

/** A query and the types of its columns; the first is the key. */
const queries: readonly (readonly [sql: string, own: string])[] = [
  [
    'select k, count(*) as n, count(w) as m, sum(w) as s, min(t) as low, max(t) as high from clean.a group by k',
    'k integer, n integer, m integer, s integer, low text, high text',
  ],
  [
    'select d, sum(n) filter (where w > 1) as s, sum(n * 1.5) as more, max(n) as top from clean.a where n > 1 or t is null group by d',
    'd date, s decimal(20,2), more decimal(20,4), top decimal(9,2)',
  ],
  [
    'select t, d, k, k + 1 as next, count(*) as n, min(d) as first from clean.a group by t, d, k',
    't text, d date, k integer, next integer, n integer, first date',
  ],
  [
    'select a.t, b.w, count(b.d) as n, sum(case when b.k is null then a.w else 1 end) as s from clean.a a left join clean.b b on b.k = a.k and b.n > 1 group by a.t, b.w',
    't text, w integer, n integer, s integer',
  ],
  [
    'with x as (select k, w from clean.a where w < 3), y as (select x.w, b.t, b.n from x join clean.b b using (k) where b.d is not null) select w, sum(n) as s, count(distinct_one) as c from (select w, n, t as distinct_one from y) z group by w order by max(n)',
    'w integer, s decimal(20,2), c integer',
  ],
  [
    'select w, count(*) as n, max(m) as m from (select a.w, g.m from (select k, w from clean.a order by d, t) a join (select k, max(w) as m from clean.b group by k having count(*) > 0) g on g.k = a.k) q group by w',
    'w integer, n integer, m integer',
  ],
  ['select count(*) as c, k, d from clean.a group by k, d', 'k integer, d date, c integer'],
];

beforeAll(() => loadParser());
const db = useMemory(['old', 'new', 'log', 'marts']);

const cell = fc.option(fc.integer({ min: 0, max: 3 }), { freq: 6 });
const rows = (maxLength: number) => fc.array(fc.tuple(...columns.map(() => cell)), { maxLength });
type Rows = readonly (readonly (number | null)[])[];

const casts = [
  '{}::bigint',
  "date '2025-03-01' + {}::integer",
  "('t' || {})::text",
  '({} * 1.25)::decimal(9,2)',
  '{}::bigint',
];

function rowsSql(of: Rows): string {
  const none = `select ${columns.map((name, i) => `${casts[i]!.replace('{}', 'null')} as ${name}`).join(', ')} where false`;
  const row = (cells: readonly (number | null)[]) =>
    `select ${cells.map((one, i) => (one === null ? 'null' : casts[i]!.replace('{}', String(one)))).join(', ')}`;
  return [none, ...of.map(row)].join(' union all ');
}

const render = (sql: string, schema: string) =>
  renderSql(
    sql,
    'duckdb',
    (model) => {
      const [layer, name] = model.split('.') as [string, string];
      return { schema: layer === 'clean' ? schema : layer === 'clean__changes' ? 'log' : 'marts', table: name };
    },
    { shapeOf: (name) => (name.startsWith('clean.') ? shape : undefined) },
  );

it.each(queries)('puts together what a rebuild yields: %s', async (sql, told) => {
  const own = new Map(
    told.split(/, (?=\w+ \w)/).map((one) => [one.split(' ')[0]!, parseType(one.slice(one.indexOf(' ') + 1))!] as const),
  );
  const [key] = own.keys();
  const inputs = ['clean.a', 'clean.b'].map((name) => ({ name, columns, kind: 'table' as const }));
  const calendar = { timezone: 'UTC' } as IncrementalModel['calendar'];
  const model: IncrementalModel = { name: 'marts.m', sql, key: [key!], by: 'key', calendar, inputs, views: new Map() };
  const stored = { shapeOf: () => shape, own };
  const added = addedGroups(model, [{ model: 'clean.a', seen: 0, raw: false }], stored)!;
  const isStanding = memberOf([`"${key}"`], `select "${key}" from marts__units.units`, [key!]);
  const typed = `select ${[...own].map(([name]) => `"${name}"`).join(', ')} from`;
  let goesOn = 0;
  await fc.assert(
    fc.asyncProperty(rows(8), rows(5), rows(5), fc.integer({ min: 0, max: 9 }), async (before, came, others, gone) => {
      const after = [...(gone < 2 ? before.slice(gone) : before), ...came];
      for (const [schema, list] of [['old', before] as const, ['new', after] as const]) {
        await db.run(`create or replace table ${schema}.a as ${rowsSql(list)}`);
        await db.run(`create or replace table ${schema}.b as ${rowsSql(others)}`);
      }
      await db.run(
        // Rows of others came and went again meanwhile.
        'create or replace table log.a as with passing as (select k, d, t, n, 7::bigint as w from new.b) select *, false as _came, 1::bigint as _build from (from old.a except all from new.a) union all select *, true, 1 from (from new.a except all from old.a) union all select *, true, 1 from passing union all select *, false, 2 from passing',
      );
      await db.run(`create or replace table marts.m as ${typed} (${render(sql, 'old')})`);
      if (Number((await db.rows(render(added.gone, 'new')))[0]![0]) > 0) return;
      goesOn += 1;
      await db.run(`create or replace table marts.units as ${render(added.groups, 'new')}`);
      const made = render(addedRowsSql(model, 'marts__units.units', isStanding, stored), 'new');
      const kept = render(`select * from marts.m where not coalesce(${isStanding}, false)`, 'new');
      const [is, wanted] = [`${typed} (${kept} union all ${typed} (${made}))`, `${typed} (${render(sql, 'new')})`];
      expect(await db.countDiffering(is, wanted)).toBe(0);
    }),
    { numRuns: 40 },
  );
  expect(goesOn).toBeGreaterThan(10);
});
