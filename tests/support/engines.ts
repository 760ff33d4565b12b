import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Engine } from '../../runtime/engine/engine.ts';
import { openEngine } from '../../runtime/engine/open-engine.ts';
import { findPostgresObstacle, freshDatabase } from './postgres.ts';

/** An empty target of one engine: several connections to it may be opened. */
export interface TestTarget {
  open(options?: {
    readonly readOnly?: boolean;
    readonly statementTimeoutSeconds?: number;
    readonly threads?: number;
  }): Promise<Engine>;
  /** Closes what was opened and deletes the target. */
  drop(): Promise<void>;
}

export interface TestEngine {
  readonly name: 'duckdb' | 'postgres';
  /** Why its tests are skipped here. */
  readonly obstacle: string | undefined;
  /** `language`: by which the target orders texts, where it does not do so by their bytes. */
  prepare(language?: string): Promise<TestTarget>;
}

async function prepareDuckdb(): Promise<TestTarget> {
  const folder = mkdtempSync(join(tmpdir(), 'etalon-duckdb-'));
  const opened: Engine[] = [];
  return {
    open: async (options = {}) => {
      const engine = await openEngine({
        engine: 'duckdb',
        path: join(folder, 'target.duckdb'),
        memoryLimit: '1GB',
        ...options,
      });
      opened.push(engine);
      // Connections as many as asked for, and one thread between them: over tiny tables the others only wait.
      await engine.execute('set threads = 1');
      return engine;
    },
    drop: async () => {
      for (const engine of opened) await engine.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function preparePostgres(language?: string): Promise<TestTarget> {
  const database = await freshDatabase(undefined, language);
  const opened: Engine[] = [];
  return {
    open: async (options = {}) => {
      const engine = await openEngine({ engine: 'postgres', url: database.url, runId: 'test', ...options });
      opened.push(engine);
      return engine;
    },
    drop: async () => {
      for (const engine of opened) await engine.close();
      await database.drop();
    },
  };
}

/** Every engine, for `describe.each`: one suite runs on all of them. */
export const testEngines: readonly TestEngine[] = [
  { name: 'duckdb', obstacle: undefined, prepare: prepareDuckdb },
  { name: 'postgres', obstacle: findPostgresObstacle(), prepare: preparePostgres },
];

/** Those that run here; says why the others do not. */
export function listRunnableEngines(): readonly TestEngine[] {
  for (const { name, obstacle } of testEngines)
    if (obstacle !== undefined) console.warn(`skipped on ${name}: ${obstacle}`);
  return testEngines.filter(({ obstacle }) => obstacle === undefined);
}
