import type pg from 'pg';
import type { QualifiedName, Statement } from '../../../compiler/index.ts';
import type { DuckdbEngine } from '../duckdb/duckdb-engine.ts';
import {
  type Capabilities,
  type CatalogEntry,
  type Engine,
  EngineError,
  type FileLoad,
  type LoadResult,
  type QueryResult,
  type Session,
  type ViewToPublish,
} from '../engine.ts';
import { quoteRelation } from '../quote-name.ts';
import { retryTransient } from '../retry-transient.ts';
import type { Connection } from './connection-string.ts';
import { mapPostgresError } from './map-postgres-error.ts';
import { postgresCapabilities } from './postgres-capabilities.ts';
import { readPostgresCatalog, readPostgresSize } from './postgres-catalog.ts';
import { createPostgresRawTables, loadIntoPostgres } from './postgres-load.ts';
import { publishPostgresViews } from './postgres-publish.ts';
import { PostgresSession } from './postgres-session.ts';
import { parsePostgresType } from './postgres-types.ts';
import { prepareSession, type SessionSettings } from './session-settings.ts';

/** A connection lost in mid-work is worth several tries to come back; one that was never there is not. */
function passes(error: unknown, attempt: number): boolean {
  return error instanceof EngineError && (error.kind === 'transient' || (error.kind === 'unreachable' && attempt > 1));
}

/** Files are read by DuckDB for every engine, so that the same rows are taken and refused. */
async function openFileReader(): Promise<DuckdbEngine> {
  const { openDuckdb } = await import('../duckdb/open-duckdb.ts');
  return openDuckdb({ engine: 'duckdb', path: ':memory:' });
}

export class PostgresEngine implements Engine {
  readonly capabilities: Capabilities = postgresCapabilities;
  readonly label: string;
  readonly #pool: pg.Pool;
  readonly #connection: Connection;
  readonly #settings: SessionSettings;
  readonly #prepared = new WeakSet<pg.PoolClient>();
  readonly #busy = new Set<PostgresSession>();
  #reader: ReturnType<typeof openFileReader> | undefined;
  #closed: Promise<void> | undefined;

  constructor(pool: pg.Pool, connection: Connection, settings: SessionSettings) {
    this.#pool = pool;
    this.#connection = connection;
    this.#settings = settings;
    this.label = connection.label;
  }

  execute(statement: Statement | string): Promise<QueryResult> {
    return this.#use((session) => session.execute(statement));
  }

  transaction<T>(work: (session: Session) => Promise<T>): Promise<T> {
    return retryTransient(() => this.#use((session) => this.#attempt(session, work)), { passes });
  }

  /** REPEATABLE READ is what DuckDB does: all statements of a unit see one snapshot, and of two that change a row the second fails and is tried again. */
  async #attempt<T>(session: PostgresSession, work: (session: Session) => Promise<T>): Promise<T> {
    await session.execute('begin isolation level repeatable read');
    try {
      const result = await work(session);
      if (session.failure) throw session.failure;
      await this.#commit(session);
      return result;
    } catch (error) {
      if (!session.lost) await session.execute('rollback').catch(() => undefined);
      throw error;
    }
  }

  async #commit(session: PostgresSession): Promise<void> {
    try {
      await session.execute('commit');
    } catch (error) {
      if (!session.lost) throw error;
      throw new EngineError(
        'unreachable',
        'the connection was lost during COMMIT: whether it took effect is not known',
        {
          hint: 'run again: what was committed is found and not repeated',
        },
      );
    }
  }

  async #use<T>(work: (session: PostgresSession) => Promise<T>): Promise<T> {
    const client = await this.#connect();
    const session = new PostgresSession(client, this.#connection.redact);
    this.#busy.add(session);
    // Without a listener an idle connection's end would be an uncaught error.
    const onError = (): void => {
      session.lost = true;
    };
    client.on('error', onError);
    try {
      return await work(session);
    } finally {
      this.#busy.delete(session);
      client.off('error', onError);
      client.release(session.lost);
    }
  }

  async #connect(): Promise<pg.PoolClient> {
    let client: pg.PoolClient | undefined;
    try {
      client = await this.#pool.connect();
      if (!this.#prepared.has(client)) await prepareSession(client, this.#settings);
      this.#prepared.add(client);
      return client;
    } catch (error) {
      client?.release(true);
      const mapped = mapPostgresError(error, this.#connection.redact);
      throw new EngineError(
        mapped.kind === 'resources' ? 'resources' : 'unreachable',
        `${this.label}: ${mapped.message}`,
      );
    }
  }

  createRawTables(session: Session, load: Omit<FileLoad, 'files' | 'batch' | 'loadedAt'>): Promise<void> {
    return createPostgresRawTables(session, load);
  }

  load(session: Session, load: FileLoad): Promise<LoadResult> {
    this.#reader ??= openFileReader();
    return this.#reader.then((reader) => loadIntoPostgres(session as PostgresSession, load, reader));
  }

  publish(session: Session, views: readonly ViewToPublish[]): Promise<void> {
    return publishPostgresViews(session, views);
  }

  async findRelation(
    name: QualifiedName,
  ): Promise<{ readonly columns: readonly { readonly name: string; readonly type: string }[] } | undefined> {
    const { rows } = await this.execute({
      sql: `select a.attname, format_type(a.atttypid, a.atttypmod) from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
left join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
where n.nspname = $1 and c.relname = $2 and c.relkind in ('r', 'p', 'v', 'm', 'f') order by a.attnum`,
      parameters: [name.schema, name.table],
    });
    if (rows.length === 0) return undefined;
    return {
      columns: rows
        .filter(([column]) => column !== null)
        .map(([column, type]) => ({ name: String(column), type: parsePostgresType(String(type)) })),
    };
  }

  readCatalog(schemas: readonly string[]): Promise<readonly CatalogEntry[]> {
    return readPostgresCatalog(this, schemas);
  }

  readSize(name: QualifiedName): Promise<{ readonly rows?: number; readonly bytes?: number }> {
    return readPostgresSize(this, name);
  }

  /** A dropped table's files go with it, and the server vacuums what was deleted. */
  async reclaim(): Promise<void> {}

  async analyze(name: QualifiedName): Promise<void> {
    await this.execute(`analyze ${quoteRelation(name)}`);
  }

  async cancel(): Promise<void> {
    const pids = [...this.#busy].flatMap((session) => session.client.processID ?? []);
    if (pids.length === 0) return;
    const { Client } = (await import('pg')).default;
    const second = new Client({ connectionString: this.#connection.url.reveal(), application_name: 'etalon/cancel' });
    try {
      await second.connect();
      await second.query('select pg_cancel_backend(pid) from unnest($1::int[]) pid', [pids]);
    } catch (error) {
      throw mapPostgresError(error, this.#connection.redact);
    } finally {
      await second.end().catch(() => undefined);
    }
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    await (await this.#reader)?.close();
    await this.#pool.end();
  }
}
