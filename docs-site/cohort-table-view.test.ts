import { expect, test } from 'vitest';
import { formatCell } from './cohort-cell.ts';
import { makeFormat } from './format-value.ts';
import type { SiteContext } from './site-context.ts';
import { makeTranslate } from './translate.ts';

test('a value that is not there is a dash in every column, and never a zero', () => {
  for (const language of ['en', 'ru'] as const) {
    const site = {
      t: makeTranslate(language),
      format: makeFormat(language, 'Europe/Berlin'),
    } as unknown as SiteContext;
    const cell = (column: Parameters<typeof formatCell>[1], value: string | null) => formatCell(site, column, value);
    for (const role of ['grain', 'dimension', 'metric', 'state'] as const)
      expect(cell({ name: 'rate', type: 'double', role, unit: 'percent' }, null)).toBe('–');
    expect(cell({ name: 'state', type: 'text', role: 'state' }, 'unobservable')).not.toBe('unobservable');
    expect(cell({ name: 'state', type: 'text', role: 'state' }, 'of its own')).toBe('of its own');
  }
});

test('shares are percentages, money has its currency, periods their names', () => {
  const site = { t: makeTranslate('en'), format: makeFormat('en', 'Europe/Berlin') } as unknown as SiteContext;
  expect(formatCell(site, { name: 'rate', type: 'double', role: 'metric', unit: 'percent' }, '0.4074')).toBe('40.7%');
  expect(formatCell(site, { name: 'ltv', type: 'double', role: 'metric', unit: 'EUR' }, '74.1')).toBe('€74.10');
  expect(formatCell(site, { name: 'size', type: 'integer', role: 'metric' }, '2234')).toBe('2,234');
  expect(formatCell(site, { name: 'month', type: 'date', role: 'grain' }, '2025-03-01')).toBe('March 2025');
  expect(formatCell(site, { name: 'k', type: 'text', role: 'dimension' }, '2-6')).toBe('2-6');
});
