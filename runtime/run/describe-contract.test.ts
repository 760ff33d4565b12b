import { expect, test } from 'vitest';
import { sampleManifest } from '../../tests/conformance/sample-manifest.ts';
import { describeContract } from './describe-contract.ts';

const model = sampleManifest([
  { name: 'marts.a', columns: 'id integer, amount decimal(10,2), note text', sql: 'select 1' },
]).models[0]!;
const described = (...before: [string, string][]) =>
  describeContract(
    model,
    before.map(([name, type]) => ({ name, type })),
  );

test('the same columns are nothing to tell', () => {
  expect(described(['id', 'integer'], ['amount', 'decimal(10,2)'], ['note', 'text'])).toBeUndefined();
});

test('columns at the end break nobody', () => {
  expect(described(['id', 'integer'], ['amount', 'decimal(10,2)'])).toEqual({
    event: 'notice',
    message: 'readers see one column more, at the end: `note`',
  });
  expect(described(['id', 'integer'])?.message).toBe('readers see 2 columns more, at the end: `amount`, `note`');
});

test('everything else may break somebody, and is told by what it is', () => {
  expect(described(['id', 'integer'], ['note', 'text'])).toEqual({
    event: 'warning',
    message: 'readers see other columns from now on: columns stand in another order; `amount` is new',
  });
  expect(described(['id', 'text'], ['amount', 'decimal(10,2)'], ['note', 'text'], ['old', 'text'])?.message).toBe(
    'readers see other columns from now on: `old` is gone; `id` is integer and was text',
  );
  expect(described(['amount', 'decimal(10,2)'], ['id', 'integer'], ['note', 'text'])?.message).toBe(
    'readers see other columns from now on: columns stand in another order',
  );
});
