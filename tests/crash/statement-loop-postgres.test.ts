import { expect, test } from 'vitest';
import { findPostgresObstacle } from '../support/postgres.ts';
import { beginnings, loopOverStatements, loopTimeout } from './statement-loop.ts';

const names = Object.keys(beginnings) as (keyof typeof beginnings)[];

const obstacle = findPostgresObstacle();
const skipped = obstacle === undefined ? '' : ` (skipped: ${obstacle})`;

test.skipIf(obstacle !== undefined).each(names)(
  `after any fault at any statement of %s on PostgreSQL the next run ends as if nothing had happened${skipped}`,
  { timeout: loopTimeout },
  async (beginning) => {
    const { statements, cases } = await loopOverStatements('postgres', beginning);
    expect(statements).toBeGreaterThan(150);
    expect(cases).toBeGreaterThan(40);
  },
);
