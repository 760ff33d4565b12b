import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { FileLoad, FileToLoad, RawColumn, Session } from '../engine.ts';
import { quoteName, quoteText } from '../quote-name.ts';
import { findPlainCsv, longestRecord } from './check-csv.ts';
import { findJsonlTraits } from './check-jsonl.ts';
import { readCsvHeader, requireColumns } from './csv-header.ts';
import { readJsonl } from './jsonl-sql.ts';
import { rewriteCsv } from './rewrite-csv.ts';
import { rewriteJsonl } from './rewrite-jsonl.ts';
import { ScratchCsv } from './scratch-csv.ts';

/** SQL of a file's rows, in the file's order, before any rule was applied. */
export interface SourceRows {
  /** A SELECT with whatever the expressions below read. */
  readonly from: string;
  /** Text of each declared column, in their order; JSON where the column is JSON and is known to be. */
  readonly texts: readonly string[];
  /** The row as JSON text, for a rejected one. */
  readonly row: string;
  /** Why a row cannot be looked into at all, '' where it is no row; null where it can. */
  readonly fault: string;
  /** Values of JSON columns need no further look. */
  readonly knownJson: boolean;
  /** How many there must be, where it was counted: DuckDB told something slightly wrong of a file can answer with too few and no error. */
  readonly rows: number | undefined;
  /** To be deleted when read. */
  readonly scratch: string | undefined;
}

/** `strict_mode = true` is the default and must not be written out: with `new_line = '\\r\\n'` DuckDB 1.5 then answers with no rows and no error. */
const plainOptions = `auto_detect = false, null_padding = false, max_line_size = ${longestRecord + 1_000}`;
const quotedOptions = `delim = ',', quote = '"', escape = '"', nullstr = '', allow_quoted_nulls = false, ${plainOptions}`;
const scratchOptions = `new_line = '\\n', ${quotedOptions.replace(/max_line_size = \d+/, `max_line_size = ${longestRecord * 3}`)}`;

function readCsvSql(path: string, names: readonly string[], options: string): string {
  const columns = names.map((name) => `${quoteText(name)}: 'varchar'`).join(', ');
  return `read_csv(${quoteText(path)}, columns = {${columns}}, header = false, ${options})`;
}

async function rewrite(
  folder: string,
  fill: (scratch: ScratchCsv) => Promise<void>,
): Promise<{ readonly path: string; readonly rows: number }> {
  mkdirSync(folder, { recursive: true });
  const scratch = new ScratchCsv(join(folder, `${randomUUID()}.csv`));
  try {
    await fill(scratch);
    return scratch;
  } finally {
    await scratch.end();
  }
}

async function csvRows(
  file: FileToLoad,
  columns: readonly RawColumn[],
  folder: string,
): Promise<SourceRows | undefined> {
  const header = await readCsvHeader(file);
  if (header === undefined) return undefined;
  requireColumns(file, columns, header, 'header');
  const names = header.map((_, index) => `cell${index}`);
  const texts = columns.map(({ name }) => `cell${header.indexOf(name)}`);
  const row = `to_json({${header.map((name, index) => `${quoteText(name || `column ${index + 1}`)}: cell${index}`).join(', ')}})::varchar`;
  const shared = { texts, knownJson: false };
  const plain = await findPlainCsv(file, header.length);
  if (plain !== undefined) {
    const options = `skip = 1, new_line = ${quoteText(plain.newline === 'lf' ? '\\n' : '\\r\\n')}, ${quotedOptions}`;
    const from = `select * from ${readCsvSql(file.path, names, options)}`;
    return { ...shared, from, row, fault: 'null', rows: plain.rows, scratch: undefined };
  }
  const { path, rows } = await rewrite(folder, (out) => rewriteCsv(file, header.length, out));
  const from = `select * from ${readCsvSql(path, [...names, 'bad', 'raw'], scratchOptions)}`;
  return { ...shared, from, row: `coalesce(raw, ${row})`, fault: 'bad', rows, scratch: path };
}

async function jsonlRows(file: FileToLoad, columns: readonly RawColumn[], folder: string): Promise<SourceRows> {
  const traits = await findJsonlTraits(file);
  if (traits.plain) {
    const options = `delim = chr(1), quote = '', escape = '', nullstr = '', new_line = '\\n', ${plainOptions}`;
    const sql = readJsonl(readCsvSql(file.path, ['value'], options), columns, traits);
    return { ...sql, knownJson: true, rows: traits.lines, scratch: undefined };
  }
  const { path, rows } = await rewrite(folder, (out) => rewriteJsonl(file, out));
  const sql = readJsonl(readCsvSql(path, ['value', 'bad', 'raw'], scratchOptions), columns, traits);
  const fault = `coalesce(bad, ${sql.fault})`;
  return { ...sql, row: `coalesce(raw, ${sql.row})`, fault, knownJson: true, rows, scratch: path };
}

/** Text of a typed Parquet column such that the rules of its declared type read it back. */
function parquetText(column: RawColumn, cell: string, type: string): string {
  if (column.type.name === 'json' && /\]$|^STRUCT|^MAP/.test(type)) return `to_json(${cell})::varchar`;
  if (column.type.name === 'timestamp' && type === 'DATE') return `(${cell}::varchar || ' 00:00:00')`;
  // Programs that have no integer null write whole numbers as 3.0.
  if (column.type.name === 'integer' && /^(DOUBLE|FLOAT)$/.test(type))
    return `regexp_replace(${cell}::varchar, '[.]0$', '')`;
  return `${cell}::varchar`;
}

async function parquetRows(session: Session, file: FileToLoad, columns: readonly RawColumn[]): Promise<SourceRows> {
  const source = `read_parquet(${quoteText(file.path)}, binary_as_string = true)`;
  const { rows } = await session.execute(`describe select * from ${source}`);
  const names = rows.map(([name]) => String(name));
  const types = rows.map(([, type]) => String(type));
  requireColumns(file, columns, names, 'schema');
  const cells = names.map((name, index) => `${quoteName(name)} as cell${index}`);
  return {
    from: `select ${cells.join(', ')} from ${source}`,
    texts: columns.map((column) => {
      const index = names.indexOf(column.name);
      return parquetText(column, `cell${index}`, types[index]!);
    }),
    row: `to_json({${names.map((name, index) => `${quoteText(name)}: cell${index}::varchar`).join(', ')}})::varchar`,
    fault: 'null',
    knownJson: false,
    rows: undefined,
    scratch: undefined,
  };
}

/** How to read one file; undefined where there is nothing in it. */
export async function findSourceRows(
  session: Session,
  load: Pick<FileLoad, 'format' | 'columns'>,
  file: FileToLoad,
  folder: string,
): Promise<SourceRows | undefined> {
  switch (load.format) {
    case 'csv':
      return csvRows(file, load.columns, folder);
    case 'jsonl':
      return jsonlRows(file, load.columns, folder);
    case 'parquet':
      return parquetRows(session, file, load.columns);
  }
}

export function removeScratch({ scratch }: SourceRows): void {
  if (scratch !== undefined) rmSync(scratch, { force: true });
}
