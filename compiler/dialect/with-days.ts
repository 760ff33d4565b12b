import type { Node } from '../expression/ast.ts';
import type { SqlType } from '../expression/sql-type.ts';
import { constantInteger, fragment } from './fragment.ts';

type OperatorNode = Extract<Node, { A_Expr: unknown }>;

/** A date takes an int4 of days, and the integers of the language are bigint. */
export function withDays(node: OperatorNode, types: readonly (SqlType | undefined)[]): Node {
  const { lexpr: a, rexpr: b } = node.A_Expr;
  const days = (x: Node | undefined): Node => fragment('x::int', { x: x! });
  if (types[0]?.name === 'date' && types[1]?.name === 'integer' && constantInteger(b) === undefined)
    return { A_Expr: { ...node.A_Expr, rexpr: days(b) } };
  if (types[0]?.name === 'integer' && types[1]?.name === 'date') return { A_Expr: { ...node.A_Expr, lexpr: days(a) } };
  return node;
}
