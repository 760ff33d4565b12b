import type { Engine } from '../../runtime/engine/engine.ts';
import { openEngine } from '../../runtime/engine/open-engine.ts';
import { findPostgresObstacle, freshDatabase } from './postgres.ts';

/** An engine to test on, with an empty target of its own. */
export interface EngineUnderTest {
  readonly name: 'duckdb' | 'postgres';
  /** Why it cannot be had here; then tests on it are skipped, with this reason. */
  readonly obstacle?: string;
  open(): Promise<{ readonly engine: Engine; close(): Promise<void> }>;
}

const postgresObstacle = findPostgresObstacle();

/** Every engine, for `describe.each`. */
export const enginesUnderTest: readonly EngineUnderTest[] = [
  {
    name: 'duckdb',
    async open() {
      const engine = await openEngine({ engine: 'duckdb', path: ':memory:' });
      return { engine, close: () => engine.close() };
    },
  },
  {
    name: 'postgres',
    ...(postgresObstacle === undefined ? {} : { obstacle: postgresObstacle }),
    async open() {
      const database = await freshDatabase();
      const engine = await openEngine({ engine: 'postgres', url: database.url, threads: 2 });
      return {
        engine,
        close: async () => {
          await engine.close();
          await database.drop();
        },
      };
    },
  },
];
