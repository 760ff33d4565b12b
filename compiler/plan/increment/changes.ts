import { identifier as id } from '../sql-text.ts';

/** A stored table that changed since the reader last saw it: its rows of builds after `seen`. */
export interface Change {
  readonly model: string;
  readonly seen: number;
  /** Raw tables keep their new rows by batch, in the table itself; what left them, like what changed in any other table, is in the log of changes. */
  readonly raw: boolean;
}

/** The log of a table's changes: its columns, then `_build bigint` and `_came boolean`. Every row that left the table or came into it is there, as often as it did. */
export function logOf(model: string): string {
  const [layer, name] = model.split('.') as [string, string];
  return `${layer}__changes.${id(name)}`;
}

/** A raw table itself, with `_batch`; its published view has the declared columns only. */
export function rowsOf(model: string): string {
  const [layer, name] = model.split('.') as [string, string];
  return `${layer}__rows.${id(name)}`;
}

/** Rows that came or went, as they were when they did. */
export function changedRows(change: Change, columns: readonly string[]): string {
  const list = columns.map(id).join(', ');
  const log = `select ${list} from ${logOf(change.model)} where _build > ${change.seen}`;
  return change.raw
    ? `${log} union all select ${list} from ${rowsOf(change.model)} where _batch > ${change.seen}`
    : log;
}
