import type { QualifiedName, Statement } from '../../../compiler/index.ts';
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
import type { SessionPool } from '../session-pool.ts';
import { duckdbCapabilities } from './duckdb-capabilities.ts';
import { readDuckdbCatalog, readDuckdbSize } from './duckdb-catalog.ts';
import { createDuckdbRawTables, loadIntoDuckdb } from './duckdb-load.ts';
import { publishDuckdbViews, type Schemas } from './duckdb-publish.ts';
import type { DuckdbSession } from './duckdb-session.ts';
import { parseDuckdbType } from './duckdb-types.ts';
import type { OpenDatabase } from './instance-registry.ts';

export class DuckdbEngine implements Engine {
  readonly capabilities: Capabilities = duckdbCapabilities;
  readonly label: string;
  /** Where files that pass between engines may stand for a while. */
  readonly scratch: string;
  readonly #database: OpenDatabase;
  readonly #pool: SessionPool<DuckdbSession>;
  readonly #readOnly: boolean;
  readonly #schemas: Schemas = new Set();
  /** What the transaction of a session makes, or finds. */
  readonly #making = new WeakMap<Session, readonly string[]>();
  #closed: Promise<void> | undefined;

  constructor(database: OpenDatabase, pool: SessionPool<DuckdbSession>, label: string, readOnly: boolean) {
    this.#database = database;
    this.scratch = database.scratch;
    this.#pool = pool;
    this.label = label;
    this.#readOnly = readOnly;
  }

  execute(statement: Statement | string): Promise<QueryResult> {
    // Another engine of this process may hold the same file for writing: only a transaction makes this one read-only.
    if (this.#readOnly) return this.transaction((session) => session.execute(statement));
    return this.#pool.use((session) => session.execute(statement));
  }

  ask(question: Statement | string): Promise<QueryResult> {
    return this.execute(question);
  }

  transaction<T>(work: (session: Session) => Promise<T>): Promise<T> {
    return retryTransient(() => this.#pool.use((session) => this.#attempt(session, work)));
  }

  async #attempt<T>(session: DuckdbSession, work: (session: Session) => Promise<T>): Promise<T> {
    await session.execute(this.#readOnly ? 'begin transaction read only' : 'begin transaction');
    session.failure = undefined;
    this.#making.delete(session);
    try {
      const result = await work(session);
      if (session.failure) throw session.failure;
      await session.execute('commit');
      for (const schema of this.#making.get(session) ?? []) this.#schemas.add(schema);
      return result;
    } catch (error) {
      // A failed COMMIT has already ended the transaction, then there is nothing to roll back.
      await session.execute('rollback').catch(() => undefined);
      throw error;
    }
  }

  createRawTables(session: Session, load: Omit<FileLoad, 'files' | 'batch' | 'loadedAt'>): Promise<void> {
    return createDuckdbRawTables(session, load);
  }

  load(session: Session, load: FileLoad): Promise<LoadResult> {
    return loadIntoDuckdb(session, load, this.scratch);
  }

  async publish(session: Session, views: readonly ViewToPublish[]): Promise<void> {
    const there = await publishDuckdbViews(session, views, this.#schemas);
    this.#making.set(session, [...(this.#making.get(session) ?? []), ...there]);
  }

  async findRelation(
    name: QualifiedName,
  ): Promise<{ readonly columns: readonly { readonly name: string; readonly type: string }[] } | undefined> {
    const { rows } = await this.execute({
      sql: 'select column_name, data_type from duckdb_columns() where database_name = current_database() and schema_name = $1 and table_name = $2 order by column_index',
      parameters: [name.schema, name.table],
    });
    if (rows.length === 0) return undefined;
    return { columns: rows.map(([column, type]) => ({ name: String(column), type: parseDuckdbType(String(type)) })) };
  }

  readCatalog(schemas: readonly string[]): Promise<readonly CatalogEntry[]> {
    return readDuckdbCatalog(this, schemas);
  }

  readSize(name: QualifiedName): Promise<{ readonly rows?: number; readonly bytes?: number }> {
    return readDuckdbSize(this, name);
  }

  /** Blocks of dropped tables are given to others only by a checkpoint; the file itself does not shrink. */
  async reclaim(): Promise<void> {
    await this.execute('checkpoint');
  }
  async drop(name: QualifiedName, kind: 'table' | 'view'): Promise<boolean> {
    try {
      await this.execute(`drop ${kind} if exists ${quoteRelation(name)}`);
      return true;
    } catch (error) {
      if (!(error instanceof EngineError) || error.kind === 'unreachable') throw error;
      return false;
    }
  }

  /** There is no server whose administrator could see sessions. */
  named(): Engine {
    return this;
  }

  /** What a process did in its database ended with it. */
  async endSessions(): Promise<void> {}

  /** DuckDB keeps its statistics while it writes. */
  async analyze(): Promise<void> {}

  async indexLookups(): Promise<void> {}

  async cancel(): Promise<void> {
    for (const session of this.#pool.busy) session.interrupt();
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    await this.cancel();
    for (const session of await this.#pool.drain()) session.connection.closeSync();
    await this.#database.close();
  }
}
