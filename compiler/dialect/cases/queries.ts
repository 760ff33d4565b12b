/** Whole queries over `marts.facts` and `clean.users`. Rows are compared in the order given where there is an ORDER BY at the end, else as a bag. */
export const queryCases: Readonly<Record<string, string>> = {
  'aggregates over everything':
    'select count(*), count(n) as cn, count(distinct n) as nd, sum(n) as sn, sum(d) as sd, sum(w) as sw, avg(n) as an, avg(d) as ad, min(d), max(d), min(t) as mt, max(day) as md from marts.facts',
  'aggregates of nothing':
    "select count(*), sum(n), avg(d) as ad, max(s), string_agg(s, ',') as sa, bool_and(b) as ba from marts.facts where false",
  'aggregates with filters':
    "select sum(d) filter (where b) as x, count(*) filter (where n > 2) as y, avg(n) filter (where s like 'a%') as z, sum(n) filter (where false) as none from marts.facts",
  'statistics over decimals':
    'select stddev(d) as a, stddev_pop(d) as b, variance(n) as c, var_pop(w) as e, stddev_samp(n) as f, corr(n, id) as g, covar_pop(n, id) as h, covar_samp(w, id) as i from marts.facts',
  'percentiles of decimals are not cut':
    'select median(d) as m, percentile(d, 0.9) as p, percentile_cont(0.25) within group (order by d) as q, percentile_cont(0.5) within group (order by n desc) as r, percentile_disc(0.5) within group (order by n) as u, percentile_disc(d, 0.3) as v, median(w) filter (where b) as x from marts.facts',
  'the percentile_disc of shares':
    'select percentile_disc(n, 0.25) as a, percentile_disc(n, 0.5) as b, percentile_disc(n, 0.75) as c, percentile_disc(n, 0.99) as d, percentile_disc(n, 0.1) as e, percentile_disc(s, 0.5) as f from marts.facts',
  'min and max of text go by bytes':
    'select min(s), max(s), min(name) as mn, max(name) as mx from marts.facts cross join clean.users',
  'boolean aggregates': 'select bool_and(b) as a, bool_or(b) as o, every(b) as e from marts.facts',
  'string_agg in order':
    "select string_agg(s, '|' order by s) as a, string_agg(s, '|' order by s desc nulls last) as d, string_agg(distinct s, '|' order by s) as u, string_agg(n::text, ',' order by n, id) as n from marts.facts",
  'array_agg in order':
    "select array_to_string(array_agg(n order by n desc nulls last, id), ',') as a, cardinality(array_agg(id)) as c from marts.facts where n is not null",
  'group by': 'select b, count(*) as n, sum(d) as total from marts.facts group by b order by b',
  'group by an alias that is a column too':
    'select lower(s) as s, count(*) as n from marts.facts group by s order by 1',
  'group by an expression':
    "select date_trunc('year', t) as y, sum(d) / count(*) as mean from marts.facts group by 1 order by 1",
  'order by an alias that is a column too': 'select -n as n, id from marts.facts order by n, id',
  having: 'select n, count(*) as c from marts.facts group by n having count(*) > 1',
  'grouping sets':
    'select b, n > 2 as big, count(*) as c, grouping(b) as g from marts.facts group by grouping sets ((b, n > 2), (b), ()) order by 4, 1, 2, 3',
  'rollup and cube':
    'select b, country, count(*) as c from marts.facts f left join clean.users u on u.id = f.id group by rollup (b), cube (country) order by 1, 2, 3',
  'nulls last': 'select n, id from marts.facts order by n, id',
  'nulls first where descending': 'select n, id from marts.facts order by n desc, id',
  'nulls where told': 'select n, id from marts.facts order by n desc nulls last, id limit 4 offset 1',
  'text order by bytes': 'select s as label, id from marts.facts order by label, id',
  'text order by bytes, by an expression': "select id from marts.facts order by s || 'x' desc, id",
  'limit by text order': 'select name from clean.users order by name limit 2',
  distinct: 'select distinct n > 2 as x, b from marts.facts',
  'distinct on': 'select distinct on (b) b, id, n from marts.facts order by b, n desc nulls last, id',
  'row numbers with nulls and text':
    'select id, row_number() over (order by s) as a, row_number() over (order by n desc, id) as b, row_number() over (partition by b order by n, id) as c from marts.facts order by id',
  ranks:
    'select id, rank() over (order by n) as r, dense_rank() over (order by n) as d, percent_rank() over (order by n) as p, cume_dist() over (order by n) as c, ntile(3) over (order by n, id) as t from marts.facts order by id',
  'lag, lead and values':
    'select id, lag(d) over (order by id) as a, lead(n, 2, 0) over (order by id) as b, first_value(s) over (order by id) as c, last_value(n) over (order by id rows between unbounded preceding and unbounded following) as e, nth_value(n, 2) over (order by id) as f from marts.facts order by id',
  'running sums':
    'select id, sum(d) over (order by id) as a, sum(n) over (order by id rows between 1 preceding and 1 following) as b, avg(n) over (order by id rows 2 preceding) as c, count(*) over (order by n) as e, sum(d) over (partition by b) as f from marts.facts order by id',
  'frames by range of time':
    "select id, count(*) over (order by t range between interval '60 days' preceding and current row) as a, sum(n) over (order by id groups between 1 preceding and current row) as b, sum(n) over (order by id rows between unbounded preceding and current row exclude current row) as c from marts.facts where t is not null order by id",
  'named windows':
    'select id, sum(n) over w as a, max(d) over (w rows 1 preceding) as b from marts.facts window w as (partition by b order by id) order by id',
  'aggregates inside windows':
    'select b, sum(sum(d)) over (order by b) as running from marts.facts group by b order by b',
  'inner join': 'select f.id, u.name from marts.facts f join clean.users u on u.id = f.id order by f.id',
  'left join keeps rows':
    "select f.id, u.name, coalesce(u.country, 'unknown') as country from marts.facts f left join clean.users u on u.id = f.id order by f.id",
  'full join using': 'select id, s, name from marts.facts full join clean.users using (id) order by id',
  'join on nulls':
    'select a.id, b.id as other from marts.facts a join marts.facts b on a.n is not distinct from b.n order by 1, 2',
  'natural join and star': 'select * from (select id, n from marts.facts) a natural join clean.users order by id',
  'cross join and comma':
    'select a.id, b.id as other from clean.users a, clean.users b where a.id < b.id order by 1, 2',
  lateral:
    'select u.id, l.total from clean.users u left join lateral (select sum(f.d) as total from marts.facts f where f.id >= u.id) l on true order by u.id',
  'three-part names': 'select marts.facts.id, facts.n from marts.facts where marts.facts.n > 1 order by 1',
  'subquery in select':
    'select id, (select name from clean.users u where u.id = f.id) as name from marts.facts f order by id',
  'in a subquery': 'select id from marts.facts where id in (select id from clean.users) order by id',
  'not in a subquery with null':
    'select id from marts.facts where n not in (select n from marts.facts where n is null or n = 5) order by id',
  exists:
    'select id from marts.facts f where exists (select 1 from clean.users u where u.id = f.id and u.country is not null) order by id',
  'any and all':
    'select id from marts.facts where n >= all (select n from marts.facts where n is not null) or n = any (select id from clean.users) order by id',
  'union, intersect, except':
    'select id from marts.facts where id < 3 union select id from clean.users except (select 9 intersect select id from clean.users) order by 1',
  'union all with types': "select 1 as x, 'a' as y union all select 2.5, 'b' union all select null, null order by 1",
  values: "select * from (values (1, 'a'), (2, null)) as v (x, y) order by x",
  'values without names': "select column1 + 1 as a, column2 from (values (1, 'a'), (2, null)) v order by 1",
  'values of a CTE': 'with v as (values (1, 2.5), (3, 4)) select column1, column2 * 2 as twice from v order by 1',
  CTEs: 'with a as (select id, n from marts.facts where n > 0), b as materialized (select sum(n) as total from a) select a.id, a.n / b.total as share from a, b order by 1',
  'recursive CTE':
    'with recursive r(n, p) as (select 1, 1 union all select n + 1, p * 2 from r where n < 10) select n, p from r order by n',
  'a CTE that shadows': 'with facts as (select 1 as id) select id from facts',
  'unnamed columns of subqueries':
    'select sum + 1 as a, count as b, "coalesce" as c, lower as d from (select sum(n), count(*), coalesce(max(d), 0), lower(max(s)) from marts.facts) x',
  'names that need quotes':
    'select n as "select", d as "Mixed Case", s as "a""b", id as "user", x."order" from marts.facts, (select 1 as "order") as x order by "user"',
  'reserved table alias': 'select "user".name from clean.users as "user" order by 1',
  'a series of numbers': 'select g, g * 2 as twice from generate_series(1, 5) as g order by 1',
  'a series with a step and a name': 'select n from generate_series(10, 1, -3) as g (n) order by 1',
  'a series of days':
    "select d::date as day from generate_series(date '2025-01-30', date '2025-02-02', interval '1 day') as d order by 1",
  'a series of months by instant':
    "select m from generate_series(timestamptz '2025-01-01 00:00:00+00', timestamptz '2025-04-01 00:00:00+00', interval '1 month') as m order by 1",
  'a series of days joined':
    "select s.at::date as day, count(f.id) as n from generate_series(date '2025-01-30', date '2025-02-01', interval '1 day') as s (at) left join marts.facts f on f.day = s.at::date group by 1 order by 1",
  'a series that depends on a row':
    'select f.id, g from marts.facts f, generate_series(1, f.n) as g where f.n < 4 order by 1, 2',
  unnest: "select x, i from unnest(array['a', 'b', 'c']) with ordinality as u (x, i) order by i",
  'elements of JSON':
    "select f.id, e.value as v from marts.facts f cross join lateral jsonb_array_elements_text(f.j -> 'list') e where f.id in (1, 3) order by 1, 2",
  'elements of JSON with their place':
    "select f.id, e.o, e.v ->> 'three' as three from marts.facts f, jsonb_array_elements(f.j) with ordinality as e (v, o) where f.id = 8 order by 2",
  'keys of JSON': 'select k from marts.facts f, jsonb_object_keys(f.j) as k where f.id = 1 order by 1',
  'a ratio of sums':
    'select b, sum(d) / nullif(sum(n), 0) as a, count(*) filter (where n > 2) / count(*) as share, sum(d) filter (where false) / 2 as none from marts.facts group by b order by b',
  'sums of integers stay integers':
    'select sum(n) as a, sum(n) * 2 as b, sum(n) % 7 as c, sum(id) / 7 as e from marts.facts',
  money:
    'select sum(round(d * 0.19, 2)) as tax, round(sum(d) / 3, 2) as third, (sum(d) / 7)::numeric(12, 2) as seventh from marts.facts',
  'a calendar month in a zone':
    "select date_trunc('month', t at time zone 'Europe/Berlin')::date as m, count(*) as n from marts.facts where t is not null group by 1 order by 1",
  deduplication:
    'select id, n from (select id, n, row_number() over (partition by n order by t desc, s nulls last, id) as rn from marts.facts) x where rn = 1 order by id',
  'case in aggregates':
    'select sum(case when b then d else 0 end) as a, count(case when n > 2 then 1 end) as c, avg(case when n > 100 then null else n end) as e from marts.facts',
  'count of distinct expressions':
    "select count(distinct lower(s)) as a, count(distinct date_trunc('year', t)) as b, sum(distinct n) as c from marts.facts",
  'booleans as output': 'select id, n > 2 as big, b, n is null as missing from marts.facts order by id',
  'offset without limit': 'select id from marts.facts order by id offset 6',
  'comments and layout': '/* a */ select id -- b\n, n from marts.facts where id = 1',
};
