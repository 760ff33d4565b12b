import type { DuckDBConnection, DuckDBMaterializedResult, DuckDBType, DuckDBValue } from '@duckdb/node-api';
import type { Statement, Value } from '../../../compiler/index.ts';
import { EngineError, type QueryResult, type Session } from '../engine.ts';
import { formatDuckdbType } from './duckdb-types.ts';
import { mapDuckdbError } from './map-duckdb-error.ts';
import { BIGINT, BOOLEAN, DOUBLE, HUGEINT, INTEGER, SQLNULL, VARCHAR } from './node-api.ts';
import { findValueReader } from './read-value.ts';

/** `ResultReturnType` of the driver: whether there are rows, or a count of rows changed. */
const changedRows = 1;
const nothing = 2;

/** Node takes a longer one for none. */
const longestTimer = 2 ** 31 - 1;

function findParameterType(value: Value): DuckDBType {
  switch (typeof value) {
    case 'boolean':
      return BOOLEAN;
    case 'string':
      return VARCHAR;
    case 'bigint':
      return value >= -(2n ** 63n) && value < 2n ** 63n ? BIGINT : HUGEINT;
    case 'number':
      if (!Number.isSafeInteger(value) || Object.is(value, -0)) return DOUBLE;
      return Math.abs(value) < 2 ** 31 ? INTEGER : BIGINT;
    default:
      return SQLNULL;
  }
}

function toDuckdb(value: Value, type: DuckDBType): DuckDBValue {
  return type === BIGINT && typeof value === 'number' ? BigInt(value) : value;
}

async function readRows(result: DuckDBMaterializedResult): Promise<QueryResult> {
  const types = result.columnTypes();
  const columns = result.columnNames().map((name, index) => ({ name, type: formatDuckdbType(types[index]!) }));
  const readers = types.map(findValueReader);
  const rows: Value[][] = [];
  for (let chunk = await result.fetchChunk(); chunk !== null && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
    const read = readers.map((reader, index) => chunk!.getColumnValues(index).map(reader));
    for (let row = 0; row < chunk.rowCount; row += 1) rows.push(read.map((column) => column[row]!));
  }
  return { columns, rows, count: rows.length };
}

async function readResult(result: DuckDBMaterializedResult): Promise<QueryResult> {
  if (result.returnType === changedRows) return { columns: [], rows: [], count: result.rowsChanged };
  if (result.returnType !== nothing) return readRows(result);
  // CREATE TABLE AS answers with one row, the number of rows made.
  const [row] = await result.getRows();
  const made = row?.[0];
  return { columns: [], rows: [], count: typeof made === 'bigint' ? Number(made) : 0 };
}

/** A connection whose statements queue up, can be interrupted, and may have a limit of time. */
export class DuckdbSession implements Session {
  readonly connection: DuckDBConnection;
  readonly #timeoutSeconds: number | undefined;
  #last: Promise<unknown> = Promise.resolve();
  /** What failed first since `reset`: COMMIT after a failed statement would silently roll back. */
  failure: EngineError | undefined;

  constructor(connection: DuckDBConnection, timeoutSeconds: number | undefined) {
    this.connection = connection;
    this.#timeoutSeconds = timeoutSeconds;
  }

  execute(statement: Statement | string): Promise<QueryResult> {
    const run = this.#last.then(() => this.#run(statement));
    this.#last = run.catch(() => undefined);
    return run;
  }

  interrupt(): void {
    this.connection.interrupt();
  }

  async #run(statement: Statement | string): Promise<QueryResult> {
    const { sql, parameters } = typeof statement === 'string' ? { sql: statement, parameters: [] } : statement;
    let late = false;
    const timer = this.#startTimer(() => {
      late = true;
    });
    try {
      // Without a list of values the driver answers with the result of the first statement of a text, with one it is the last, as on PostgreSQL; it prepares it then, at 0.2 ms.
      if (parameters.length === 0 && !sql.includes(';')) return await readResult(await this.connection.run(sql));
      const types = parameters.map(findParameterType);
      const values = parameters.map((value, index) => toDuckdb(value, types[index]!));
      return await readResult(await this.connection.run(sql, values, types));
    } catch (error) {
      const mapped = late
        ? new EngineError('cancelled', `the statement ran longer than ${this.#timeoutSeconds} s`, { cause: error })
        : mapDuckdbError(error, sql);
      this.failure ??= mapped;
      throw mapped;
    } finally {
      clearTimeout(timer);
    }
  }

  /** DuckDB has no statement timeout of its own. */
  #startTimer(onLate: () => void): NodeJS.Timeout | undefined {
    if (this.#timeoutSeconds === undefined) return undefined;
    const timer = setTimeout(
      () => {
        onLate();
        this.interrupt();
      },
      Math.min(longestTimer, this.#timeoutSeconds * 1000),
    );
    return timer.unref();
  }
}
