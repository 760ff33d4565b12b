import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadParser } from '../../../compiler/index.ts';
import { postgresObstacle } from '../on-engines.ts';
import { history } from './history.ts';
import { onDuckdbOnce, onPostgresOnce } from './history-target.ts';
import { fixedSeed } from './hold-histories.ts';
import { liveHistory, noWays, type Plant } from './live-history.ts';
import { fixedLookback, stateBeforeData, watermarkOnEventTime } from './plant-faults.ts';

/*
 * Calibration: the same property over the same histories, of an engine with a mistake in it. Where it does not fail, it proves nothing of the engine without.
 */
const wrongRows = /is not what its query says/;
const faults: readonly (readonly [what: string, plant: Plant, symptom: RegExp, seed: number])[] = [
  ['a watermark on event time', watermarkOnEventTime, wrongRows, fixedSeed],
  ['a fixed lookback', fixedLookback, wrongRows, fixedSeed],
  // Marks without their data: rows are wanting, or the log that the marks speak of.
  // Every second seed leads to it within sixteen histories; this is one of them.
  ['state before data', stateBeforeData, /is not what its query says|__changes\b.*does not exist/, 29],
];

const engines = [
  { name: 'DuckDB', budget: 300, on: onDuckdbOnce },
  ...(postgresObstacle === undefined ? [{ name: 'PostgreSQL', budget: 50, on: onPostgresOnce }] : []),
];

describe.each(engines)('of $budget histories on $name some catch', ({ budget, on }) => {
  beforeAll(loadParser);

  test.each(faults)('%s', (_, plant, symptom, seed) =>
    on(async (engine) => {
      const property = fc.asyncProperty(history, (one) => liveHistory(engine, one, noWays(), plant));
      const found = await fc.check(property, { numRuns: budget, seed, endOnFailure: true });
      expect(found).toMatchObject({ failed: true, interrupted: false });
      expect(String(found.errorInstance)).toMatch(symptom);
      console.info(`caught by history ${found.numRuns}`);
    }),
  );
});
