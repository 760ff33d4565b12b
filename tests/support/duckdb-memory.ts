import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll } from 'vitest';

/** A DuckDB in memory for the tests of a file, with schemas in it; to be called where `beforeAll` may be. */
export interface Memory {
  run(sql: string): Promise<void>;
  /** How many rows a query has. */
  count(sql: string): Promise<number>;
  /** How many rows only one of two queries has, each as often as it has it. */
  countDiffering(a: string, b: string): Promise<number>;
  rows(sql: string): Promise<readonly (readonly unknown[])[]>;
}

export function useMemory(schemas: readonly string[]): Memory {
  let instance: DuckDBInstance;
  let db: DuckDBConnection;
  beforeAll(async () => {
    instance = await DuckDBInstance.create(':memory:', { threads: '1' });
    db = await instance.connect();
    for (const schema of schemas) await db.run(`create schema ${schema}`);
  });
  afterAll(() => {
    db.closeSync();
    instance.closeSync();
  });
  const rows = async (sql: string) => (await db.runAndReadAll(sql)).getRows();
  const count = async (sql: string) => Number((await rows(`select count(*) from (${sql}) as q`))[0]![0]);
  return {
    run: async (sql) => void (await db.run(sql)),
    rows,
    count,
    countDiffering: async (a, b) =>
      (await count(`(${a}) except all (${b})`)) + (await count(`(${b}) except all (${a})`)),
  };
}
