import { test } from 'vitest';
import { postgresObstacle } from '../on-engines.ts';
import { onPostgresOnce } from './history-target.ts';
import { expectMuch, fixedSeed, holdHistories } from './hold-histories.ts';

const histories = 50;
const skipped = postgresObstacle === undefined ? '' : ` (skipped: ${postgresObstacle})`;

test.skipIf(postgresObstacle !== undefined)(
  `PostgreSQL: after every run of ${histories} histories, always the same, the tables are what a rebuild leaves${skipped}`,
  () =>
    onPostgresOnce(async (engine) => {
      const ways = await holdHistories(engine, histories, fixedSeed);
      expectMuch(ways, histories);
    }),
  900_000,
);
