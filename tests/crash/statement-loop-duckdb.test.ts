import { expect, test } from 'vitest';
import { stateBeforeData } from '../conformance/histories/plant-faults.ts';
import { beginnings, loopOverStatements, loopTimeout } from './statement-loop.ts';

const names = Object.keys(beginnings) as (keyof typeof beginnings)[];

test.each(names)(
  'after any fault at any statement of %s on DuckDB the next run ends as if nothing had happened',
  { timeout: loopTimeout },
  async (beginning) => {
    const { statements, cases } = await loopOverStatements('duckdb', beginning);
    expect(statements).toBeGreaterThan(150);
    expect(cases).toBeGreaterThan(40);
  },
);

test('a run that committed its marks before its data would be found out', { timeout: loopTimeout }, async () => {
  const loop = loopOverStatements('duckdb', 'an increment and an edit', undefined, stateBeforeData);
  await expect(loop).rejects.toThrow(/statement \d+ (refused|reply lost)/);
});
