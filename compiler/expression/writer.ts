import type { Node, SelectStmt, SortBy, WindowDef } from './ast.ts';
import { nodeKind, nodeLocation } from './ast.ts';

/** How tightly a form binds, as in PostgreSQL's grammar. A part that binds less tightly than its place asks for gets parentheses. */
export const binding = {
  or: 1,
  and: 2,
  not: 3,
  is: 4,
  comparison: 5,
  between: 6,
  operator: 7,
  sum: 8,
  product: 9,
  power: 10,
  zone: 11,
  collate: 12,
  sign: 13,
  subscript: 14,
  cast: 15,
  atom: 16,
} as const;

/** SQL text with how tightly it binds. */
export interface Piece {
  readonly text: string;
  readonly binding: number;
}

/**
 * What the parts of the writer call one another by. `indent` is the white space that a new line begins with; undefined: all on one line.
 */
export interface Writer {
  readonly piece: (node: Node, indent: string | undefined) => Piece;
  readonly select: (select: SelectStmt, indent: string | undefined) => string;
  readonly sort: (item: SortBy, indent: string | undefined) => string;
  readonly window: (window: WindowDef, indent: string | undefined) => string;
}

/** A form that Etalon does not carry to every engine. */
export class UnsupportedSqlError extends Error {
  readonly what: string;
  readonly at: number | undefined;

  constructor(what: string, at?: number) {
    super(`${what} is not supported`);
    this.what = what;
    this.at = at;
  }
}

export function unsupportedNode(node: Node): UnsupportedSqlError {
  return new UnsupportedSqlError(`this form (${nodeKind(node)})`, nodeLocation(node));
}

export function newLine(indent: string | undefined): string {
  return indent === undefined ? ' ' : `\n${indent}`;
}

export function deeper(indent: string | undefined): string | undefined {
  return indent === undefined ? undefined : `${indent}  `;
}

/** A query in parentheses, on lines of its own. */
export function enclosedQuery(writer: Writer, query: Node | undefined, indent: string | undefined): string {
  if (!query || !('SelectStmt' in query)) throw new UnsupportedSqlError('a subquery that is no SELECT');
  const inner = deeper(indent);
  const text = writer.select(query.SelectStmt, inner);
  return indent === undefined ? `(${text})` : `(\n${inner}${text}\n${indent})`;
}

/** The text of a part in a place that asks for at least `least`. */
export function fitted(piece: Piece, least: number): string {
  return piece.binding < least ? `(${piece.text})` : piece.text;
}

/** In a place where the grammar takes a `b_expr`: COLLATE and AT TIME ZONE are none of it at any depth, so that whatever is put together gets parentheses. */
export function restricted(piece: Piece): string {
  return fitted(piece, binding.subscript);
}
