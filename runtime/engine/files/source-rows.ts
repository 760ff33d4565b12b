import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { EngineError, type FileLoad, type FileToLoad, type RawColumn, type Session } from '../engine.ts';
import { quoteName, quoteText } from '../quote-name.ts';
import { findPlainCsv, longestRecord } from './check-csv.ts';
import { isPlainJsonl, rewriteJsonl } from './check-jsonl.ts';
import { readCsvHeader, requireColumns } from './csv-header.ts';
import { rewriteCsv } from './rewrite-csv.ts';
import { ScratchCsv } from './scratch-csv.ts';
import { readJson } from './value-rules.ts';

/** SQL of a file's rows before any rule was applied. */
export interface SourceRows {
  /** A SELECT with `line`, and whatever the expressions below read. */
  readonly from: string;
  /** Text of each declared column, in their order. */
  readonly texts: readonly string[];
  /** The row as JSON text, for a rejected one. */
  readonly row: string;
  /** Why a row cannot be looked into at all; null where it can. */
  readonly fault: string;
  /** Path of a CSV file of line, reason and row of records that are not among the rows. */
  readonly bad: string | undefined;
  readonly scratch: readonly string[];
}

const plainOptions = `auto_detect = false, strict_mode = true, null_padding = false, max_line_size = ${longestRecord + 1_000}`;
const quotedOptions = `delim = ',', quote = '"', escape = '"', nullstr = '', allow_quoted_nulls = false, ${plainOptions}`;

function readCsvSql(path: string, names: readonly string[], options: string): string {
  const columns = names.map((name) => `${quoteText(name)}: 'varchar'`).join(', ');
  return `read_csv(${quoteText(path)}, columns = {${columns}}, header = false, ${options})`;
}

/** A scratch file pair in `folder`, filled by `rewrite`. */
async function rewrite(
  folder: string,
  fill: (good: ScratchCsv, bad: ScratchCsv) => Promise<void>,
): Promise<{ readonly good: string; readonly bad: string }> {
  mkdirSync(folder, { recursive: true });
  const name = join(folder, randomUUID());
  const [good, bad] = [new ScratchCsv(`${name}.csv`), new ScratchCsv(`${name}.bad.csv`)];
  try {
    await fill(good, bad);
  } finally {
    await Promise.all([good.end(), bad.end()]);
  }
  return { good: good.path, bad: bad.path };
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
  const newline = await findPlainCsv(file, header.length);
  if (newline !== undefined) {
    const options = `skip = 1, new_line = ${quoteText(newline === 'lf' ? '\\n' : '\\r\\n')}, ${quotedOptions}`;
    return {
      from: `select *, row_number() over () as line from ${readCsvSql(file.path, names, options)}`,
      texts,
      row,
      fault: 'null',
      bad: undefined,
      scratch: [],
    };
  }
  const { good, bad } = await rewrite(folder, (a, b) => rewriteCsv(file, header.length, a, b));
  const from = `select *, row_number() over () as line from ${readCsvSql(good, names, `new_line = '\\n', ${quotedOptions}`)}`;
  return { from, texts, row, fault: 'null', bad, scratch: [good, bad] };
}

/**
 * DuckDB reads a JSON number as a double: of more than 15 digits some may be lost. They are taken from the line itself where what stands there is the very
 * same double, so that the digits of a namesake inside another object are never mistaken for them.
 */
function exactNumber(name: string, text: string): string {
  const pattern = `"${name.replace(/[^a-z0-9_]/gi, '\\$&')}"\\s*:\\s*(-?[0-9]+(?:[.][0-9]+)?(?:[eE][+-]?[0-9]+)?)`;
  const found = `regexp_extract(value, ${quoteText(pattern)}, 1)`;
  return `case when long and try_cast(${text} as double) = try_cast(${found} as double) then ${found} else ${text} end`;
}

function pointer(name: string): string {
  return quoteText(`/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`);
}

function jsonlSql(source: string, columns: readonly RawColumn[]): Pick<SourceRows, 'from' | 'texts' | 'row' | 'fault'> {
  const plain = columns.filter(({ type }) => type.name !== 'json');
  const nested = columns.filter(({ type }) => type.name === 'json');
  const list = (some: readonly RawColumn[]): string => `[${some.map(({ name }) => pointer(name)).join(', ')}]`;
  const parts = [
    plain.length > 0 ? `json_extract_string(document, ${list(plain)}) as plain` : '',
    nested.length > 0 ? `json_extract(document, ${list(nested)}) as nested` : '',
  ].filter((part) => part !== '');
  const documents = `select value, line, ${readJson('value')} as document from (select value, row_number() over () as line from ${source}) where trim(value, ' ' || chr(9) || chr(13)) <> ''`;
  const objects = `select value, line, document, json_type(document) as kind, regexp_matches(value, '[0-9.]{16}') as long from (${documents})`;
  const texts = columns.map((column) => {
    if (column.type.name === 'json') return `nullif(nested[${nested.indexOf(column) + 1}]::varchar, 'null')`;
    const text = `plain[${plain.indexOf(column) + 1}]`;
    return column.type.name === 'decimal' || column.type.name === 'text' ? exactNumber(column.name, text) : text;
  });
  return {
    from: `select ${['value', 'line', 'kind', 'long', ...parts].join(', ')} from (${objects})`,
    texts,
    row: 'case when kind is null then to_json(value)::varchar else value end',
    fault:
      "case when kind is null and contains(value, '\\u0000') then 'it holds a NUL character' when kind is null then 'not JSON' when kind <> 'OBJECT' then 'not a JSON object' end",
  };
}

async function jsonlRows(file: FileToLoad, columns: readonly RawColumn[], folder: string): Promise<SourceRows> {
  if (await isPlainJsonl(file)) {
    const options = `delim = chr(1), quote = '', escape = '', nullstr = chr(2), new_line = '\\n', ${plainOptions}`;
    return { ...jsonlSql(readCsvSql(file.path, ['value'], options), columns), bad: undefined, scratch: [] };
  }
  const { good, bad } = await rewrite(folder, (a, b) => rewriteJsonl(file, a, b));
  return {
    ...jsonlSql(readCsvSql(good, ['value'], `new_line = '\\n', ${quotedOptions}`), columns),
    bad,
    scratch: [good, bad],
  };
}

/** Text of a typed Parquet column such that the rules of its declared type read it back. */
function parquetText(column: RawColumn, name: string, type: string): string {
  if (column.type.name === 'json' && /\[\]$|\]$|^STRUCT|^MAP/.test(type)) return `to_json(${name})::varchar`;
  if (column.type.name === 'timestamp' && type === 'DATE') return `(${name}::varchar || ' 00:00:00')`;
  // Programs that have no integer null write whole numbers as 3.0.
  if (column.type.name === 'integer' && /^(DOUBLE|FLOAT)$/.test(type))
    return `regexp_replace(${name}::varchar, '[.]0$', '')`;
  return `${name}::varchar`;
}

async function parquetRows(session: Session, file: FileToLoad, columns: readonly RawColumn[]): Promise<SourceRows> {
  const source = `read_parquet(${quoteText(file.path)}, binary_as_string = true`;
  const { rows } = await session.execute(`describe select * from ${source})`);
  const names = rows.map(([name]) => String(name));
  const types = rows.map(([, type]) => String(type));
  requireColumns(file, columns, names, 'schema');
  const cells = names.map((name, index) => `${quoteName(name)} as cell${index}`);
  return {
    from: `select ${cells.join(', ')}, file_row_number + 1 as line from ${source}, file_row_number = true)`,
    texts: columns.map((column) => {
      const index = names.indexOf(column.name);
      return parquetText(column, `cell${index}`, types[index]!);
    }),
    row: `to_json({${names.map((name, index) => `${quoteText(name)}: cell${index}::varchar`).join(', ')}})::varchar`,
    fault: 'null',
    bad: undefined,
    scratch: [],
  };
}

/** How to read one file; undefined where there is nothing in it. Scratch files are the caller's to delete. */
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

export function removeScratch(rows: SourceRows): void {
  for (const path of rows.scratch) rmSync(path, { force: true });
}

/** A fault of DuckDB in reading a file is the file's. */
export function blameFile(error: unknown, file: FileToLoad): unknown {
  if (!(error instanceof EngineError) || !['data', 'sql', 'unreachable'].includes(error.kind)) return error;
  return new EngineError('data', `\`${file.name}\` cannot be read: ${error.message.replaceAll(file.path, file.name)}`, {
    cause: error,
  });
}
