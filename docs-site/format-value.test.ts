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

test('a unit bends with its number where its forms are known, and stands apart where they are not', () => {
  const units = { orders: { one: 'order', other: 'orders' } };
  const cups = { чашек: { one: 'чашка', few: 'чашки', many: 'чашек' } };
  const say = (format: typeof english, unit: string, ...values: readonly string[]) =>
    values.map((value) => format.value(value, unit).replaceAll('\u00a0', ' '));
  const numbers = ['0', '1', '2', '5', '21', '1204', '1.5', '1.001'] as const;
  expect(say(makeFormat('en', 'UTC', units), 'orders', ...numbers)).toEqual([
    '0 orders',
    '1 order',
    '2 orders',
    '5 orders',
    '21 orders',
    '1,204 orders',
    '1.5 orders',
    '1 order',
  ]);
  expect(say(english, 'orders', '0', '1', '-1', '2', '1.5')).toEqual([
    '0 orders',
    '1 (orders)',
    '-1 (orders)',
    '2 orders',
    '1.5 orders',
  ]);
  expect(say(makeFormat('ru', 'UTC', cups), 'чашек', ...numbers)).toEqual([
    '0 чашек',
    '1 чашка',
    '2 чашки',
    '5 чашек',
    '21 чашка',
    '1 204 чашки',
    '1,5 чашки',
    '1 чашка',
  ]);
  expect(say(russian, 'заказов', '1', '2', '5', '21', '1.5')).toEqual([
    '1 (заказов)',
    '2 (заказов)',
    '5 заказов',
    '21 (заказов)',
    '1,5 (заказов)',
  ]);
  expect(say(russian, 'шт.', '1', '2', '5')).toEqual(['1 шт.', '2 шт.', '5 шт.']);
  expect(english.value('1', 'EUR')).toBe('€1.00');
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
