import { beforeAll, describe, expect, it } from 'vitest';
import type { SqlText } from '../source/source-file.ts';
import { parseExpression } from './parse-expression.ts';
import { parseSelect } from './parse-select.ts';
import { loadParser } from './parser.ts';

beforeAll(loadParser);

function sqlFile(text: string): SqlText {
  const lines = text.split('\n');
  return {
    text,
    span: {
      file: 'models/marts/x.sql',
      start: { offset: 0, line: 1, column: 1 },
      end: { offset: text.length, line: lines.length, column: lines.at(-1)!.length + 1 },
    },
  };
}

function complaints(sql: string): string[] {
  const text = sqlFile(sql);
  return parseSelect(text).diagnostics.map(
    (d) =>
      `${d.code} ${d.span?.start.line}:${d.span?.start.column} ${sql.slice(d.span?.start.offset, d.span?.end.offset)}`,
  );
}

describe('parseSelect', () => {
  it('finds tables, without the names of CTEs', () => {
    const { select, diagnostics } = parseSelect(
      sqlFile('with o as (select * from marts.orders) select * from o join clean.users as u on o.user_id = u.user_id'),
    );
    expect(diagnostics).toEqual([]);
    expect(select?.tables.map(({ model, alias }) => [model, alias])).toEqual([
      ['marts.orders', 'orders'],
      ['clean.users', 'u'],
    ]);
    expect(select?.tables[1]?.span.start.column).toBe(61);
  });

  it('gives one text for one query', () => {
    const canonical = (sql: string): string | undefined => parseSelect(sqlFile(sql)).select?.canonical;
    expect(canonical('SELECT a,b FROM raw.t -- why\n WHERE a=1')).toBe(
      canonical('select a, b\nfrom raw.t where (a = 1)'),
    );
    expect(canonical('select a from raw.t')).not.toBe(canonical('select b from raw.t'));
  });

  it.each([
    ['select 1; select 2', ['E1402 1:1 select 1; select 2']],
    ['insert into raw.t values (1)', ['E1402 1:1 insert into raw.t values (1)']],
    ['drop table raw.t', ['E1402 1:1 drop table raw.t']],
    ['select a into raw.b from raw.t', ['E1402 1:1 select a into raw.b from raw.t']],
    ['select a from raw.t for update', ['E1402 1:1 select a from raw.t for update']],
    [
      'with x as (delete from raw.t returning *) select * from x',
      ['E1402 1:1 with x as (delete from raw.t returning *) select * from x'],
    ],
    ["select 'Москва 😀',\n  from from raw.t", ['E1401 2:3 from']],
    ["-- Кириллица\nselect 'ж', now()\nfrom raw.t", ['E1403 2:13 now']],
    ['select current_date, localtimestamp from raw.t', ['E1403 1:8 current_date', 'E1403 1:22 localtimestamp']],
    ["select 'now'::timestamptz, date 'today'", ["E1403 1:8 'now'", "E1403 1:33 'today'"]],
    [
      "select date '2025-02-30', '2025-01-01T24:01Z'::timestamptz, cast('2025-13-01' as timestamp), date 'soon', date '2024-02-29'",
      ["E1407 1:13 '2025-02-30'", "E1407 1:27 '2025-01-01T24:01Z'", "E1407 1:66 '2025-13-01'", "E1408 1:99 'soon'"],
    ],
    ['select random()', ['E1403 1:8 random']],
    ['select * from orders', ['E1404 1:15 orders']],
    ['select * from mart.orders', ['E1404 1:15 mart.orders']],
    ['select * from (with o as (select 1) select * from o) x join o on true', ['E1404 1:61 o']],
    ['select lenght(a) from raw.t', ['E1408 1:8 lenght']],
    ['select current_user', ['E1408 1:8 current_user']],
    ["select a similar to 'x' from raw.t", ['E1408 1:10 similar']],
    ['select * from raw.t tablesample bernoulli (10)', ['E1403 1:33 bernoulli']],
    ['select split_part(a) from raw.t', ['E1407 1:8 split_part']],
    ['', ['E1401 1:1 ']],
    ['select (1', ['E1401 1:10 ']],
  ])('%s', (sql, expected) => {
    expect(complaints(sql)).toEqual(expected);
  });

  it('names the near function and the marker of the run', () => {
    expect(parseSelect(sqlFile('select lenght(a) from raw.t')).diagnostics[0]?.hints).toEqual([
      'did you mean `length`?',
    ]);
    expect(parseSelect(sqlFile('select now()')).diagnostics[0]?.hints[0]).toContain('{{run_at}}');
  });
});

describe('parseExpression', () => {
  it('finds columns with their places, and aggregates', () => {
    const { expression } = parseExpression(sqlFile("sum(o.amount) filter (where статус = 'paid')"));
    expect(expression?.aggregate).toBe(true);
    expect(expression?.columns.map((c) => [c.path.join('.'), c.span.start.column, c.span.end.column])).toEqual([
      ['o.amount', 5, 13],
      ['статус', 29, 35],
    ]);
  });

  it('tells a window function from an aggregate', () => {
    expect(parseExpression(sqlFile('sum(a) over ()')).expression?.aggregate).toBe(false);
    expect(parseExpression(sqlFile('1 + (select sum(b) from raw.t)')).expression).toMatchObject({
      aggregate: false,
      tables: [{ model: 'raw.t' }],
    });
  });

  it.each([
    ['a, b', 'E1401', '2 expressions'],
    ['a from raw.t', 'E1401', 'from'],
    ['a; drop table x', 'E1401', '2 statements'],
    ['a as b', 'E1401', 'as b'],
    ['a union select b', 'E1401', 'set operation'],
    ['*', 'E1401', '`*`'],
    ['  ', 'E1401', 'empty'],
    ['sum(a', 'E1401', 'end of input'],
    ['now() > a', 'E1403', 'clock'],
    ['frobnicate(a)', 'E1408', 'frobnicate'],
  ])('refuses %s', (sql, code, words) => {
    const { expression, diagnostics } = parseExpression(sqlFile(sql));
    expect(expression).toBeUndefined();
    expect(diagnostics[0]?.code).toBe(code);
    expect(diagnostics[0]?.message).toContain(words);
  });

  it('places an error by the offsets of a block scalar', () => {
    // `is: |` with two lines indented by 4; the text begins at offset 10.
    const value = 'sum(a)\n+ from b';
    const offsets = [...value].map((_, i) => 10 + i + (i > 6 ? 4 : 0));
    offsets.push(10 + value.length + 4);
    const span = {
      file: 'metrics/m.yml',
      start: { offset: 10, line: 2, column: 5 },
      end: { offset: 30, line: 3, column: 12 },
    };
    const [found] = parseExpression({ text: value, span, offsets }).diagnostics;
    expect(found?.span?.start).toEqual({ offset: 23, line: 3, column: 7 });
  });
});

describe('a reserved word where a column is meant', () => {
  const hintOf = (outcome: { readonly diagnostics: readonly { readonly hints: readonly string[] }[] }) =>
    outcome.diagnostics[0]?.hints[0];

  it.each([
    ['sum(order)', 'order'],
    ['order > 1', 'order'],
    ['user.channel', 'user'],
    ['user', 'user'],
    ['select + 1', 'select'],
    ['count(distinct User)', 'user'],
    ['a + end', 'end'],
    ['coalesce(a, group)', 'group'],
    ['table', 'table'],
  ])('%s', (sql, word) => {
    expect(hintOf(parseExpression(sqlFile(sql)))).toBe(`a column called \`${word}\` stands in quotes: \`"${word}"\``);
  });

  it.each([
    ['select order, user from raw.t', 'order'],
    ['select a, offset from raw.t', 'offset'],
    ['select a from raw.t where limit = 1', 'limit'],
    ['select a from raw.t where b > window', 'window'],
    ['select to, a from raw.t', 'to'],
  ])('%s', (sql, word) => {
    expect(hintOf(parseSelect(sqlFile(sql)))).toBe(`a column called \`${word}\` stands in quotes: \`"${word}"\``);
  });

  it.each([
    'select a, from raw.t',
    'select a from raw.t wher b',
    'select case when a then b from raw.t',
    'select a b c from raw.t',
  ])('is not suspected in %s', (sql) => {
    expect(hintOf(parseSelect(sqlFile(sql)))).not.toContain('stands in quotes');
  });
});
