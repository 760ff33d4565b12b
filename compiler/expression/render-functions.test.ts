import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { hintsForFunction } from './function-hints.ts';
import { functionTable } from './function-table.ts';
import { renderFunctions } from './render-functions.ts';

test('docs/sql.md is what the table of functions says', async () => {
  await expect(renderFunctions()).toMatchFileSnapshot(fileURLToPath(new URL('../../docs/sql.md', import.meta.url)));
});

test.each([
  ['ifnull', 'in PostgreSQL: `coalesce(x, y)`'],
  ['lenght', 'did you mean `length`?'],
  ['pg_sleep', 'docs/sql.md lists the functions that every engine computes alike'],
])('instead of %s', (name, hint) => {
  expect(functionTable.has(name)).toBe(false);
  expect(hintsForFunction(name)).toEqual([hint]);
});
