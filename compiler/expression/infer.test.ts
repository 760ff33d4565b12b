import { beforeAll, describe, expect, it } from 'vitest';
import type { SqlText } from '../source/source-file.ts';
import type { ShapeColumn } from './contract.ts';
import { inferExpression } from './infer-expression.ts';
import { inferSelect } from './infer-select.ts';
import { parseExpression } from './parse-expression.ts';
import { parseSelect } from './parse-select.ts';
import { loadParser } from './parser.ts';

beforeAll(loadParser);

const orders: ShapeColumn[] = [
  { name: 'order_id', type: { name: 'integer' } },
  { name: 'user_id', type: { name: 'text' } },
  { name: 'paid_at', type: { name: 'timestamp' } },
  { name: 'paid_day', type: { name: 'date' } },
  { name: 'status', type: { name: 'text' } },
  { name: 'amount', type: { name: 'decimal', precision: 12, scale: 2 } },
  { name: 'weight', type: { name: 'double' } },
  { name: 'properties', type: { name: 'json' } },
];
const users: ShapeColumn[] = [
  { name: 'user_id', type: { name: 'text' } },
  { name: 'country', type: { name: 'text' } },
  { name: 'is_test', type: { name: 'boolean' } },
];
const shapes = new Map([
  ['marts.orders', orders],
  ['clean.users', users],
]);

function file(text: string): SqlText {
  return {
    text,
    span: {
      file: 'm.sql',
      start: { offset: 0, line: 1, column: 1 },
      end: { offset: text.length, line: 1, column: text.length + 1 },
    },
  };
}

function infer(sql: string): ReturnType<typeof inferSelect> {
  const { select, diagnostics } = parseSelect(file(sql));
  expect(diagnostics).toEqual([]);
  return inferSelect(select!, (model) => shapes.get(model));
}

function typeText(type: { name: string; precision?: number; scale?: number } | undefined): string {
  return type ? `${type.name}${type.precision === undefined ? '' : `(${type.precision},${type.scale})`}` : '?';
}

function columnsOf(sql: string): string {
  const { columns, diagnostics } = infer(sql);
  expect(diagnostics.map((d) => d.message)).toEqual([]);
  return columns.map((c) => `${c.name} ${typeText(c.type)}`).join(', ');
}

const sourcesOf = (sql: string): Record<string, string> =>
  Object.fromEntries(
    infer(sql).columns.map((c) => [c.name, c.sources.map((s) => `${s.model}.${s.column}:${s.how}`).join(' ')]),
  );

describe('names and types', () => {
  it.each([
    [
      'select order_id, o.amount, amount * 2 as double_amount from marts.orders o',
      'order_id integer, amount decimal(12,2), double_amount decimal(38,2)',
    ],
    [
      'select sum(amount), count(*), avg(amount), max(paid_at) from marts.orders',
      'sum decimal(38,2), count integer, avg double, max timestamp',
    ],
    [
      "select amount::bigint, coalesce(status, 'x'), case when true then weight end, extract(year from paid_at) from marts.orders",
      'amount integer, coalesce text, case double, extract integer',
    ],
    ['select amount / 2 as a, order_id / 2 as b, weight / 2 as c from marts.orders', 'a decimal, b decimal, c double'],
    ['select * from clean.users', 'user_id text, country text, is_test boolean'],
    [
      'select u.*, o.amount from marts.orders o join clean.users u using (user_id)',
      'user_id text, country text, is_test boolean, amount decimal(12,2)',
    ],
    [
      'select * from clean.users a join (select user_id, amount from marts.orders) b using (user_id)',
      'user_id text, country text, is_test boolean, amount decimal(12,2)',
    ],
    [
      'with p as (select user_id, sum(amount) as total from marts.orders group by 1) select total / nullif(count(*), 0) as x from p group by total',
      'x decimal',
    ],
    ['select a.n, n * 2 as m from (values (1, 2.5), (2, 3)) as a (n, d)', 'n integer, m integer'],
    ['with recursive r(n) as (select 1 union all select n + 1 from r where n < 3) select n from r', 'n integer'],
    ['select user_id from marts.orders union select country from clean.users', 'user_id text'],
    [
      "select properties ->> 'a' as a, properties -> 'b' as b, paid_at - paid_at as c, paid_day + 1 as d, paid_day - paid_day as e from marts.orders",
      'a text, b json, c interval, d date, e integer',
    ],
    [
      "select date_trunc('month', paid_at) as m, paid_at at time zone 'UTC' as l, (paid_at at time zone 'Europe/Berlin')::date as d from marts.orders",
      'm timestamp, l timestamp, d date',
    ],
    [
      'select row_number() over (partition by user_id order by paid_at) as n, lag(amount) over w as before from marts.orders window w as (order by paid_at)',
      'n integer, before decimal(12,2)',
    ],
    [
      'select u.user_id, l.total from clean.users u left join lateral (select sum(amount) as total from marts.orders o where o.user_id = u.user_id) l on true',
      'user_id text, total decimal(38,2)',
    ],
    ['select d from generate_series(1, 3) as d', 'd integer'],
    ["select e.value ->> 'x' as x from marts.orders o, jsonb_array_elements(o.properties) e", 'x text'],
    [
      'select (select max(amount) from marts.orders) as top, exists (select 1 from clean.users) as any_user',
      'top decimal(12,2), any_user boolean',
    ],
    [
      "select percentile_cont(0.5) within group (order by amount) as p, string_agg(status, ',' order by status) as s from marts.orders",
      'p double, s text',
    ],
    ['select etalon_run_at() as at', 'at timestamp'],
  ])('%s', (sql, expected) => {
    expect(columnsOf(sql)).toBe(expected);
  });
});

describe('what is wrong', () => {
  it.each([
    ['select amonut from marts.orders', 'E1405 unknown column `amonut`', 'did you mean `amount`?'],
    [
      'select o.amonut from marts.orders o',
      'E1405 unknown column `amonut` in `o` (marts.orders)',
      'did you mean `amount`?',
    ],
    ['select x.amount from marts.orders o', 'E1405 no table is called `x` here', 'available: `o`'],
    [
      'select user_id from marts.orders o join clean.users u on o.user_id = u.user_id',
      'E1412 the column `user_id` is ambiguous',
      'it could be `o.user_id` or `u.user_id`',
    ],
    [
      'select amount + status as x from marts.orders',
      'E1407 `+` does not fit decimal(12,2) and text',
      'a cast says what is meant: `::numeric(18, 2)` or `::text`',
    ],
    [
      'select 1 as x from marts.orders where order_id = user_id',
      'E1407 `=` does not fit integer and text',
      'a cast says what is meant: `::bigint` or `::text`',
    ],
    [
      'select 1 as x from marts.orders where amount',
      'E1407 a condition is expected, and this is decimal(12,2)',
      undefined,
    ],
    [
      'select weight::text as x from marts.orders',
      'E1408 the text of a double is not the same on every engine',
      '`::numeric(18, 2)::text` says how many digits',
    ],
    [
      "select 'w' || amount / 2 as x from marts.orders",
      'E1408 the text of a decimal of unknown scale is not the same on every engine',
      '`::numeric(18, 2)::text` says how many digits',
    ],
    [
      "select concat(properties, 'x') as x from marts.orders",
      'E1408 the text of a json is not the same on every engine',
      undefined,
    ],
    [
      'select weight::numeric as x from marts.orders',
      'E1408 `numeric` without digits keeps ten decimals on DuckDB',
      '`numeric(18, 2)` says how many',
    ],
    [
      'select lower(amount) as x from marts.orders',
      'E1407 `lower` does not take decimal(12,2)',
      '`::text` makes text of it',
    ],
    [
      'select sum(status) as x from marts.orders',
      'E1407 `sum` does not take text',
      '`count(distinct x)` counts values of any type',
    ],
    [
      'select coalesce(amount, status) as x from marts.orders',
      'E1407 the values of `coalesce` are decimal(12,2) and text',
      'a cast says what is meant: `::numeric(18, 2)` or `::text`',
    ],
    [
      'select order_id as x from marts.orders union all select country from clean.users',
      'E1407 column 1 (`x`) is integer in one query of the set operation and text in the other',
      undefined,
    ],
    [
      'select user_id, amount from marts.orders union select user_id from clean.users',
      'E1407 the queries of a set operation yield 2 and 1 columns',
      undefined,
    ],
    [
      'select user_id from marts.orders where sum(amount) > 1',
      'E1410 an aggregate stands in `where`, which chooses rows before they are aggregated',
      '`having` chooses groups',
    ],
    [
      'select amount, amount from marts.orders',
      'E1302 two output columns are called `amount`',
      '`as name` tells them apart',
    ],
    ['select amount + 1 from marts.orders', 'E1406 output column 1 has no name', '`as name` gives it one'],
    [
      'select o as x from marts.orders o',
      'E1408 `o` is a table here: a whole row as a value is not known to give the same on every engine',
      undefined,
    ],
    [
      'select 1 as x from clean.users join clean.users on true',
      'E1412 two tables are called `users` here',
      'an alias tells them apart: `from clean.orders as o`',
    ],
    ['select 1 as x from marts.orders order by nothing', 'E1405 unknown column `nothing`', expect.any(String)],
    ['select paid_at + 1 as x from marts.orders', 'E1407 `+` does not fit timestamp and integer', undefined],
    [
      'select x from (select o.amount as x, u.nope from clean.users u, marts.orders o) s',
      'E1405 unknown column `nope` in `u` (clean.users)',
      expect.any(String),
    ],
  ])('%s', (sql, expected, hint) => {
    const { diagnostics } = infer(sql);
    expect(diagnostics.map((d) => `${d.code} ${d.message}`)).toEqual([expected]);
    expect(diagnostics[0]?.hints[0]).toEqual(hint);
  });

  it.each([
    "select 1 as x from marts.orders where paid_day = '2025-01-01' and amount > '5' and status in ('a', 'b') and paid_at >= paid_day",
    'select status as s, count(*) as n from marts.orders group by s having count(*) > 1 order by n desc, s',
    "select status || ':' || order_id as x, 'a' || amount as y from marts.orders",
    "select paid_at - interval '1 day' as a, interval '1 day' * 2 as b, interval '1 day' / 2 as c, paid_day - 7 as d from marts.orders",
    'select 1 as x from marts.orders o where exists (select 1 from clean.users where user_id = o.user_id and country = status)',
    'select null as x union all select amount from marts.orders',
    'select -amount as x, - order_id as y, +weight as z, not true as w from marts.orders',
    'select a.user_id as x from raw.unknown a join clean.users b on a.whatever = b.user_id where anything = 5',
  ])('finds nothing wrong: %s', (sql) => {
    expect(infer(sql).diagnostics).toEqual([]);
  });
});

describe('a quoted constant beside a date or an instant', () => {
  const told = (condition: string) =>
    infer(`select 1 as x from marts.orders where ${condition}`).diagnostics.map((d) => `${d.code} ${d.message}`);
  const refused = (text: string, type = 'timestamp') => [`E1407 \`'${text}'\` stands with ${type}, which it is not`];

  it.each([
    '2025-13-01',
    '2025-02-30',
    '1900-02-29',
    '0000-01-01',
    '2025-02-29 00:00:00',
    '2025-01-03 25:00:00',
    '2025-01-03 24:00:01',
    '2025-01-03 10:61:00',
    '2025-01-03T10:00:60Z',
    '2025-01-03 10:00:00+16',
    '2025-01-03 10',
    '20250103',
    'soon',
    '',
  ])('that there is not: %s', (text) => {
    expect(told(`paid_at > '${text}'`)).toEqual(refused(text));
    expect(told(`'${text}' <= paid_day`)).toEqual(refused(text, 'date'));
  });

  it('in between, in a list, beside what a function gives', () => {
    expect(told("paid_at between '2025-01-01' and '2025-01-32'")).toEqual(refused('2025-01-32'));
    expect(told("paid_day not in ('2025-01-01', 'soon')")).toEqual(refused('soon', 'date'));
    expect(told("paid_at is distinct from 'never'")).toEqual(refused('never'));
    expect(told("date_trunc('month', paid_at) = '2025-1'")).toEqual(refused('2025-1'));
    expect(told("paid_day in ('today')")).toEqual(["E1403 `'today'` reads the clock"]);
  });

  it.each([
    '2025-01-03',
    '2024-02-29',
    '2025-1-3',
    '2025/01/03',
    '12025-01-01',
    '2025-01-03T10:00Z',
    '2025-01-03t10:00z',
    '2025-01-03 9:00:00',
    '2025-01-03 10:00:00+02',
    '2025-01-03 10:00:00+0230',
    '2025-01-03 10:00:00 +02:30',
    '2025-01-03 10:00:00.123456-15:59',
    '2025-01-03 24:00:00',
    '2025-01-03 10:00:00 Europe/Berlin',
    '2025-01-03 10:00:00 UTC',
    'infinity',
    '-Infinity',
    'epoch',
  ])('that both engines read: %s', (text) => {
    expect(told(`paid_at > '${text}' and paid_day <> '${text}'`)).toEqual([]);
  });

  it('a length of time may be taken from an instant', () => {
    expect(told("paid_at + '1 day' > paid_day")).toEqual([]);
  });
});

describe('lineage', () => {
  it('follows columns through subqueries, CTEs, unions, windows and aggregates', () => {
    expect(
      sourcesOf(`with p as (select user_id, amount * 2 as twice, paid_at as at from marts.orders)
        select u.country, p.user_id, sum(p.twice) filter (where u.is_test) as total, p.at,
          rank() over (partition by u.country order by p.at) as r
        from p join clean.users u on u.user_id = p.user_id group by 1, 2, 4`),
    ).toEqual({
      country: 'clean.users.country:same',
      user_id: 'marts.orders.user_id:same',
      total: 'clean.users.is_test:filtered marts.orders.amount:aggregated',
      at: 'marts.orders.paid_at:same',
      r: 'clean.users.country:filtered marts.orders.paid_at:filtered',
    });
    expect(sourcesOf('select user_id as id from marts.orders union all select country from clean.users')).toEqual({
      id: 'clean.users.country:same marts.orders.user_id:same',
    });
    expect(sourcesOf('select x.* from (select coalesce(country, user_id) as c from clean.users) x')).toEqual({
      c: 'clean.users.country:changed clean.users.user_id:changed',
    });
  });

  it('keeps what only chooses rows apart', () => {
    const { filters } = infer(
      "select country from clean.users u join marts.orders o on o.user_id = u.user_id where o.status = 'paid' order by o.amount",
    );
    expect(filters.map((f) => `${f.model}.${f.column}`)).toEqual([
      'clean.users.user_id',
      'marts.orders.amount',
      'marts.orders.status',
      'marts.orders.user_id',
    ]);
  });

  it('says when a star hides the columns', () => {
    expect(infer('select * from raw.unknown')).toMatchObject({ complete: false, columns: [] });
    expect(sourcesOf('select a from raw.unknown')).toEqual({ a: 'raw.unknown.a:same' });
  });
});

describe('inferExpression', () => {
  const expression = (sql: string) => parseExpression(file(sql)).expression!;

  it('types over one model', () => {
    const found = inferExpression(
      expression("sum(amount) filter (where status = 'paid') / nullif(count(distinct user_id), 0)"),
      orders,
      { model: 'marts.orders' },
    );
    expect(found.type).toEqual({ name: 'decimal' });
    expect(found.sources.map((s) => `${s.column}:${s.how}`)).toEqual([
      'amount:aggregated',
      'status:filtered',
      'user_id:aggregated',
    ]);
    expect(
      inferExpression(expression('orders.amuont'), orders, { model: 'marts.orders' }).diagnostics[0]?.message,
    ).toBe('unknown column `amuont` in `orders` (marts.orders)');
  });

  it('asks a resolver, also for dotted names', () => {
    const resolve = (path: readonly string[]) =>
      path.join('.') === 'customer.channel' ? { type: { name: 'text' } as const, sources: [] } : undefined;
    expect(inferExpression(expression("customer.channel = 'ads'"), resolve)).toEqual({
      type: { name: 'boolean' },
      sources: [],
      diagnostics: [],
    });
    expect(
      inferExpression(expression('customer.chanel'), resolve, { available: ['channel'] }).diagnostics[0],
    ).toMatchObject({ code: 'E1405', hints: ['did you mean `channel`?'] });
  });
});
