import { beforeAll, expect, it } from 'vitest';
import { loadParser } from '../../expression/parser.ts';
import { inferUnit } from './infer-unit.ts';

beforeAll(loadParser);

const units: Readonly<Record<string, string>> = { revenue: 'EUR', refunds: 'EUR', share: 'percent', buyers: 'users' };

it.each([
  ['revenue', 'EUR'],
  ['revenue - refunds', 'EUR'],
  ['coalesce(revenue, 0) - refunds', 'EUR'],
  ['-revenue', 'EUR'],
  ['revenue / orders', 'EUR'],
  ['revenue / nullif(orders, 0)', 'EUR'],
  ['2 * revenue', 'EUR'],
  ['round(revenue / 3, 2)', 'EUR'],
  ['revenue / buyers', undefined],
  ['refunds / revenue', undefined],
  ['revenue + buyers', undefined],
  ['100 * share', undefined],
  ['orders', undefined],
])('%s is in %s', (expression, unit) => {
  expect(inferUnit({ expression }, (name) => units[name])).toBe(unit);
});

it('a change in percent is one, a difference is in what it is a difference of', () => {
  const compare = (as: 'percent' | 'difference' | 'ratio') =>
    inferUnit(
      { expression: 'revenue', compare: { to: '1 month ago', as, includePartial: false } },
      (name) => units[name],
    );
  expect([compare('percent'), compare('difference'), compare('ratio')]).toEqual(['percent', 'EUR', undefined]);
});
