import { expect, it } from 'vitest';
import { formatResult, roundDigits } from './format-result.ts';

const columns = [
  { name: 'month', type: 'date' },
  { name: 'revenue', type: 'decimal(38,4)' },
  { name: 'buyers', type: 'integer' },
];
const rows = [
  ['2025-01-01', '12345678901234567890.1234', 9007199254740993n],
  ['2025-02-01', null, 2],
] as const;

it('keeps every digit in JSON', () => {
  const text = formatResult(columns, rows, 'json', { asOf: '2025-03-01T00:00:00Z' });
  expect(text).toContain('"revenue": 12345678901234567890.1234, "buyers": 9007199254740993');
  expect(JSON.parse(text)).toMatchObject({ as_of: '2025-03-01T00:00:00Z', rows: [{}, { revenue: null, buyers: 2 }] });
  expect(JSON.parse(formatResult(columns, [], 'json')).rows).toEqual([]);
});

it('writes what JSON has no number for as text', () => {
  const text = formatResult([{ name: 'x', type: 'double' }], [[Number.NaN], [Number.POSITIVE_INFINITY]], 'json');
  expect(JSON.parse(text).rows).toEqual([{ x: 'NaN' }, { x: 'Infinity' }]);
});

it('tells null from an empty text in CSV and quotes what must be', () => {
  const text = formatResult([{ name: 'a,b', type: 'text' }], [[null], [''], ['say "no"\n']], 'csv');
  expect(text).toBe('"a,b"\n\n""\n"say ""no""\n"\n');
});

it('aligns numbers to the right and does not let a value command the terminal', () => {
  const text = formatResult(
    [
      { name: 'country', type: 'text' },
      { name: 'n', type: 'integer' },
    ],
    [
      ['日本', 5],
      ['\u001b]0;own\u0007', 1234],
    ],
    'table',
  );
  expect(text.split('\n')[1]).toBe(`日本${' '.repeat(15)}5`);
  expect(text).not.toContain('\u0007');
});

it('rounds decimal text without a float', () => {
  expect(roundDigits('0.4285714285714286', 6)).toBe('0.428571');
  expect(roundDigits('-1.9999999', 6)).toBe('-2');
  expect(roundDigits('-0.0000001', 6)).toBe('0');
  expect(roundDigits('99999999999999999999.9999995', 6)).toBe('100000000000000000000');
  expect(roundDigits('12.50', 6)).toBe('12.50');
});
