import { expect, it } from 'vitest';
import { wrapSql } from './wrap-sql.ts';

it('leaves lines that can be read as they are', () => {
  const sql = 'SELECT\n  a AS b\nFROM clean.orders AS s';
  expect(wrapSql(sql)).toBe(sql);
});

it('breaks a join before its conditions, but not between bounds, in parentheses or in quotes', () => {
  expect(
    wrapSql(
      `LEFT JOIN clean.rates AS r ON r.currency = s.currency AND s.day BETWEEN r.since AND r.until AND (s.a OR s.b AND s.c) AND s.x = 'this AND that'`,
    ).split('\n'),
  ).toEqual([
    'LEFT JOIN clean.rates AS r',
    '  ON r.currency = s.currency',
    '  AND s.day BETWEEN r.since AND r.until',
    '  AND (s.a OR s.b AND s.c)',
    "  AND s.x = 'this AND that'",
  ]);
});

it('gives each branch of a case a line', () => {
  expect(
    wrapSql(
      "  CASE WHEN s.status IN ('paid', 'PAID') THEN 'paid' WHEN s.status IN ('cancelled', 'canceled') THEN 'cancelled' ELSE CASE WHEN x THEN 'a' END END AS status,",
    ).split('\n'),
  ).toEqual([
    '  CASE',
    "    WHEN s.status IN ('paid', 'PAID') THEN 'paid'",
    "    WHEN s.status IN ('cancelled', 'canceled') THEN 'cancelled'",
    "    ELSE CASE WHEN x THEN 'a' END",
    '  END AS status,',
  ]);
});

it('fills lines with the items of a long list, and changes nothing but spaces', () => {
  const columns = Array.from({ length: 12 }, (_, i) => `s.column_${i} NULLS LAST`).join(', ');
  const sql = `    row_number() OVER (PARTITION BY s.order_id ORDER BY ${columns}) AS "a copy AND more",`;
  const wrapped = wrapSql(sql);
  for (const line of wrapped.split('\n')) expect(line.length).toBeLessThanOrEqual(110);
  expect(wrapped.split('\n').length).toBeGreaterThan(2);
  expect(wrapped.replaceAll(/\s+/g, ' ')).toBe(sql.replaceAll(/\s+/g, ' '));
});
