import { test } from 'vitest';
import { onDuckdbOnce } from './history-target.ts';
import { expectMuch, holdHistories } from './hold-histories.ts';

/** With those that are always the same, 600. */
const histories = 300;

test(
  `DuckDB: after every run of ${histories} histories, others each time, the tables are what a rebuild leaves`,
  () =>
    onDuckdbOnce(async (engine) => {
      const ways = await holdHistories(engine, histories);
      expectMuch(ways, histories);
    }),
  900_000,
);
