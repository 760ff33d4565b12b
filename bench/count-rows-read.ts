import { existsSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Statement } from '../compiler/index.ts';
import { DuckdbSession } from '../runtime/engine/duckdb/duckdb-session.ts';
import type { QueryResult } from '../runtime/engine/engine.ts';
import type { BenchDatabase } from './postgres-server.ts';

export interface Counted<T> {
  readonly value: T;
  /** Rows that scans of built tables handed on, after the filters that were pushed down into them; files are not among them. */
  readonly rowsRead: number;
}

/** Counts the rows that an engine reads while `work` runs. DuckDB is asked after every statement, which costs time; PostgreSQL keeps count by itself. */
export function countRowsRead<T>(target: string | BenchDatabase, work: () => Promise<T>): Promise<Counted<T>> {
  return typeof target === 'string' ? countInDuckdb(dirname(target), work) : countInPostgres(target, work);
}

async function countInPostgres<T>(database: BenchDatabase, work: () => Promise<T>): Promise<Counted<T>> {
  const count = async () => {
    const sql = `select coalesce(sum(seq_tup_read + coalesce(idx_tup_fetch, 0)), 0) from pg_stat_all_tables where schemaname = 'etalon_tables'`;
    return Number((await database.execute(sql))[0]?.[0] ?? 0);
  };
  const before = await count();
  const value = await work();
  return { value, rowsRead: (await count()) - before };
}

/** What DuckDB's profile says of a step of a plan, as far as it is read here. */
interface Operator {
  readonly operator_name?: string;
  readonly operator_cardinality?: number;
  readonly children?: readonly Operator[];
}

function rowsOf({ operator_name, operator_cardinality, children }: Operator): number {
  const own = operator_name?.trim() === 'SEQ_SCAN' ? (operator_cardinality ?? 0) : 0;
  return (children ?? []).reduce((sum, child) => sum + rowsOf(child), own);
}

async function countInDuckdb<T>(folder: string, work: () => Promise<T>): Promise<Counted<T>> {
  const own = DuckdbSession.prototype.execute;
  const paths = new Map<DuckdbSession, string>();
  let rowsRead = 0;
  const profiled = async (session: DuckdbSession, statement: Statement | string): Promise<QueryResult> => {
    const sql = typeof statement === 'string' ? statement : statement.sql;
    if (!sql.includes('etalon_tables')) return own.call(session, statement);
    const path = paths.get(session) ?? join(folder, `profile-${paths.size}.json`);
    if (!paths.has(session)) {
      paths.set(session, path);
      await own.call(session, `set enable_profiling = 'json'; set profiling_output = '${path.replaceAll("'", "''")}'`);
    }
    const result = await own.call(session, statement);
    if (existsSync(path)) rowsRead += rowsOf(JSON.parse(readFileSync(path, 'utf8')) as Operator);
    rmSync(path, { force: true });
    return result;
  };
  DuckdbSession.prototype.execute = function (statement) {
    return profiled(this, statement);
  };
  try {
    return { value: await work(), rowsRead };
  } finally {
    DuckdbSession.prototype.execute = own;
  }
}
