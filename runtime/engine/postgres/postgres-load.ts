import { randomUUID } from 'node:crypto';
import { createReadStream, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { from as copyFrom } from 'pg-copy-streams';
import { type ColumnType, canonicalType, type QualifiedName } from '../../../compiler/index.ts';
import type { FileLoad, LoadResult, Session } from '../engine.ts';
import { type Slice, stageFiles } from '../files/stage-files.ts';
import { quoteName, quoteRelation, quoteText } from '../quote-name.ts';
import { listRawColumns, rejectedColumns } from '../raw-columns.ts';
import type { PostgresSession } from './postgres-session.ts';

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
  const list = columns.map((column) => `${quoteName(column.name)} ${canonicalType(column.type)}`).join(', ');
  await session.execute(`create table if not exists ${quoteRelation(name)} (${list})`);
}

export async function createPostgresRawTables(
  session: Session,
  load: Omit<FileLoad, 'files' | 'batch' | 'loadedAt'>,
): Promise<void> {
  await createTable(session, load.into, listRawColumns(load));
  await createTable(session, load.rejectedInto, rejectedColumns);
}

/** The server takes one slice while DuckDB writes the next. */
const rowsPerSlice = 100_000;

interface Copying {
  readonly reader: Session;
  readonly scratch: string;
  readonly count: number;
  readonly select: (slice: Slice) => string;
}

async function* readSlices({ reader, scratch, count, select }: Copying): AsyncGenerator<Buffer> {
  const token = randomUUID();
  const path = (index: number) => join(scratch, `${token}.${index}.copy.csv`);
  const last = Math.ceil(count / rowsPerSlice) - 1;
  let written = 0;
  const write = async (index: number): Promise<unknown> => {
    if (index > last) return undefined;
    written = index;
    const rows = select({ from: index * rowsPerSlice, to: (index + 1) * rowsPerSlice });
    return reader.execute(`copy (${rows}) to ${quoteText(path(index))} (format csv, header false, nullstr '')`);
  };
  mkdirSync(scratch, { recursive: true });
  let next = write(0);
  try {
    for (let index = 0; index <= last; index += 1) {
      await next;
      next = write(index + 1);
      next.catch(() => undefined);
      yield* createReadStream(path(index), { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>;
      rmSync(path(index), { force: true });
    }
  } finally {
    await next.catch(() => undefined);
    for (let index = 0; index <= written; index += 1) rmSync(path(index), { force: true });
  }
}

/** Through files and not through rows in JavaScript: DuckDB writes CSV faster than the server takes it, and nothing is held in memory. */
function copy(
  session: PostgresSession,
  into: QualifiedName,
  columns: readonly { readonly name: string }[],
  rows: Copying,
): Promise<void> {
  const sql = `copy ${quoteRelation(into)} (${columns.map(({ name }) => quoteName(name)).join(', ')}) from stdin (format csv)`;
  return session.use(sql, () => pipeline(readSlices(rows), session.client.query(copyFrom(sql))));
}

export function loadIntoPostgres(session: PostgresSession, load: FileLoad, files: FileReader): Promise<LoadResult> {
  return files.transaction((reader) =>
    stageFiles(reader, load, files.scratch, async ({ count, good, rejected, goodCount, rejectedCount }) => {
      const rows = { reader, scratch: files.scratch, count };
      if (goodCount > 0) await copy(session, load.into, listRawColumns(load), { ...rows, select: good });
      if (rejectedCount > 0) await copy(session, load.rejectedInto, rejectedColumns, { ...rows, select: rejected });
    }),
  );
}
