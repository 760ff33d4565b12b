import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { useMemory } from '../../../tests/support/duckdb-memory.ts';
import { renderSql } from '../../dialect/render-sql.ts';
import { type SelectStmt, selectOf } from '../../expression/ast.ts';
import { loadParser, parseStatements } from '../../expression/parser.ts';
import { writeSql } from '../../expression/write-sql.ts';
import { affected } from './affected.ts';
import type { Change } from './changes.ts';
import { inlineQueries } from './inline-queries.ts';
import { memberOf } from './member.ts';
import { restrict } from './restrict.ts';

/*
 * The oracle of increments: a query over old and over new tables. Every row that differs must be among those that `affected` names, and the restricted query must give the rows
 * that the whole one gives for them.
 */

const tables: Readonly<Record<string, readonly string[]>> = {
  'clean.a': ['id', 'k', 'day', 'v'],
  'clean.b': ['id', 'k', 'v'],
  'clean.c': ['id', 'b_id', 'w'],
};
const columnsOf = (model: string) => tables[model];
const views: Readonly<Record<string, string>> = { 'clean.view': 'select id, k, day, v from clean.a where v > 0' };

interface Case {
  readonly sql: string;
  readonly by: readonly string[];
}

const telling: readonly Case[] = [
  { sql: 'select id, day, v from clean.a', by: ['day'] },
  { sql: 'select id, day + 1 as next_day, v from clean.a where v > 1', by: ['next_day'] },
  { sql: 'select * from clean.view where k > 0', by: ['day'] },
  { sql: 'select day, count(*) as n, sum(v) as v from clean.a group by day', by: ['day'] },
  { sql: 'select day as d, count(*) as n from clean.a group by 1 having count(*) > 1', by: ['d'] },
  { sql: 'select k, min(day) as first_day from clean.a group by k', by: ['k'] },
  { sql: 'select distinct k, v from clean.a', by: ['k'] },
  { sql: 'select a.id, a.day, b.v from clean.a a join clean.b b on b.k = a.k', by: ['day'] },
  { sql: 'select a.id, a.day, b.v from clean.a a left join clean.b b on b.k = a.k', by: ['day'] },
  { sql: 'select a.id, a.day from clean.a a left join clean.b b on b.k = a.k where b.id is null', by: ['day'] },
  {
    sql: 'select a.id, a.day, coalesce(b.v, 0) as v from clean.a a left join clean.b b on b.k = a.k and b.v > a.v',
    by: ['id'],
  },
  { sql: 'select a.id, a.day from clean.a a left join clean.b b on b.k = a.k where coalesce(b.v, 1) = 1', by: ['day'] },
  {
    sql: 'select a.id, b.id as other, c.w from clean.a a left join clean.b b on b.k = a.k left join clean.c c on c.b_id = b.id',
    by: ['id'],
  },
  {
    sql: 'select a.id, c.w from clean.a a left join (clean.b b join clean.c c on c.b_id = b.id) on b.k = a.k',
    by: ['id'],
  },
  {
    sql: 'select a.day, sum(c.w) as w from clean.a a join clean.b b using (k) join clean.c c on c.b_id = b.id group by a.day',
    by: ['day'],
  },
  {
    sql: 'select a.id, a.day, x.n from clean.a a left join (select k, count(*) as n from clean.b group by k) x on x.k = a.k',
    by: ['day'],
  },
  {
    sql: 'with x as (select k, max(v) as v from clean.b where v > 0 group by k), y as (select k, v + 1 as v from x) select a.id, a.day, y.v from clean.a a join y on y.k = a.k',
    by: ['id'],
  },
  {
    sql: 'with x as (select b.k, c.w, row_number() over (partition by b.k order by c.w, c.id) as n from clean.b b join clean.c c on c.b_id = b.id) select a.id, x.w from clean.a a left join x on x.k = a.k and x.n = 1',
    by: ['id'],
  },
  {
    sql: 'select id, day, v from (select *, row_number() over (partition by k order by v, id) as n from clean.a) s where n = 1',
    by: ['day'],
  },
  {
    sql: 'select k, day, v from (select *, row_number() over (partition by k order by v, id) as n from clean.a) s where n = 1 and v > 0',
    by: ['k'],
  },
  {
    sql: 'select id, day, row_number() over (partition by k order by day nulls last, id) = 1 as is_first from clean.a',
    by: ['id'],
  },
  {
    sql: 'select id, day, row_number() over w as n, sum(v) over w as v from clean.a window w as (partition by k order by id)',
    by: ['day'],
  },
  {
    sql: 'select a.id, a.day, row_number() over (partition by a.k order by c.w nulls last, a.id) as n from clean.a a left join clean.b b on b.k = a.k left join clean.c c on c.b_id = b.id',
    by: ['id'],
  },
  { sql: 'select distinct on (k) k, day, v from clean.a order by k, v, id', by: ['k'] },
  {
    sql: 'select id, day from clean.a a where exists (select 1 from clean.b b where b.k = a.k and b.v > 0)',
    by: ['day'],
  },
  {
    sql: 'select id, day from clean.a a where not exists (select 1 from (select k as kk from clean.b where v = 1) as x where x.kk = a.k)',
    by: ['id'],
  },
  { sql: 'select id, day from clean.a where k in (select k from clean.b where v > 0)', by: ['day'] },
  {
    sql: 'select id, day from clean.a where k not in (select k from clean.b where v > 0 and k is not null)',
    by: ['day'],
  },
  { sql: 'select id, day, (select max(b.v) from clean.b b where b.k = a.k) as v from clean.a a', by: ['id'] },
  { sql: 'select id, day from clean.a union all select id, v as day from clean.b', by: ['id'] },
  { sql: 'select k as x from clean.a except select k from clean.b', by: ['x'] },
  { sql: 'select k as x from clean.a intersect select k from clean.b where v > 0', by: ['x'] },
  {
    sql: 'select x.k, count(*) as n from (select k from clean.a union all select k from clean.b) x group by x.k',
    by: ['k'],
  },
  { sql: 'select a.id, z.id as peer from clean.a a join clean.a z on z.k = a.k and z.id <> a.id', by: ['id'] },
  {
    sql: 'select a.k, a.v, count(*) as n from clean.a a join clean.b b on b.k = a.k and b.v >= a.v group by a.k, a.v',
    by: ['k', 'v'],
  },
  {
    sql: 'with p as (select k, min(v) as first from clean.b group by k) select u.k, u.day, p.first from (select k, max(day) as day from clean.a group by k) u left join p on p.k = u.k',
    by: ['k'],
  },
  {
    sql: 'select a.id from clean.a a join clean.b b on b.id = a.v left join clean.c c on c.id = a.id and b.k = a.k',
    by: ['id'],
  },
  {
    sql: 'with m as (select k, min(v) as first, max(day) as day from clean.a group by k) select m.k, m.day, b.v from m left join clean.b b on b.id = m.first where m.day > 0',
    by: ['k'],
  },
  {
    sql: 'with m as (select k, min(v) as first, max(day) as last from clean.a group by k) select m.k, b.v, c.w from m left join clean.b b on b.id = m.first left join clean.c c on c.id = m.last and c.w >= b.v',
    by: ['k'],
  },
  {
    sql: 'with m as (select id, day, row_number() over (partition by k order by v, id) as n from clean.a) select m.id, m.day, b.v from m join clean.b b on b.k = m.n',
    by: ['id'],
  },
  {
    sql: 'with m as (select k, min(v) as first from clean.a group by k), n as (select k, max(v) as best from clean.b group by k) select m.k, n.k as nk, n.best from m join n on n.best = m.first and n.k >= m.k join clean.c c on c.id = n.best',
    by: ['k'],
  },
];

const silent: readonly (Case & { readonly because: RegExp })[] = [
  { sql: 'select id, day from clean.a order by v limit 3', by: ['day'], because: /limit/ },
  { sql: 'select count(*) as n, max(day) as day from clean.a', by: ['day'], because: /many rows/ },
  { sql: 'select id, sum(v) over (order by id) as v from clean.a', by: ['id'], because: /window/ },
  {
    sql: 'select a.id, b.v as day from clean.a a left join clean.b b on b.k = a.k',
    by: ['day'],
    because: /may have no row/,
  },
  { sql: 'select a.id from clean.a a cross join clean.b b', by: ['id'], because: /belong together/ },
  { sql: 'select id, (select max(v) from clean.b) as v from clean.a', by: ['id'], because: /same for all rows/ },
  {
    sql: 'with x as (select k, max(v) as v from clean.b group by k) select a.id from clean.a a join x on x.v = a.v',
    by: ['id'],
    because: /belong together/,
  },
  { sql: 'select k, day, count(*) as n from clean.a group by rollup (k, day)', by: ['day'], because: /several sets/ },
];

function parse(sql: string): SelectStmt {
  const parsed = parseStatements(sql);
  if (!parsed.ok) throw new Error(`${parsed.message}: ${sql}`);
  const view = (model: string) => (views[model] === undefined ? undefined : parse(views[model]));
  return inlineQueries(selectOf(parsed.statements[0]), view);
}

const changes = new Map<string, Change>(Object.keys(tables).map((model) => [model, { model, seen: 0, raw: false }]));

function affectedBy(select: SelectStmt, by: readonly string[], changed: ReadonlyMap<string, Change>): string {
  const parts = [...changed.keys()].flatMap(
    (cause) => affected(select, by, cause, { columnsOf, changes: changed }) ?? [],
  );
  return parts.length === 0
    ? `select ${by.map((name) => `null as ${name}`).join(', ')} where false`
    : parts.join(' union ');
}

type Cell = number | null;
type Content = Readonly<Record<string, readonly (readonly Cell[])[]>>;

const cell = fc.option(fc.integer({ min: 0, max: 3 }), { freq: 6 });
const rowsOf = (model: string) => fc.array(fc.tuple(...tables[model]!.map(() => cell)), { maxLength: 6 });
const content = fc.record(Object.fromEntries(Object.keys(tables).map((model) => [model, rowsOf(model)])));
/** Mostly a small change, sometimes of one table only: those are the ones that go wrong. */
const history = fc.record({
  before: content,
  after: content,
  keep: fc.record(Object.fromEntries(Object.keys(tables).map((m) => [m, fc.constantFrom('all', 'some', 'none')]))),
});

describe('what a change touches', () => {
  beforeAll(() => loadParser());
  const db = useMemory(['old', 'new', 'log']);

  const render = (sql: string, schema: string) =>
    renderSql(sql, 'duckdb', (model) => {
      const [layer, table] = model.split('.') as [string, string];
      return { schema: layer === 'clean' ? schema : 'log', table };
    });
  const { count } = db;

  async function fill(before: Content, after: Content): Promise<void> {
    for (const [model, columns] of Object.entries(tables)) {
      const name = model.split('.')[1]!;
      const values = (rows: readonly (readonly Cell[])[]) =>
        rows.length === 0
          ? `select ${columns.map((c) => `null::bigint as ${c}`).join(', ')} where false`
          : `select * from (values ${rows.map((row) => `(${row.map((v) => `${v}::bigint`).join(', ')})`).join(', ')}) as t(${columns.join(', ')})`;
      await db.run(`create or replace table old.${name} as ${values(before[model]!)}`);
      await db.run(`create or replace table new.${name} as ${values(after[model]!)}`);
      const list = columns.join(', ');
      await db.run(
        `create or replace table log.${name} as select ${list}, 1::bigint as _build from ((from old.${name} except all from new.${name}) union all (from new.${name} except all from old.${name}))`,
      );
    }
  }

  it.each(telling)('$sql', async ({ sql, by }) => {
    const select = parse(sql);
    await fc.assert(
      fc.asyncProperty(history, async ({ before, after: other, keep }) => {
        const after: Content = Object.fromEntries(
          Object.entries(before).map(([model, rows]) => {
            if (keep[model] === 'all') return [model, rows];
            return [model, keep[model] === 'some' ? [...rows.slice(1), ...other[model]!.slice(0, 1)] : other[model]!];
          }),
        );
        await fill(before, after);
        const changed = new Map([...changes].filter(([model]) => keep[model] !== 'all'));
        const units = affectedBy(select, by, changed);
        const member = (values: readonly string[]) => memberOf(values, units, by);
        const whole = writeSql({ SelectStmt: select });
        const filtered = (query: string, negate: string) =>
          `select * from (${query}) as q where ${negate} ${member(by.map((name) => `q.${name}`))}`;
        const outside = filtered(whole, 'not coalesce(').replace(/$/, ', false)');
        const [a, b] = [render(outside, 'old'), render(outside, 'new')];
        expect(await count(`(${a}) except all (${b})`), `lost: ${units}`).toBe(0);
        expect(await count(`(${b}) except all (${a})`), `missed: ${units}`).toBe(0);
        const narrow = writeSql({ SelectStmt: restrict(select, by, { condition: member, columnsOf }) });
        const [want, got] = [render(filtered(whole, ''), 'new'), render(filtered(narrow, ''), 'new')];
        expect(await count(`(${want}) except all (${got})`), `restricted lacks rows: ${narrow}`).toBe(0);
        expect(await count(`(${got}) except all (${want})`), `restricted has others: ${narrow}`).toBe(0);
      }),
      { numRuns: 6 },
    );
  });

  it.each(silent)('cannot tell: $sql', ({ sql, by, because }) => {
    expect(() => affectedBy(parse(sql), by, changes)).toThrow(because);
  });

  it('reads no more than what changed where the rows say it themselves', () => {
    const sql = affectedBy(
      parse('select a.id, a.day, b.v from clean.a a left join clean.b b on b.k = a.k'),
      ['day'],
      new Map([['clean.a', changes.get('clean.a')!]]),
    );
    expect(sql).toBe(
      'select distinct a.day as "day" from (select "day" from clean__changes."a" where _build > 0) as "a"',
    );
  });
});
