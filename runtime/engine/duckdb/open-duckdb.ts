import { availableParallelism, tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { DuckDBInstance } from '@duckdb/node-api';
import type { DuckdbTarget } from '../open-engine.ts';
import { quoteText } from '../quote-name.ts';
import { SessionPool } from '../session-pool.ts';
import { DuckdbEngine } from './duckdb-engine.ts';
import { DuckdbSession } from './duckdb-session.ts';
import { openDatabase } from './instance-registry.ts';
import { mapDuckdbError } from './map-duckdb-error.ts';
import { findSpillLimit } from './spill-limit.ts';

async function connect(instance: DuckDBInstance, timeoutSeconds: number | undefined): Promise<DuckdbSession> {
  try {
    const connection = await instance.connect();
    await connection.run("set TimeZone = 'UTC'; set errors_as_json = true");
    return new DuckdbSession(connection, timeoutSeconds);
  } catch (error) {
    throw mapDuckdbError(error);
  }
}

/** Once external access is off it cannot come back, so what may be read is settled at opening. */
async function confine(session: DuckdbSession, folders: readonly string[]): Promise<void> {
  const { rows } = await session.execute("select current_setting('enable_external_access')");
  if (rows[0]?.[0] !== true) return;
  await session.execute(`set allowed_directories = [${folders.map(quoteText).join(', ')}]`);
  await session.execute('set enable_external_access = false');
}

/** What may be set only when the database is open: given to the constructor, `max_temp_directory_size` is taken and not obeyed. */
async function limit(session: DuckdbSession, target: DuckdbTarget, scratch: string): Promise<void> {
  const spill = target.spillLimit ?? findSpillLimit(target.path === ':memory:' ? tmpdir() : dirname(target.path));
  if (spill !== undefined) await session.execute(`set max_temp_directory_size = ${quoteText(spill)}`);
  if (target.folders !== undefined) await confine(session, [...target.folders, scratch]);
}

export async function openDuckdb(target: DuckdbTarget): Promise<DuckdbEngine> {
  const database = await openDatabase(target);
  const threads = target.threads ?? availableParallelism();
  // A unit holds one connection in its transaction and may ask for another beside it.
  const pool = new SessionPool(threads * 2, () => connect(database.instance, target.statementTimeoutSeconds));
  const label =
    target.path === ':memory:'
      ? 'duckdb in memory'
      : `duckdb ${join(basename(dirname(target.path)), basename(target.path))}`;
  try {
    await pool.use((session) => limit(session, target, database.scratch));
  } catch (error) {
    await database.close();
    throw error;
  }
  return new DuckdbEngine(database, pool, label, target.readOnly === true);
}
