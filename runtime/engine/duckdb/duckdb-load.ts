import { type ColumnType, type QualifiedName, renderType } from '../../../compiler/index.ts';
import type { FileLoad, LoadResult, Session } from '../engine.ts';
import { stageFiles } from '../files/stage-files.ts';
import { quoteName, quoteRelation } from '../quote-name.ts';
import { listRawColumns, rejectedColumns } from '../raw-columns.ts';

async function createTable(
  session: Session,
  name: QualifiedName,
  columns: readonly { readonly name: string; readonly type: ColumnType }[],
): Promise<void> {
  const list = columns.map((column) => `${quoteName(column.name)} ${renderType(column.type, 'duckdb')}`).join(', ');
  await session.execute(`create schema if not exists ${quoteName(name.schema)}`);
  await session.execute(`create table if not exists ${quoteRelation(name)} (${list})`);
}

export async function createDuckdbRawTables(
  session: Session,
  load: Omit<FileLoad, 'files' | 'batch' | 'loadedAt'>,
): Promise<void> {
  await createTable(session, load.into, listRawColumns(load));
  await createTable(session, load.rejectedInto, rejectedColumns);
}

export function loadIntoDuckdb(session: Session, load: FileLoad, scratch: string): Promise<LoadResult> {
  const insert = (
    into: QualifiedName,
    columns: readonly { readonly name: string }[],
    select: string,
  ): Promise<unknown> =>
    session.execute(
      `insert into ${quoteRelation(into)} (${columns.map(({ name }) => quoteName(name)).join(', ')}) ${select}`,
    );
  return stageFiles(session, load, scratch, async (rows) => {
    if (rows.goodCount > 0) await insert(load.into, listRawColumns(load), rows.good());
    if (rows.rejectedCount > 0) await insert(load.rejectedInto, rejectedColumns, rows.rejected());
  });
}
