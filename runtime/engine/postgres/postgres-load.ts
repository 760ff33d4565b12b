import { randomUUID } from 'node:crypto';
import { createReadStream, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { from as copyFrom } from 'pg-copy-streams';
import type { ColumnType, QualifiedName } from '../../../compiler/index.ts';
import type { FileLoad, LoadResult, Session } from '../engine.ts';
import { stageFiles } from '../files/stage-files.ts';
import { quoteName, quoteRelation, quoteText } from '../quote-name.ts';
import { listRawColumns, rejectedColumns } from '../raw-columns.ts';
import type { PostgresSession } from './postgres-session.ts';
import { declarePostgresType } from './postgres-types.ts';

/** The DuckDB in memory that reads files, and a folder for what passes between it and the server. */
export interface FileReader {
  readonly scratch: string;
  transaction<T>(work: (session: Session) => Promise<T>): Promise<T>;
}

async function createTable(
  session: Session,
  name: QualifiedName,
  columns: readonly { readonly name: string; readonly type: ColumnType }[],
): Promise<void> {
  const { rows } = await session.execute({
    sql: 'select 1 from pg_catalog.pg_namespace where nspname = $1',
    parameters: [name.schema],
  });
  if (rows.length === 0) await session.execute(`create schema if not exists ${quoteName(name.schema)}`);
  const list = columns.map((column) => `${quoteName(column.name)} ${declarePostgresType(column.type)}`).join(', ');
  await session.execute(`create table if not exists ${quoteRelation(name)} (${list})`);
}

export async function createPostgresRawTables(
  session: Session,
  load: Omit<FileLoad, 'files' | 'batch' | 'loadedAt'>,
): Promise<void> {
  await createTable(session, load.into, listRawColumns(load));
  await createTable(session, load.rejectedInto, rejectedColumns);
}

/** Through a file and not through rows in JavaScript: DuckDB writes CSV faster than the server takes it, and nothing is held in memory. */
async function copy(
  reader: Session,
  session: PostgresSession,
  scratch: string,
  into: QualifiedName,
  columns: readonly { readonly name: string }[],
  select: string,
): Promise<void> {
  mkdirSync(scratch, { recursive: true });
  const path = join(scratch, `${randomUUID()}.copy.csv`);
  const sql = `copy ${quoteRelation(into)} (${columns.map(({ name }) => quoteName(name)).join(', ')}) from stdin (format csv)`;
  try {
    await reader.execute(`copy (${select}) to ${quoteText(path)} (format csv, header false, nullstr '')`);
    await session.use(sql, async () => {
      await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), session.client.query(copyFrom(sql)));
    });
  } finally {
    rmSync(path, { force: true });
  }
}

export function loadIntoPostgres(session: PostgresSession, load: FileLoad, reader: FileReader): Promise<LoadResult> {
  return reader.transaction((duckdb) =>
    stageFiles(duckdb, load, reader.scratch, async (rows) => {
      if (rows.goodCount > 0) await copy(duckdb, session, reader.scratch, load.into, listRawColumns(load), rows.good);
      if (rows.rejectedCount > 0)
        await copy(duckdb, session, reader.scratch, load.rejectedInto, rejectedColumns, rows.rejected);
    }),
  );
}
