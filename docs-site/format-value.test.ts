import { expect, test } from 'vitest';
import { makeFormat } from './format-value.ts';

const english = makeFormat('en', 'Europe/Berlin');
const russian = makeFormat('ru', 'Europe/Moscow');

test('currencies, rates and plain units', () => {
  expect(english.value('1234.5', 'EUR')).toBe('€1,234.50');
  expect(english.value('0.0345', '%')).toBe('3.45%');
  expect(english.value('0.5', 'percent')).toBe('50%');
  expect(english.value('1204', 'orders')).toBe('1,204\u00a0orders');
  expect(english.value('0.000123', undefined)).toBe('0.000123');
  expect(russian.value('1234.5', 'RUB')).toBe('1\u00a0234,50\u00a0₽');
});

test('a long decimal keeps its digits', () => {
  expect(english.value('12345678901234567890.25', 'EUR')).toBe('€12,345,678,901,234,567,890.25');
});

test('what is no number is shown as it is', () => {
  expect(english.value('2025-01-01', undefined)).toBe('2025-01-01');
});

test('periods by their grain', () => {
  expect(english.period('2025-01-06', 'week')).toBe('6 Jan 2025');
  expect(english.period('2025-04-01', 'quarter')).toBe('Q2 2025');
  expect(english.period('2025-04-01', 'month')).toBe('April 2025');
  expect(russian.period('2025-04-01', 'quarter')).toBe('2-й кв. 2025');
  expect(english.period('2025-01-06T14:00', 'hour')).toContain('14:00');
  expect(() => english.period('soon', 'day')).toThrow('not a period');
});

test('instants in the calendar’s zone', () => {
  expect(english.instant('2025-07-01T06:00:00Z')).toBe('1 Jul 2025, 08:00 CEST');
  expect(english.instant('unknown')).toBe('unknown');
});
