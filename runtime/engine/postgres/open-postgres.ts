import pg from 'pg';
import { type Engine, EngineError } from '../engine.ts';
import type { PostgresTarget } from '../open-engine.ts';
import { type Connection, parseConnectionString } from './connection-string.ts';
import { mapPostgresError } from './map-postgres-error.ts';
import { PostgresEngine } from './postgres-engine.ts';
import { PostgresPool } from './postgres-pool.ts';

const oldestVersion = 16;
const defaultThreads = 4;

function makePool(target: PostgresTarget, connection: Connection): pg.Pool {
  try {
    const pool = new pg.Pool({
      connectionString: connection.url.reveal(),
      // A unit holds one connection in its transaction and may ask for another beside it. One more says that the run lives, however long the others are busy.
      max: (target.threads ?? defaultThreads) * 2 + 1,
      application_name: `etalon/${target.runId ?? 'session'}`.slice(0, 63),
      connectionTimeoutMillis: 15_000,
      keepAlive: true,
    });
    // An idle connection that ends is replaced when the next one is asked for.
    pool.on('error', () => undefined);
    return pool;
  } catch (error) {
    throw mapPostgresError(error, connection.redact);
  }
}

export async function openPostgres(target: PostgresTarget): Promise<Engine> {
  const connection = parseConnectionString(target.url);
  const pool = makePool(target, connection);
  const settings = { readOnly: target.readOnly === true, statementTimeoutSeconds: target.statementTimeoutSeconds };
  const engine = new PostgresEngine({ pool: new PostgresPool(pool, connection, settings) }, target.runId ?? 'session');
  try {
    const { rows } = await engine.execute(
      "select current_setting('server_version_num')::int / 10000, current_setting('server_version')",
    );
    const [major, version] = rows[0] ?? [];
    if (Number(major) < oldestVersion)
      throw new EngineError(
        'unreachable',
        `${connection.label} is PostgreSQL ${version}; etalon needs ${oldestVersion} or newer`,
      );
    return engine;
  } catch (error) {
    await engine.close();
    throw error;
  }
}
