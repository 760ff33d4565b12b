import type { Lookup, QualifiedName, Statement } from '../../../compiler/index.ts';
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
import { postgresCapabilities } from './postgres-capabilities.ts';
import { readPostgresCatalog, readPostgresSize } from './postgres-catalog.ts';
import { createPostgresRawTables, loadIntoPostgres } from './postgres-load.ts';
import { indexLookups, indexShared } from './postgres-lookups.ts';
import type { PostgresPool } from './postgres-pool.ts';
import { publishPostgresViews } from './postgres-publish.ts';
import type { PostgresSession } from './postgres-session.ts';
import { parsePostgresType } from './postgres-types.ts';

/** Half a minute in all: a publish that never waits long for readers must ask often. */
const attempts = 20;
/** Of these, so many while nobody answers. */
const knocks = 8;

/** A connection lost in mid-work is worth several tries to come back; one that was never there is not. */
function passes(error: unknown, attempt: number): boolean {
  if (!(error instanceof EngineError) || error.final) return false;
  return error.kind === 'transient' || (error.kind === 'unreachable' && attempt > 1 && attempt < knocks);
}

/** Files are read by DuckDB for every engine, so that the same rows are taken and refused. */
async function openFileReader(): Promise<DuckdbEngine> {
  const { openDuckdb } = await import('../duckdb/open-duckdb.ts');
  return openDuckdb({ engine: 'duckdb', path: ':memory:' });
}

/** What the engines of one target have in common, whatever they are named. */
interface Shared {
  readonly pool: PostgresPool;
  reader?: ReturnType<typeof openFileReader>;
  closed?: Promise<void>;
}

/** Whoever waits for a lock on a table makes those wait that come after. */
const dropTimeout = '500ms';
/** Milliseconds until a session that was told to end is given up. */
const endTimeout = 5_000;

export class PostgresEngine implements Engine {
  readonly capabilities: Capabilities = postgresCapabilities;
  readonly label: string;
  readonly #shared: Shared;
  readonly #name: string;

  constructor(shared: Shared, name: string) {
    this.#shared = shared;
    this.#name = name;
    this.label = shared.pool.connection.label;
  }

  named(name: string): Engine {
    return new PostgresEngine(this.#shared, name);
  }

  execute(statement: Statement | string): Promise<QueryResult> {
    return this.#use((session) => session.execute(statement));
  }

  /**
   * PostgreSQL keeps no statistics of common table expressions. Where it takes 100,000 rows for one, it looks through all of another for each of them: minutes in place of a second. Without
   * nested loops it hashes or sorts, which costs little more where its guess was right; what can be joined in no other way still is. Before version 18 such a join counts as so dear that even a
   * small question would first be compiled to machine code, for seconds.
   */
  ask(question: Statement | string): Promise<QueryResult> {
    return this.#use(async (session) => {
      await session.execute('begin read only; set local enable_nestloop = off; set local jit = off');
      try {
        return await session.execute(question);
      } finally {
        if (!session.lost) await session.execute('rollback').catch(() => undefined);
      }
    });
  }

  transaction<T>(work: (session: Session) => Promise<T>): Promise<T> {
    return retryTransient(() => this.#use((session) => this.#attempt(session, work)), { attempts, passes });
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
          final: true,
        },
      );
    }
  }

  #use<T>(work: (session: PostgresSession) => Promise<T>): Promise<T> {
    return this.#shared.pool.use(this.#name, work);
  }

  createRawTables(session: Session, load: Omit<FileLoad, 'files' | 'batch' | 'loadedAt'>): Promise<void> {
    return createPostgresRawTables(session, load);
  }

  load(session: Session, load: FileLoad): Promise<LoadResult> {
    this.#shared.reader ??= openFileReader();
    return this.#shared.reader.then((reader) => loadIntoPostgres(session as PostgresSession, load, reader));
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

  async analyze(name: QualifiedName, session: Session = this): Promise<void> {
    await session.execute(`analyze ${quoteRelation(name)}`);
  }

  indexLookups(name: QualifiedName, lookups: readonly Lookup[], session?: Session): Promise<void> {
    return session === undefined ? indexShared(this, name, lookups) : indexLookups(session, name, lookups);
  }

  async drop(name: QualifiedName, kind: 'table' | 'view'): Promise<boolean> {
    const statement = `drop ${kind} if exists ${quoteRelation(name)}`;
    try {
      await this.#use((session) =>
        this.#attempt(session, async () => {
          await session.execute(`set local lock_timeout = '${dropTimeout}'`);
          await session.execute(statement);
        }),
      );
      return true;
    } catch (error) {
      if (!(error instanceof EngineError) || error.kind === 'unreachable') throw error;
      return false;
    }
  }

  /** By the name that they bear, of this user and database only. Waits until they are gone. */
  async endSessions(runs: readonly string[]): Promise<void> {
    if (runs.length === 0) return;
    const places = runs.map((_, index) => `$${index + 1}`).join(', ');
    await this.execute({
      sql: `select pg_terminate_backend(pid, ${endTimeout}) from pg_stat_activity where datname = current_database() and usename = current_user
and pid <> pg_backend_pid() and application_name like 'etalon/%' and split_part(application_name, '/', 2) in (${places})`,
      parameters: [...runs],
    });
  }

  cancel(): Promise<void> {
    return this.#shared.pool.cancel();
  }

  close(): Promise<void> {
    this.#shared.closed ??= this.#close();
    return this.#shared.closed;
  }

  async #close(): Promise<void> {
    await (await this.#shared.reader)?.close();
    await this.#shared.pool.end();
  }
}
