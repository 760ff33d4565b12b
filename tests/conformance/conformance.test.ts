import { describe, expect, test } from 'vitest';
import type { Engine } from '../../runtime/engine/engine.ts';
import { openEngine } from '../../runtime/engine/open-engine.ts';
import { findPostgresObstacle, freshDatabase } from '../support/postgres.ts';
import { playScenario, rebuildScenario, type Tables } from './play-scenario.ts';
import type { Scenario } from './scenario.ts';
import { fileScenarios } from './scenarios-files.ts';
import { tableScenarios } from './scenarios-tables.ts';

const obstacle = findPostgresObstacle();
if (obstacle !== undefined) console.warn(`PostgreSQL is left out: ${obstacle}`);

async function onDuckdb<T>(work: (engine: Engine) => Promise<T>): Promise<T> {
  const engine = await openEngine({ engine: 'duckdb', path: ':memory:', threads: 4 });
  try {
    return await work(engine);
  } finally {
    await engine.close();
  }
}

async function onPostgres<T>(work: (engine: Engine) => Promise<T>): Promise<T> {
  const database = await freshDatabase();
  const engine = await openEngine({ engine: 'postgres', url: database.url, threads: 4 });
  try {
    return await work(engine);
  } finally {
    await engine.close();
    await database.drop();
  }
}

const scenarios: readonly Scenario[] = [...fileScenarios, ...tableScenarios];

describe.each(scenarios)('$title', (scenario) => {
  let seen: Tables | undefined;

  test('on DuckDB', async () => {
    seen = await onDuckdb((engine) => playScenario(scenario, engine));
    if (scenario.rebuild !== undefined) return;
    expect(seen).toEqual(await onDuckdb((engine) => rebuildScenario(scenario, engine)));
  });

  test.skipIf(obstacle !== undefined)('on PostgreSQL, row for row the same', async () => {
    expect(await onPostgres((engine) => playScenario(scenario, engine))).toEqual(seen);
  });
});
