import type { ColumnType } from '../../compiler/index.ts';
import type { FileLoad } from './engine.ts';

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

/** Columns of a raw table, in the order in which they are loaded. */
export function listRawColumns(load: Pick<FileLoad, 'columns'>): readonly Column[] {
  return [...load.columns.map(({ name, type }) => ({ name, type })), ...origin];
}

export const rejectedColumns: readonly Column[] = [
  ...origin,
  { name: 'reason', type: text },
  { name: 'row', type: text },
];
