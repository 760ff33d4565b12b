import type pg from 'pg';
import type { Statement, Value } from '../../../compiler/index.ts';
import { EngineError, type QueryResult, type Session } from '../engine.ts';
import { mapPostgresError } from './map-postgres-error.ts';
import { findTextReader, formatPostgresType } from './postgres-types.ts';

/** All values arrive as text: the driver's own readers would make a JavaScript Date of an instant and lose its microseconds. */
export const textTypes = { getTypeParser: () => (text: string) => text };

function toParameter(value: Value): string | null {
  return value === null ? null : String(value);
}

function readResult(result: pg.QueryArrayResult<(string | null)[]>): QueryResult {
  if (result.fields.length === 0) return { columns: [], rows: [], count: result.rowCount ?? 0 };
  const columns = result.fields.map((field) => ({
    name: field.name,
    type: formatPostgresType(field.dataTypeID, field.dataTypeModifier),
  }));
  const readers = result.fields.map((field) => findTextReader(field.dataTypeID));
  const rows = result.rows.map((row) => row.map((text, index) => (text === null ? null : readers[index]!(text))));
  return { columns, rows, count: result.rowCount ?? rows.length };
}

/** One connection of the pool while someone holds it. */
export class PostgresSession implements Session {
  readonly client: pg.ClientBase & { readonly processID?: number };
  readonly redact: (text: string) => string;
  /** What failed first: COMMIT after a failed statement is answered with ROLLBACK and no error. */
  failure: EngineError | undefined;
  /** The connection is gone and must not go back into the pool. */
  lost = false;
  #last: Promise<unknown> = Promise.resolve();

  constructor(client: pg.ClientBase, redact: (text: string) => string) {
    this.client = client as PostgresSession['client'];
    this.redact = redact;
  }

  execute(statement: Statement | string): Promise<QueryResult> {
    const { sql, parameters } = typeof statement === 'string' ? { sql: statement, parameters: [] } : statement;
    return this.use(sql, async () => {
      const query = { text: sql, values: parameters.map(toParameter), rowMode: 'array' as const, types: textTypes };
      const result = (await this.client.query(query)) as unknown as
        | pg.QueryArrayResult<(string | null)[]>
        | pg.QueryArrayResult<(string | null)[]>[];
      // Several statements in one text give several results: the last one counts, as in DuckDB.
      return readResult(Array.isArray(result) ? result.at(-1)! : result);
    });
  }

  /** Runs something on the connection when all before it has ended, and turns what it throws into our errors. */
  use<T>(sql: string, work: () => Promise<T>): Promise<T> {
    const run = this.#last.then(work).catch((error: unknown) => {
      const mapped = this.#map(error, sql);
      this.failure ??= mapped;
      throw mapped;
    });
    this.#last = run.catch(() => undefined);
    return run;
  }

  #map(error: unknown, sql: string): EngineError {
    const mapped = mapPostgresError(error, this.redact, sql);
    if (mapped.kind !== 'unreachable') return mapped;
    this.lost = true;
    // The work was not committed, so it may simply be done again on a new connection.
    return new EngineError('transient', `the connection was lost: ${mapped.message}`);
  }
}
