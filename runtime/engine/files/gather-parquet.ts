import type { FileLoad, FileToLoad, Session } from '../engine.ts';
import { quoteText } from '../quote-name.ts';
import { blameFiles } from './blame-files.ts';
import { requireColumns } from './csv-header.ts';
import type { Portion } from './portions.ts';
import { type ParquetColumn, parquetRows, parquetSource } from './source-rows.ts';

const filesPerStatement = 500;

/** Files of one set of columns together; Parquet says itself what and how much is in it. */
export async function* gatherParquet(session: Session, load: FileLoad): AsyncGenerator<Portion> {
  for (let from = 0; from < load.files.length; from += filesPerStatement) {
    const files = load.files.slice(from, from + filesPerStatement);
    for (const { found, same } of await groupByColumns(session, load, files)) {
      const rows = await countRows(session, same);
      const paths = same.map(({ path }) => path);
      const parts = same.map((file) => ({ file, rows: rows.get(file.path) ?? 0 }));
      yield { source: parquetRows(paths, found, load.columns), parts };
    }
  }
}

interface Alike {
  readonly found: readonly ParquetColumn[];
  readonly same: FileToLoad[];
}

async function groupByColumns(
  session: Session,
  load: FileLoad,
  files: readonly FileToLoad[],
): Promise<Iterable<Alike>> {
  const groups = new Map<string, Alike>();
  for (const file of files) {
    const found = await describe(session, file);
    const names = found.map(({ name }) => name);
    requireColumns(file, load.columns, names, 'schema');
    const key = JSON.stringify(found);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { found, same: [file] });
    else group.same.push(file);
  }
  return groups.values();
}

async function describe(session: Session, file: FileToLoad): Promise<readonly ParquetColumn[]> {
  try {
    const { rows } = await session.execute(`describe select * from ${parquetSource([file.path])}`);
    return rows.map(([name, type]) => ({ name: String(name), type: String(type) }));
  } catch (error) {
    throw blameFiles(error, [file]);
  }
}

async function countRows(session: Session, files: readonly FileToLoad[]): Promise<ReadonlyMap<string, number>> {
  const list = files.map(({ path }) => quoteText(path)).join(', ');
  const { rows } = await session.execute(`select file_name, num_rows from parquet_file_metadata([${list}])`);
  return new Map(rows.map(([path, count]) => [String(path), Number(count)]));
}
