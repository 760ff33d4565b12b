import { beforeAll, describe, expect, it } from 'vitest';
import type { Node } from './ast.ts';
import { isNode, selectOf } from './ast.ts';
import { loadParser, parseStatements } from './parser.ts';
import { writeExpression, writeSql } from './write-sql.ts';

beforeAll(loadParser);

function parse(sql: string): Node {
  const parsed = parseStatements(sql);
  if (!parsed.ok) throw new Error(`${parsed.message} in ${sql}`);
  return parsed.statements[0]!;
}

/** A tree without places, and without what is one thing in two spellings. */
function essence(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(essence);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(
    ([key, item]) =>
      !/location|list_start|list_end|^funcformat$/.test(key) &&
      !(isNode(item) && 'String' in item && item.String.sval === 'pg_catalog'),
  );
  return Object.fromEntries(
    entries.map(([key, item]) => [
      key,
      essence(
        Array.isArray(item)
          ? item.filter((i) => !(isNode(i) && 'String' in i && i.String.sval === 'pg_catalog'))
          : item,
      ),
    ]),
  );
}

function expectSame(sql: string): void {
  const tree = parse(sql);
  const text = writeSql(tree);
  expect(essence(parse(text))).toEqual(essence(tree));
  expect(writeSql(parse(text))).toBe(text);
}

const expressions =
  `(a+b)*c;a - (b - c);not (a and b);(a or b) and c;a or b and c;a and (b and c);(a = b) is null;(a+b)::int;-(a+b);a = (b = c);(select 1) + 1;a || (b || c);(a and b) = c;
(a between b and c) = true;-(-1);- -1;(-1)::int;-1::int;2 ^ -1;a -> 'b' ->> 'c';(a + b) -> 'c';a::text ~ 'x';(a at time zone 'x') + interval '1 day';a at time zone 'x' at time zone 'y';not a = b;(not a) = b;
(a is null) is null;(not a) is null;not a is null;interval '1 day' * 2;a collate "C";(a||b) collate "C";(a collate "C") || b;a like 'b' escape 'x';a not ilike 'b';(a in (1,2)) = b;a not in (select 1);(a in (select 1)) is null;a = any(array[1,2]);
a <> all(select 1);exists (select 1);not exists (select 1);a::numeric;cast(a as decimal(3,1));a::timestamptz;a::timestamp with time zone;timestamptz '2020-01-01';a::double precision;a::varchar;a::int[];array[]::int[];a[1];a[1:2];(array[1,2])[1];
"Us er"."x""y";"select";"user"."order";'it''s';E'a\\\\b';E'a\\nb';$$x$$;1e10;.5;1.50;12345678901234567890;-1.5;null;not true;case a when 1 then 2 else 3 end;case when a then b when c then d end;(case when a then 1 end) + 1;(case when a then 1 end)::int;
coalesce(a,b)::int;nullif(a,b);greatest(a,b);least(a,b);row(1,2);(1,2) = (3,4);(a,b) in ((1,2),(3,4));count(*);count(distinct a);sum(a) filter (where b or c);string_agg(a, ',' order by b desc nulls last);array_agg(distinct a order by a);
percentile_cont(0.5) within group (order by a desc);row_number() over (partition by a, b order by c rows between unbounded preceding and current row);sum(x) over (rows between 3 preceding and current row);lag(a, 1) over (order by b);
sum(x) over (order by d range between interval '1 day' preceding and 1 + 1 following);sum(x) over (order by d groups between 1 preceding and unbounded following exclude ties);extract(year from a + b);date_part('year', d);substring(a from 1 for 2);substring(a, 1, 2);
position('a' in b || c);trim(a);trim(leading 'x' from a);trim(both from a);a is distinct from b;(a is distinct from b) is true;a is not distinct from b or c;a is true;a is not unknown;a between 1 and 2;a not between b - 1 and c + 2;a between (b and c) and d;a ~* 'x';a !~ 'x';a @> b;
x % 2;5 / 2;a & b;~a;a <> b;a != b;a <= b and b >= c;date '2020-01-01';make_interval(days => 3);grouping(a);(select max(x) from t where t.a = b);a isnull;a notnull;(a = b) = (c = d);(a < b) = c;a - b - c;a / (b * c);a / b * c;a % (b + c);
- a ^ 2;(- a) ^ 2;-(a ^ 2);a ^ (b ^ c);(a ^ b) ^ c;not not a;a + - b;a - -1;1 - -1;(1)::text || 'x';(a || b)::text;(a and b) is true;(a or b) is not true;(a like 'b') is null;(a ~ 'b') and c;a = b is true;(a::int)::text;(a -> 'b')::int;a -> 'b'::text;(-5) % 3;a * -b;-a::int;(-a)::int;
(a <> b) <> c;a || b || c;(a -> 'x') ->> ('y' || z);a = any(select 1) is null;(a = any(b)) = c;a::timestamptz at time zone 'UTC';(a at time zone 'UTC')::date;(d + 1)::date;@ -5;етот + "Имя"`
    .split(';')
    .map((sql) => sql.trim());

const queries = [
  'select position((a collate "C") in (b collate "C")), position(\'a\' || b in c), t between (a at time zone \'UTC\') and b at time zone \'UTC\', s between (a collate "C") and b from x',
  'select distinct a from t',
  'select distinct on (a, b) a, b from t order by a, b',
  'select a from t union all select b from u',
  '(select a from t order by a limit 1) union (select b from u) order by 1',
  'select a from t except select b from u intersect select c from v',
  '(select a from t except select b from u) intersect select c from v',
  'select a from t except (select b from u except select c from v)',
  'with a as (select 1), b as materialized (select 2) select * from a, b',
  'with recursive r(n) as (select 1 union all select n+1 from r where n < 3) select * from r',
  'values (1,2),(3,4)',
  'select * from (values (1,2),(3,4)) v(a,b)',
  'select * from a join b using (x, y)',
  'select * from a natural left join b',
  'select * from a cross join b',
  'select * from a left join (b join c on true) on true',
  'select * from (a join b on true) x',
  'select * from (a full join b on a.x = b.x) right join c on c.x = a.x',
  'select * from generate_series(1,3) g',
  'select * from generate_series(1,3) as g(x)',
  'select * from t, lateral (select 1) x',
  'select * from t cross join lateral jsonb_array_elements(t.a) as e(v)',
  'select * from unnest(array[1,2]) with ordinality u(a,b)',
  'select a from t group by grouping sets ((a),(a,b),())',
  'select a from t group by rollup(a,b), cube(c)',
  'select a, b from t group by (a, b)',
  'select a from t group by a having count(*) > 1 and true order by a desc nulls last, b nulls first limit 3 offset 2',
  'select sum(b) over w, sum(b) over (w rows between 3 preceding and current row) from t window w as (partition by a order by b)',
  'select 1 as "select", 2 as "Foo", 3 as "user", 4 as value, 5 as "a b", 6 as qualify',
  'select t.*, * from marts.t as t',
  'select "T"."A" from "Marts"."T"',
  'table t',
  'select a as b from t as c(d,e)',
  'select (with x as (select 1 as a) select a from x)',
  'select a from t limit (select 1) offset 1 + 1',
  "select 'a\nb' from (select 'c\n  d' as x) y",
  'with a as (with b as (select 1) select * from b) select * from a union all (with c as (select 2) select * from c)',
  'select a from t where a and (b or c) and not d',
  'select count(*) from t group by ()',
];

describe('writeSql', () => {
  it.each([...expressions.map((sql) => `select ${sql} as z from t`), ...queries])('keeps the meaning of %s', (sql) =>
    expectSame(sql),
  );

  it('lays a query out, a clause to a line, and leaves text alone', () => {
    const sql =
      "with x as (select 'a\nb' as s from raw.t) select s, count(*) as n from x join clean.u u on u.s = x.s where a = 1 and b in (select 1) group by s order by n desc limit 5";
    expect(writeSql(parse(sql))).toBe(`WITH x AS (
  SELECT
    'a
b' AS s
  FROM raw.t
)
SELECT
  s,
  count(*) AS n
FROM x
JOIN clean.u AS u ON u.s = x.s
WHERE
  a = 1
  AND b IN (
    SELECT
      1
  )
GROUP BY s
ORDER BY n DESC
LIMIT 5`);
  });

  it.each([
    ["interval '3' month", "'3 month'::interval"],
    ['sum(x) over (rows 3 preceding)', 'sum(x) OVER (ROWS BETWEEN 3 PRECEDING AND CURRENT ROW)'],
    ["trim(both 'x' from a)", "btrim(a, 'x')"],
    ['a != b', 'a <> b'],
    ['cast(a as int)', 'a::integer'],
  ])('has one spelling for %s', (sql, expected) => {
    expect(writeSql(parse(`select ${sql}`))).toBe(`SELECT\n  ${expected}`);
  });

  it('writes expressions on one line', () => {
    const select = selectOf(parse("select exists (select 1 from t where a and b) and substring(a from 1 for 2) = 'x'"));
    const target = select.targetList![0]!;
    expect('ResTarget' in target && writeExpression(target.ResTarget.val!)).toBe(
      "EXISTS (SELECT 1 FROM t WHERE a AND b) AND substring(a, 1, 2) = 'x'",
    );
  });

  it.each([
    'select a from only t',
    'select from t',
    'select a::char(3)',
    'select a::varchar(3)',
    'select a::uuid',
    "select b'1'",
    'select a from t order by a using <',
    'select a between symmetric 1 and 2',
    'select (a).b',
    'select (a).b[1]',
    'select * from rows from (f(1), g(2))',
    'select xmlelement(name x)',
    "select json_object('a': 1)",
    'select a is json',
    'select a from t order by a fetch first 1 rows with ties',
    'select a operator(pg_catalog.+) b',
    "select interval '1-2' year to month",
  ])('refuses %s', (sql) => {
    expect(() => writeSql(parse(sql))).toThrow('is not supported');
  });
});
