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
