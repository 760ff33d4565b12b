import { test } from 'vitest';
import { onDuckdbOnce } from './history-target.ts';
import { expectMuch, fixedSeed, holdHistories } from './hold-histories.ts';

const histories = 300;

test(
  `DuckDB: after every run of ${histories} histories, always the same, the tables are what a rebuild leaves`,
  () =>
    onDuckdbOnce(async (engine) => {
      const ways = await holdHistories(engine, histories, fixedSeed);
      expectMuch(ways, histories);
    }),
  900_000,
);
