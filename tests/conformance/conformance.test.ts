import { describe, expect, test } from 'vitest';
import { onDuckdb, onPostgres, postgresObstacle } from './on-engines.ts';
import { playScenario, rebuildScenario, type Tables } from './play-scenario.ts';
import type { Scenario } from './scenario.ts';
import { fileScenarios } from './scenarios-files.ts';
import { nameScenarios } from './scenarios-names.ts';
import { tableScenarios } from './scenarios-tables.ts';

if (postgresObstacle !== undefined) console.warn(`PostgreSQL is left out: ${postgresObstacle}`);

const scenarios: readonly Scenario[] = [...fileScenarios, ...tableScenarios, ...nameScenarios];

describe.each(scenarios)('$title', (scenario) => {
  let seen: Tables | undefined;

  test('on DuckDB', async () => {
    seen = await onDuckdb((engine) => playScenario(scenario, engine));
    if (scenario.rebuild !== undefined) return;
    expect(seen).toEqual(await onDuckdb((engine) => rebuildScenario(scenario, engine)));
  });

  test.skipIf(postgresObstacle !== undefined)('on PostgreSQL, row for row the same', async () => {
    expect(await onPostgres((engine) => playScenario(scenario, engine))).toEqual(seen);
  });
});
