import { expect, it } from 'vitest';
import { dateOfNumber, dayNumber } from './day-number.ts';

it('counts days as everybody does, over leap years and centuries', () => {
  for (const [text, days] of [
    ['1970-01-01', 0],
    ['1969-12-31', -1],
    ['2000-02-29', 11_016],
    ['2000-03-01', 11_017],
    ['1900-03-01', -25_508],
    ['2025-01-06 00:00:00+00', 20_094],
  ] as const)
    expect(dayNumber(text), text).toBe(days);
});

it('finds its way back for every day of four centuries', () => {
  for (let days = dayNumber('1900-01-01'); days < dayNumber('2300-01-01'); days += 1) {
    const text = dateOfNumber(days);
    if (dayNumber(text) !== days || !/^\d{4}-\d{2}-\d{2}$/.test(text)) expect(text).toBe(String(days));
  }
  expect([dateOfNumber(-719_468), dateOfNumber(11_016), dateOfNumber(-1)]).toEqual([
    '0000-03-01',
    '2000-02-29',
    '1969-12-31',
  ]);
});
