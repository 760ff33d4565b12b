import pgsqlDeparser from 'pgsql-deparser';
import type { Node } from './ast.ts';

/** PostgreSQL text of a statement, in one layout. */
export function writeSql(node: Node): string {
  return pgsqlDeparser.Deparser.deparse(node, { pretty: true });
}

/** PostgreSQL text of an expression, on one line. */
export function writeExpression(node: Node): string {
  return pgsqlDeparser.Deparser.deparse(node, { pretty: false });
}
