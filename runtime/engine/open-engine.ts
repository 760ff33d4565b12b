import type { Engine } from './engine.ts';
import type { Secret } from './secret.ts';

interface OpenOptions {
  /** Named in `application_name`, so that a server's administrator sees whose sessions they are. */
  readonly runId?: string;
  /** Models at a time; the engine holds up to twice as many connections. */
  readonly threads?: number;
  /** No limit where it is absent. */
  readonly statementTimeoutSeconds?: number;
}

export interface DuckdbTarget extends OpenOptions {
  readonly engine: 'duckdb';
  /** Absolute, or `:memory:`. */
  readonly path: string;
  /** As DuckDB writes it: `2GB`; by default 60 % of what this process may use. */
  readonly memoryLimit?: string;
  /** What sorts and joins may spill to disk, as DuckDB writes it: `10GB`; by default half of what is free there. */
  readonly spillLimit?: string;
  readonly readOnly?: boolean;
  /** Where given, no SQL reads or writes a file outside these folders (and those of the database). Absolute. */
  readonly folders?: readonly string[];
}

export interface PostgresTarget extends OpenOptions {
  readonly engine: 'postgres';
  readonly url: Secret | string;
  readonly readOnly?: boolean;
}

export type OpenTarget = DuckdbTarget | PostgresTarget;

/** Connects, or says in one line why not. The drivers are heavy, so only the one that is wanted is loaded. */
export async function openEngine(target: OpenTarget): Promise<Engine> {
  switch (target.engine) {
    case 'duckdb': {
      const { openDuckdb } = await import('./duckdb/open-duckdb.ts');
      return openDuckdb(target);
    }
    case 'postgres': {
      const { openPostgres } = await import('./postgres/open-postgres.ts');
      return openPostgres(target);
    }
  }
}
