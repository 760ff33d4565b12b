import type { Engine } from '../../../runtime/engine/engine.ts';
import { openEngine } from '../../../runtime/engine/open-engine.ts';
import { freshDatabase } from '../../support/postgres.ts';

/** One target for all the histories of a file. A thread for the tests' tiny tables: more of them only wait for each other. */
export async function onDuckdbOnce<T>(work: (engine: Engine) => Promise<T>): Promise<T> {
  const engine = await openEngine({ engine: 'duckdb', path: ':memory:', threads: 1 });
  try {
    return await work(engine);
  } finally {
    await engine.close();
  }
}

export async function onPostgresOnce<T>(work: (engine: Engine) => Promise<T>): Promise<T> {
  const database = await freshDatabase();
  const engine = await openEngine({ engine: 'postgres', url: database.url, threads: 2 });
  try {
    return await work(engine);
  } finally {
    await engine.close();
    await database.drop();
  }
}
