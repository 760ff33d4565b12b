import { type ColumnType, columnLine, formatType, suggestPlainName } from '../../compiler/index.ts';
import type { FileLoad, RawColumn } from './engine.ts';

interface Column {
  readonly name: string;
  readonly type: ColumnType;
}

const text: ColumnType = { name: 'text' };
const integer: ColumnType = { name: 'integer' };
const timestamp: ColumnType = { name: 'timestamp' };

const origin: readonly Column[] = [
  { name: '_file', type: text },
  { name: '_line', type: integer },
  { name: '_batch', type: integer },
  { name: '_loaded_at', type: timestamp },
];

/** What a file calls a column. */
export function nameInFile({ name, from }: Pick<RawColumn, 'name' | 'from'>): string {
  return from ?? name;
}

/** How to declare columns that the source has under names which are none of the language; undefined where no name resembles one of them. */
export function adviseNames(
  missing: readonly (Pick<RawColumn, 'name' | 'from'> & { readonly type: ColumnType })[],
  available: readonly string[],
): string | undefined {
  const lines = missing.flatMap(({ name, from, type }) => {
    const other = available.find((one) => one !== name && suggestPlainName(one) === suggestPlainName(from ?? name));
    return other === undefined ? [] : [`\`${columnLine(name, formatType(type), other)}\``];
  });
  return lines.length === 0 ? undefined : `under \`columns:\` write ${lines.join(' and ')}`;
}

/** Columns of a raw table, in the order in which they are loaded. */
export function listRawColumns(load: Pick<FileLoad, 'columns'>): readonly Column[] {
  return [...load.columns.map(({ name, type }) => ({ name, type })), ...origin];
}

export const rejectedColumns: readonly Column[] = [
  ...origin,
  { name: 'reason', type: text },
  { name: 'row', type: text },
];
