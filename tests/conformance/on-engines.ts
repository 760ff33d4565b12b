import type { Engine } from '../../runtime/engine/engine.ts';
import { openEngine } from '../../runtime/engine/open-engine.ts';
import { findPostgresObstacle, freshDatabase } from '../support/postgres.ts';

/** Why PostgreSQL is left out here, where it is. */
export const postgresObstacle = findPostgresObstacle();

/** An empty target of one engine, gone afterwards. */
export type OnEngine = <T>(work: (engine: Engine) => Promise<T>) => Promise<T>;

export const onDuckdb: OnEngine = async (work) => {
  const engine = await openEngine({ engine: 'duckdb', path: ':memory:', threads: 4 });
  // Eight connections, and one thread between them: over a test's tiny tables the others only wait, for a third of the time of all.
  await engine.execute('set threads = 1');
  try {
    return await work(engine);
  } finally {
    await engine.close();
  }
};

export const onPostgres: OnEngine = async (work) => {
  const database = await freshDatabase();
  const engine = await openEngine({ engine: 'postgres', url: database.url, threads: 4 });
  try {
    return await work(engine);
  } finally {
    await engine.close();
    await database.drop();
  }
};

/** For `describe.each`: the engines that can be had here. */
export const engines: readonly (readonly [name: string, on: OnEngine])[] = [
  ['DuckDB', onDuckdb],
  ...(postgresObstacle === undefined ? ([['PostgreSQL', onPostgres]] as const) : []),
];
