import { expect, test } from 'vitest';
import { describeAccount } from './describe-account.ts';

test('an account is told as a sum, whatever order its parts come in', () => {
  expect(
    describeAccount([
      { part: 'duplicate', rows: 2 },
      { part: 'rejected', rule: '`n` is not an integer', rows: 1 },
      { part: 'in', rows: 1234 },
      { part: 'excluded', rule: 'testers', rows: 0 },
      { part: 'out', rows: 1231 },
    ]),
  ).toBe('1,234 in = 1,231 out + 2 duplicates + 1 rejected (`n` is not an integer)');
});

test('rows that came while a source was read are taken off', () => {
  expect(
    describeAccount([
      { part: 'in', rows: 2 },
      { part: 'out', rows: 3 },
      { part: 'rest', rule: 'came or went while the source was read', rows: -1 },
    ]),
  ).toBe('2 in = 3 out - 1 others (came or went while the source was read)');
});
