import type { ReconcileSide } from '../../definition/data-test.ts';
import { type ColumnType, formatType } from '../../definition/type-name.ts';
import { type Diagnostic, diagnostic } from '../../diagnostic/diagnostic.ts';
import { type CsvTable, parseCsv } from '../../source/parse-csv.ts';
import { canonicalType } from '../canonical-type.ts';
import type { CatalogModel } from '../catalog.ts';
import { identifier as id, valueLiteral } from '../sql-text.ts';

/** A file of control totals as a relation that a test carries with it. */
export interface ControlRelation {
  readonly model: CatalogModel;
  /** What stands after FROM. */
  readonly from: string;
}

/** The rows travel inside the test's SQL. */
const mostRows = 5000;

export function readControl(
  side: Extract<ReconcileSide, { file: unknown }>,
  diagnostics: Diagnostic[],
): ControlRelation | undefined {
  const { path } = side.file;
  const parsed = parseCsv(side.file);
  diagnostics.push(...parsed.diagnostics);
  if (!parsed.table) return undefined;
  const { header, rows } = parsed.table;
  if (rows.length > mostRows) {
    const message = `\`${path}\` has ${rows.length} rows, and control totals have at most ${mostRows}`;
    diagnostics.push(
      diagnostic('E1005', message, { span: side.span, hints: ['total them up, or load them as a source'] }),
    );
    return undefined;
  }
  const types = header.map((_, place) => typeOfCells(rows.map((row) => row[place] ?? null)));
  const columns = header.map((name, place) => ({ name, type: formatType(types[place]!) }));
  return { model: { name: path, key: [], columns, relations: [] }, from: relationSql(parsed.table, types) };
}

/** Cells are cast outside of the list: so one type is asked for, whatever the first row holds. */
function relationSql({ header, rows }: CsvTable, types: readonly ColumnType[]): string {
  const names = header.map(id);
  const cast = names.map((name, i) => `cast(c.${name} as ${canonicalType(types[i]!)}) as ${name}`).join(', ');
  if (rows.length === 0) {
    const nothing = names.map((name) => `cast(null as text) as ${name}`).join(', ');
    return `(select ${cast} from (select ${nothing}) as c where false) as control`;
  }
  const values = rows.map(
    (row) =>
      `(${row.map((cell) => (cell === null ? 'cast(null as text)' : `cast(${valueLiteral(cell)} as text)`)).join(', ')})`,
  );
  return `(select ${cast} from (values ${values.join(', ')}) as c (${names.join(', ')})) as control`;
}

const patterns: readonly (readonly [Exclude<ColumnType['name'], 'decimal'>, RegExp])[] = [
  ['integer', /^[+-]?\d{1,18}$/],
  ['boolean', /^(true|false)$/i],
  ['date', /^\d{4}-\d{2}-\d{2}$/],
  ['timestamp', /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}(:?\d{2})?)$/],
];

/** The narrowest type that every cell has; text where there is none, and where there is no cell. */
function typeOfCells(cells: readonly (string | null)[]): ColumnType {
  const present = cells.filter((cell) => cell !== null);
  if (present.length === 0) return { name: 'text' };
  for (const [name, pattern] of patterns) if (present.every((cell) => pattern.test(cell))) return { name };
  return decimalOf(present) ?? { name: 'text' };
}

function decimalOf(cells: readonly string[]): ColumnType | undefined {
  const parts = cells.map((cell) => /^[+-]?(\d+)(?:\.(\d+))?$/.exec(cell));
  if (parts.some((part) => part === null)) return undefined;
  const scale = Math.max(...parts.map((part) => part![2]?.length ?? 0));
  const precision = Math.max(...parts.map((part) => part![1]!.length)) + scale;
  return precision <= 38 ? { name: 'decimal', precision: Math.max(18, precision), scale } : undefined;
}
