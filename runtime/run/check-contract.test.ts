import { expect, test } from 'vitest';
import { sampleManifest } from '../../tests/conformance/sample-manifest.ts';
import { checkContract } from './check-contract.ts';

const model = sampleManifest([
  { name: 'marts.a', columns: 'id integer, amount decimal(10,2), note text', sql: 'select 1' },
]).models[0]!;
const check =
  (...yielded: [string, string][]) =>
  () =>
    checkContract(
      model,
      yielded.map(([name, type]) => ({ name, type })),
    );

test('numbers of any kind are cast to the declared one; other kinds are not', () => {
  expect(check(['id', 'decimal(38,0)'], ['amount', 'double'], ['note', 'text'])).not.toThrow();
  expect(check(['id', 'text'], ['amount', 'double'], ['note', 'json'])).toThrow(
    '`marts.a` yields other types than its contract: `id` is integer, the SELECT yields text; `note` is text, the SELECT yields json',
  );
});

test('an unknown type of the engine is left to the cast', () => {
  expect(check(['id', 'uuid'], ['amount', 'interval'], ['note', 'uuid'])).not.toThrow();
});

test('names and their order are the contract', () => {
  expect(check(['id', 'integer'], ['note', 'text'], ['amount', 'integer'])).toThrow(
    '`marts.a` does not yield its columns in the order of the contract\n  contract: id, amount, note\n  yields:   id, note, amount',
  );
  expect(check(['id', 'integer'], ['amount', 'integer'])).toThrow('does not yield its columns: missing `note`');
});

test('columns at the end are additive: the lines that declare them are told', () => {
  expect(
    check(
      ['id', 'integer'],
      ['amount', 'integer'],
      ['note', 'text'],
      ['n', 'decimal(8,2)'],
      ['At', 'timestamp with x'],
    ),
  ).toThrow(
    `does not yield its columns: not in the contract \`n\`, \`At\`
  contract: id, amount, note
  yields:   id, amount, note, n, At
  added at the end: readers lose nothing by it; to publish them, write under \`columns:\`
    n: decimal(8,2)
    "At": timestamp`,
  );
  expect(check(['id', 'integer'], ['new', 'integer'], ['amount', 'integer'], ['note', 'text'])).not.toThrow(
    /at the end/,
  );
});
