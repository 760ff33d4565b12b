import { test } from 'vitest';
import { onDuckdbOnce } from './history-target.ts';
import { expectMuch, holdHistories } from './hold-histories.ts';

/** With the 300 that are always the same; `npm test` is kept under 20 minutes. */
const histories = 150;

test(
  `DuckDB: after every run of ${histories} histories, others each time, the tables are what a rebuild leaves`,
  () =>
    onDuckdbOnce(async (engine) => {
      const ways = await holdHistories(engine, histories);
      expectMuch(ways, histories);
    }),
  900_000,
);
