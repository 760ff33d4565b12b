import { DuckDBInstance } from '@duckdb/node-api';
import { type Timing, timed } from './measure.ts';

/** The same SQL as somebody without a tool would run it: one connection, one statement after another, no test, no state. */
export async function runByHand(path: string, statements: readonly string[]): Promise<Timing> {
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  await connection.run("set TimeZone = 'UTC'");
  try {
    return await timed(async () => {
      for (const statement of statements) await connection.run(statement);
    });
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
