import fc from 'fast-check';
import { expect } from 'vitest';
import { loadParser } from '../../../compiler/index.ts';
import type { Engine } from '../../../runtime/engine/engine.ts';
import { history } from './history.ts';
import { liveHistory, noWays, type Ways } from './live-history.ts';

/** The same histories in each run. */
export const fixedSeed = 20_250_301;

/** Holds the engine to the promise over many histories; where it is broken, the shortest one found is told, with the seed that leads there. */
export async function holdHistories(engine: Engine, count: number, seed?: number): Promise<Ways> {
  await loadParser();
  const ways = noWays();
  const started = performance.now();
  await fc.assert(
    fc.asyncProperty(history, (one) => liveHistory(engine, one, ways)),
    { numRuns: count, ...(seed === undefined ? {} : { seed }) },
  );
  console.info(`${count} histories in ${Math.round((performance.now() - started) / 1000)} s: ${JSON.stringify(ways)}`);
  return ways;
}

/** The promise is worth little where nothing happened, or where the way there was to build everything anew. Of what is rare, chance may give a few histories none. */
export function expectMuch(ways: Ways, histories: number): void {
  expect(ways.runs).toBeGreaterThan(histories * 3);
  expect(ways.checked).toBeGreaterThan(histories * 2);
  expect(ways.repairable).toBeGreaterThan(histories);
  expect(ways.repaired / ways.repairable).toBeGreaterThan(0.85);
  expect(ways.crashed).toBeGreaterThan(histories / 4);
  for (const rare of [ways.heldBack, ways.partial, ways.refreshed, ways.rebuilt]) {
    expect(rare).toBeGreaterThanOrEqual(Math.floor(histories / 50));
  }
}
