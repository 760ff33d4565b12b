import type { ColumnType } from '../../../compiler/index.ts';
import type { RawColumn } from '../engine.ts';
import { quoteName, quoteText } from '../quote-name.ts';
import { nameInFile } from '../raw-columns.ts';
import { longestRecord, type Newline } from './check-csv.ts';
import type { JsonlTraits } from './check-jsonl.ts';
import { typeOfParquet } from './guess-type.ts';
import { readJsonl } from './jsonl-sql.ts';

/** SQL of rows, in the order in which they stand in their files, before any rule was applied. */
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
  /** What the files say of their columns before any row; JSON lines say nothing. */
  readonly columns?: ToldColumns;
}

export interface ToldColumns {
  readonly names: readonly string[];
  /** Declared columns that they lack, by their names in the model. */
  readonly absent: readonly string[];
  /** Columns that are not declared: the type where the file says it, else SQL of the text. */
  readonly others: readonly { readonly name: string; readonly type?: ColumnType; readonly text?: string }[];
}

/** A column that is not there is null in every row. */
const absentText = 'null::varchar';

/** `strict_mode = true` is the default and must not be written out: with `new_line = '\\r\\n'` DuckDB 1.5 then answers with no rows and no error. */
const plainOptions = `auto_detect = false, null_padding = false, max_line_size = ${longestRecord + 1_000}`;
const quotedOptions = `quote = '"', escape = '"', nullstr = '', allow_quoted_nulls = false, ${plainOptions}`;
const scratchOptions = `delim = ',', new_line = '\\n', ${quotedOptions.replace(/max_line_size = \d+/, `max_line_size = ${longestRecord * 3}`)}`;

function readCsvSql(path: string, names: readonly string[], options: string): string {
  const columns = names.map((name) => `${quoteText(name)}: 'varchar'`).join(', ');
  return `read_csv(${quoteText(path)}, columns = {${columns}}, header = false, ${options})`;
}

interface CsvColumns {
  readonly cells: readonly string[];
  readonly texts: readonly string[];
  readonly row: string;
  readonly columns: ToldColumns;
}

function nameCells(header: readonly string[], columns: readonly RawColumn[]): CsvColumns {
  return {
    cells: header.map((_, index) => `cell${index}`),
    texts: columns.map((column) => {
      const index = header.indexOf(nameInFile(column));
      return index < 0 ? absentText : `cell${index}`;
    }),
    columns: tellColumns(header, columns, (index) => ({ text: `cell${index}` })),
    row: `to_json({${header.map((name, index) => `${quoteText(name || `column ${index + 1}`)}: cell${index}`).join(', ')}})::varchar`,
  };
}

function tellColumns(
  names: readonly string[],
  columns: readonly RawColumn[],
  tell: (index: number) => Pick<ToldColumns['others'][number], 'type' | 'text'>,
): ToldColumns {
  const declared = new Set(columns.map(nameInFile));
  return {
    names: names.filter((name) => name !== ''),
    absent: columns.filter((column) => !names.includes(nameInFile(column))).map(({ name }) => name),
    others: names.flatMap((name, index) => (name === '' || declared.has(name) ? [] : [{ name, ...tell(index) }])),
  };
}

/** A file as it came, or several behind one line that stands for their headers. */
export function plainCsvRows(
  path: string,
  header: readonly string[],
  newline: Newline,
  delimiter: number,
  columns: readonly RawColumn[],
): SourceRows {
  const { cells, ...own } = nameCells(header, columns);
  const options = `delim = chr(${delimiter}), skip = 1, new_line = ${quoteText(newline === 'lf' ? '\\n' : '\\r\\n')}, ${quotedOptions}`;
  return { from: `select * from ${readCsvSql(path, cells, options)}`, ...own, fault: 'null', knownJson: false };
}

/** What `rewriteCsv` wrote. */
export function rewrittenCsvRows(path: string, header: readonly string[], columns: readonly RawColumn[]): SourceRows {
  const { cells, row, ...own } = nameCells(header, columns);
  const from = `select * from ${readCsvSql(path, [...cells, 'bad', 'raw'], scratchOptions)}`;
  return { from, ...own, row: `coalesce(raw, ${row})`, fault: 'bad', knownJson: false };
}

export function plainJsonlRows(path: string, columns: readonly RawColumn[], traits: JsonlTraits): SourceRows {
  const options = `delim = chr(1), quote = '', escape = '', nullstr = '', new_line = '\\n', ${plainOptions}`;
  return { ...readJsonl(readCsvSql(path, ['value'], options), columns, traits), knownJson: true };
}

/** What `rewriteJsonl` wrote. */
export function rewrittenJsonlRows(path: string, columns: readonly RawColumn[], traits: JsonlTraits): SourceRows {
  const sql = readJsonl(readCsvSql(path, ['value', 'bad', 'raw'], scratchOptions), columns, traits);
  const fault = `coalesce(bad, ${sql.fault})`;
  return { ...sql, row: `coalesce(raw, ${sql.row})`, fault, knownJson: true };
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

export interface ParquetColumn {
  readonly name: string;
  /** As DuckDB describes it. */
  readonly type: string;
}

export function parquetSource(paths: readonly string[]): string {
  return `read_parquet([${paths.map(quoteText).join(', ')}], binary_as_string = true)`;
}

/** Files that have the same columns. */
export function parquetRows(
  paths: readonly string[],
  found: readonly ParquetColumn[],
  columns: readonly RawColumn[],
): SourceRows {
  const cells = found.map(({ name }, index) => `${quoteName(name)} as cell${index}`);
  return {
    from: `select ${cells.join(', ')} from ${parquetSource(paths)}`,
    texts: columns.map((column) => {
      const index = found.findIndex(({ name }) => name === nameInFile(column));
      return index < 0 ? absentText : parquetText(column, `cell${index}`, found[index]!.type);
    }),
    columns: tellColumns(
      found.map(({ name }) => name),
      columns,
      (index) => ({ type: typeOfParquet(found[index]!.type) }),
    ),
    row: `to_json({${found.map(({ name }, index) => `${quoteText(name)}: cell${index}::varchar`).join(', ')}})::varchar`,
    fault: 'null',
    knownJson: false,
  };
}
