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

/**
 * The promise is worth little where nothing happened, or where the way there was to build everything anew.
 * The bounds lie far below what is usual (runs 4.5 a history, repaired 0.92, groups that went on and looks for first rows 0.12 each, a crash in 0.7, each rare thing in 0.1 or more), so that chance alone does not cross them.
 */
export function expectMuch(ways: Ways, histories: number): void {
  expect(ways.runs).toBeGreaterThan(histories * 3);
  expect(ways.checked).toBeGreaterThan(histories * 2);
  expect(ways.repairable).toBeGreaterThan(histories);
  expect(ways.repaired / ways.repairable).toBeGreaterThan(0.75);
  expect(ways.crashed).toBeGreaterThan(histories / 4);
  const rare = [ways.heldBack, ways.partial, ways.refreshed, ways.rebuilt];
  expect(rare.reduce((sum, one) => sum + one)).toBeGreaterThan(histories / 4);
  for (const one of [...rare, ways.added, ways.first]) expect(one).toBeGreaterThanOrEqual(Math.floor(histories / 100));
}
