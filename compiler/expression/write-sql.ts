import type { Node } from './ast.ts';
import { writeSort, writeWindow } from './write-call.ts';
import { writeNode } from './write-expression-node.ts';
import { writeFromItem } from './write-from.ts';
import { writeSelect } from './write-select.ts';
import type { Writer } from './writer.ts';
import { UnsupportedSqlError } from './writer.ts';

/**
 * The parts of the writer call one another by way of this. It is ours, and no package's, because its text goes into fingerprints: it must not change with a version of
 * a package, and a parenthesis left out is a wrong number (pgsql-deparser 18.3 writes `(not a) is null` as `NOT (a) IS NULL`).
 */
const writer: Writer = {
  piece: (node, indent) => writeNode(node, writer, indent),
  select: (select, indent) => writeSelect(select, writer, indent),
  sort: (item, indent) => writeSort(item, writer, indent),
  window: (window, indent) => writeWindow(window, writer, indent),
};

/** A query as text, a clause to a line. */
export function writeSql(node: Node): string {
  if (!('SelectStmt' in node)) throw new UnsupportedSqlError('a statement that is no SELECT');
  return writer.select(node.SelectStmt, '');
}

/** An expression as text on one line. */
export function writeExpression(node: Node): string {
  return writer.piece(node, undefined).text;
}

/** One item of an ORDER BY as text on one line. */
export function writeSortItem(node: Node): string {
  return 'SortBy' in node ? writer.sort(node.SortBy, undefined) : writeExpression(node);
}

/** One item of a FROM as text on one line. */
export function writeFrom(item: Node): string {
  return writeFromItem(item, writer, undefined);
}
