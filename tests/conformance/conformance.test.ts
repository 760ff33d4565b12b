import { describe, expect, test } from 'vitest';
import { onDuckdb, onPostgres, postgresObstacle } from './on-engines.ts';
import { playScenario, rebuildScenario, type Tables } from './play-scenario.ts';
import type { Scenario } from './scenario.ts';
import { adoptScenarios } from './scenarios-adopt.ts';
import { arrivalScenarios } from './scenarios-arrivals.ts';
import { countedArrivalScenarios } from './scenarios-arrivals-counted.ts';
import { checkScenarios } from './scenarios-checks.ts';
import { cleanScenarios } from './scenarios-clean.ts';
import { contentScenarios } from './scenarios-contents.ts';
import { fileDriftScenarios } from './scenarios-drift-files.ts';
import { tableDriftScenarios } from './scenarios-drift-tables.ts';
import { eventScenarios } from './scenarios-events.ts';
import { fileScenarios } from './scenarios-files.ts';
import { historyLossScenarios } from './scenarios-history-loss.ts';
import { identityScenarios } from './scenarios-identity.ts';
import { lateScenarios } from './scenarios-late.ts';
import { modelScenarios } from './scenarios-models.ts';
import { nameScenarios } from './scenarios-names.ts';
import { periodScenarios } from './scenarios-periods.ts';
import { problemScenarios } from './scenarios-problems.ts';
import { runScenarios } from './scenarios-runs.ts';
import { tableScenarios } from './scenarios-tables.ts';
import { testScenarios } from './scenarios-tests.ts';
import { upkeepScenarios } from './scenarios-upkeep.ts';
import { verifyScenarios } from './scenarios-verify.ts';
import { knobScenarios } from './scenarios-verify-knobs.ts';

if (postgresObstacle !== undefined) console.warn(`PostgreSQL is left out: ${postgresObstacle}`);

const scenarios: readonly Scenario[] = [
  ...fileScenarios,
  ...contentScenarios,
  ...fileDriftScenarios,
  ...tableScenarios,
  ...tableDriftScenarios,
  ...modelScenarios,
  ...testScenarios,
  ...checkScenarios,
  ...eventScenarios,
  ...problemScenarios,
  ...runScenarios,
  ...nameScenarios,
  ...arrivalScenarios,
  ...countedArrivalScenarios,
  ...lateScenarios,
  ...periodScenarios,
  ...cleanScenarios,
  ...identityScenarios,
  ...historyLossScenarios,
  ...verifyScenarios,
  ...knobScenarios,
  ...adoptScenarios,
  ...upkeepScenarios,
];

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
