import { beforeAll, expect, it } from 'vitest';
import type { ColumnType } from '../../definition/type-name.ts';
import { parseType } from '../../definition/type-name.ts';
import { loadParser } from '../../expression/parser.ts';
import { addedGroups, addedRowsSql } from './added-groups.ts';
import type { Change } from './changes.ts';
import type { IncrementalModel } from './incremental-model.ts';

/* Whether rows put together so are those of a rebuild is what added-rows.test.ts holds; here stands which queries let themselves be. */

const columns: Readonly<Record<string, string>> = {
  id: 'integer',
  who: 'text',
  at: 'timestamp',
  day: 'date',
  amount: 'decimal(9,2)',
  weight: 'double',
};
const inputs = ['clean.visits', 'clean.people'].map((name) => ({
  name,
  columns: Object.keys(columns),
  kind: 'table' as const,
}));
const typeOf = (text: string) => parseType(text)!;
const shape = Object.entries(columns).map(([name, type]) => ({ name, type: typeOf(type) }));
const visits: Change = { model: 'clean.visits', seen: 3, raw: false };

function added(sql: string, own: Readonly<Record<string, string>>, changes: readonly Change[] = [visits]) {
  const [key] = Object.keys(own);
  const calendar = { timezone: 'UTC' } as IncrementalModel['calendar'];
  const model: IncrementalModel = { name: 'marts.m', sql, key: [key!], by: 'key', calendar, inputs, views: new Map() };
  const types = new Map<string, ColumnType>(Object.entries(own).map(([name, type]) => [name, typeOf(type)]));
  const stored = { shapeOf: () => shape, own: types };
  const groups = addedGroups(model, changes, stored);
  return groups && { ...groups, rows: addedRowsSql(model, 'marts__units.m', 'true', stored) };
}

beforeAll(loadParser);

it.each([
  [
    'select who, count(*) as n, min(at) as first from clean.visits group by who',
    'who text, n integer, first timestamp',
  ],
  ['select who, sum(amount) filter (where id > 1) as s from clean.visits group by 1', 'who text, s decimal(20,2)'],
  [
    'select v.day, max(v.id) as m from (select * from clean.visits where id > 0) v group by v.day',
    'day date, m integer',
  ],
  [
    'select p.who, v.day, count(v.id) as n from clean.visits v left join clean.people p on p.id = v.id group by p.who, v.day',
    'who text, day date, n integer',
  ],
  ['select day, who from clean.visits group by day, who', 'day date, who text'],
  ['with v as (select day from clean.visits) select day, count(*) as n from v group by day', 'day date, n integer'],
])('goes on by what came: %s', (sql, own) => {
  expect(added(sql, typesIn(own))).toBeDefined();
});

it.each([
  ['select who, count(distinct day) as n from clean.visits group by who', 'who text, n integer'],
  ['select who, avg(id) as n from clean.visits group by who', 'who text, n double'],
  ['select who, sum(weight) as n from clean.visits group by who', 'who text, n double'],
  ['select who, sum(amount) as n from clean.visits group by who', 'who text, n decimal(9,1)'],
  ['select who, sum(amount) as n from clean.visits group by who', 'who text, n integer'],
  ['select who, count(*) + 1 as n from clean.visits group by who', 'who text, n integer'],
  ['select who, count(*) as n from clean.visits group by who having count(*) > 1', 'who text, n integer'],
  ['select who, count(*) as n from clean.visits group by who, day', 'who text, n integer'],
  ['select cast(at as date) as day, count(*) as n from clean.visits group by at', 'day date, n integer'],
  ['select at, count(*) as n from clean.visits group by at', 'at date, n integer'],
  ['select min(id) as id, count(*) as n from clean.visits group by who', 'id integer, n integer'],
  ['select who, day from clean.visits', 'who text, day date'],
  [
    'select a.who, count(*) as n from clean.visits a join clean.visits b on b.id = a.id group by a.who',
    'who text, n integer',
  ],
  [
    'select p.who, count(v.id) as n from clean.people p left join clean.visits v on v.id = p.id group by p.who',
    'who text, n integer',
  ],
  [
    'select who, count(*) as n from (select who, day from clean.visits group by who, day) v group by who',
    'who text, n integer',
  ],
  ['select who, count(*) as n from (select distinct who from clean.visits) v group by who', 'who text, n integer'],
  [
    'select who, count(*) as n from (select who, lag(id) over (order by id) as b from clean.visits) v group by who',
    'who text, n integer',
  ],
  [
    'select who, count(*) as n from clean.people where id in (select id from clean.visits) group by who',
    'who text, n integer',
  ],
])('is computed anew: %s', (sql, own) => {
  expect(added(sql, typesIn(own))).toBeUndefined();
});

it('is computed anew where two inputs changed', () => {
  const sql = 'select v.day, count(*) as n from clean.visits v join clean.people p on p.id = v.id group by v.day';
  const own = typesIn('day date, n integer');
  expect(added(sql, own)).toBeDefined();
  expect(added(sql, own, [visits, { ...visits, model: 'clean.people' }])).toBeUndefined();
});

it('orders by no column, which need not be among those that came', () => {
  const sql =
    'select v.day, count(*) as n from (select day from clean.visits order by at) v group by v.day order by max(v.day)';
  expect(added(sql, typesIn('day date, n integer'))!.groups).not.toContain('ORDER BY');
});

it('tells rows apart by the columns that it reads, and asks first whether one went', () => {
  const found = added('select who, count(*) as n from clean.visits group by who', typesIn('who text, n integer'))!;
  const log =
    'select "who", sum(case when _came then 1 else -1 end) as etalon_copies from clean__changes."visits" where _build > 3 group by "who"';
  expect(found.gone).toContain(log);
  expect(found.rows).toBe(
    'select q."who", sum(q."n") as "n" from (select "who", "n" from marts.m where true union all select cast("who" as text) as "who", cast("n" as bigint) as "n" from marts__units.m) as q group by q."who"',
  );
});

function typesIn(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(text.split(/, (?=\w+ \w)/).map((one) => one.split(' ') as [string, string]));
}
