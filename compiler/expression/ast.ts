import type { FuncCall, Node, SelectStmt, TypeName } from '@pgsql/types';

export type {
  A_Const,
  A_Expr,
  ColumnRef,
  FuncCall,
  JoinExpr,
  Node,
  RangeVar,
  SelectStmt,
  SortBy,
  TypeName,
  WindowDef,
  WithClause,
} from '@pgsql/types';

/** The texts of a list of String nodes: the parts of a name. Called for every node, so that it makes no more than the list. */
export function nameParts(nodes: readonly Node[] | undefined): string[] {
  const parts: string[] = [];
  for (const node of nodes ?? []) if ('String' in node) parts.push(node.String.sval ?? '');
  return parts;
}

/** A function's name without `pg_catalog.`, which the grammar adds to `extract`, `substring` and their like. */
export function functionName(call: FuncCall): string {
  const parts = nameParts(call.funcname);
  if (parts.length === 1) return parts[0]!;
  return (parts[0] === 'pg_catalog' ? parts.slice(1) : parts).join('.');
}

/** A type's name as the grammar has it (`int8`, `numeric`, `timestamptz`), without `pg_catalog.`. */
export function typeName(type: TypeName | undefined): string {
  const parts = nameParts(type?.names);
  return (parts[0] === 'pg_catalog' ? parts.slice(1) : parts).join('.');
}

export function selectOf(ast: unknown): SelectStmt {
  return (ast as { SelectStmt: SelectStmt }).SelectStmt;
}

/** A wrapped node is an object with the one key that says its kind. */
export function isNode(value: unknown): value is Node {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  let found = '';
  for (const key in value) {
    if (found !== '') return false;
    found = key;
  }
  const first = found.charCodeAt(0);
  return first >= 65 && first <= 90;
}

export function nodeKind(node: Node): string {
  for (const key in node) return key;
  return '';
}

export function nodeBody(node: Node): Record<string, unknown> {
  return (node as unknown as Record<string, Record<string, unknown>>)[nodeKind(node)] ?? {};
}

export function nodeLocation(node: Node): number | undefined {
  const location = nodeBody(node).location;
  return typeof location === 'number' && location >= 0 ? location : undefined;
}
