import { beforeAll, describe, expect, it } from 'vitest';
import type { ParsedExpression } from './contract.ts';
import { findAggregates, replaceAggregates } from './find-aggregates.ts';
import { parseExpression } from './parse-expression.ts';
import { loadParser } from './parser.ts';
import { substituteColumns } from './substitute-columns.ts';

beforeAll(loadParser);

function parse(text: string): ParsedExpression {
  const start = { offset: 0, line: 1, column: 1 };
  const { expression, diagnostics } = parseExpression({ text, span: { file: 'm.yml', start, end: start } });
  expect(diagnostics).toEqual([]);
  return expression!;
}

describe('findAggregates', () => {
  it('takes a formula apart', () => {
    const formula = parse(
      "sum(amount - fee) FILTER (where status = 'paid') / nullif(count(DISTINCT user_id), 0) + percentile_cont(0.9) within group (order by x desc)",
    );
    expect(findAggregates(formula).map(({ span, ...rest }) => [span.start.column, rest])).toEqual([
      [
        1,
        {
          function: 'sum',
          star: false,
          arguments: ['amount - fee'],
          distinct: false,
          filter: "status = 'paid'",
          orderBy: [],
          withinGroup: false,
          canonical: "sum(amount - fee) FILTER (WHERE status = 'paid')",
        },
      ],
      [
        59,
        {
          function: 'count',
          star: false,
          arguments: ['user_id'],
          distinct: true,
          orderBy: [],
          withinGroup: false,
          canonical: 'count(DISTINCT user_id)',
        },
      ],
      [
        89,
        {
          function: 'percentile_cont',
          star: false,
          arguments: ['0.9'],
          distinct: false,
          orderBy: ['x DESC'],
          withinGroup: true,
          canonical: 'percentile_cont(0.9) WITHIN GROUP (ORDER BY x DESC)',
        },
      ],
    ]);
    expect(findAggregates(parse('count(*)'))).toMatchObject([{ function: 'count', star: true, arguments: [] }]);
    expect(findAggregates(parse('a + (select max(b) from raw.t) + sum(c) over ()'))).toEqual([]);
  });

  it('puts what combines them together again', () => {
    const names: Record<string, string> = { sum: 'm.a + 1', count: 'm.b' };
    expect(replaceAggregates(parse('(sum(a) - count(*)) * 100.0 / count(*)'), (call) => names[call.function]!)).toBe(
      '(m.a + 1 - m.b) * 100.0 / m.b',
    );
    expect(replaceAggregates(parse('count(*) / sum(a)'), (call) => names[call.function]!)).toBe('m.b / (m.a + 1)');
    expect(replaceAggregates(parse('count(*) - sum(a)'), (call) => names[call.function]!)).toBe('m.b - (m.a + 1)');
  });
});

describe('substituteColumns', () => {
  const by: Record<string, string> = {
    a: 'x + y',
    b: 'not z',
    'customer.channel': 'u.channel',
    c: '-1',
    d: 'p or q',
    e: '(select 1)',
  };
  it.each([
    ['a * 2', '(x + y) * 2'],
    ['-a', '- (x + y)'],
    ['a::text', '(x + y)::text'],
    ['b is null', '(NOT z) IS NULL'],
    ['d and f', '(p OR q) AND f'],
    ['not d', 'NOT (p OR q)'],
    ['c ^ 2', '-1 ^ 2'],
    ['2 - c', '2 - -1'],
    ['- c', '- (-1)'],
    ['a between a and 2', 'x + y BETWEEN (x + y) AND 2'],
    ["customer.channel || 'a'", "u.channel || 'a'"],
    ['a in (select a from raw.t where a = 1)', 'x + y IN (SELECT a FROM raw.t WHERE a = 1)'],
    ['sum(a) filter (where b)', 'sum(x + y) FILTER (WHERE NOT z)'],
    ['e + e', '(SELECT 1) + (SELECT 1)'],
    ['f', 'f'],
  ])('%s', (sql, expected) => {
    expect(substituteColumns(parse(sql), (path) => by[path.join('.')])).toBe(expected);
  });
});
