import type { Node, SelectStmt } from '../expression/ast.ts';
import { functionName, nameParts, typeName } from '../expression/ast.ts';
import { outputName } from '../expression/output-name.ts';
import type { SqlType } from '../expression/sql-type.ts';
import { typeClass } from '../expression/sql-type.ts';
import { collate, fragment } from './fragment.ts';
import { postgresCalls } from './postgres-calls.ts';
import type { TypeOf } from './rewrite.ts';
import { isText } from './rewrite.ts';
import { withDays } from './with-days.ts';

/** One node of a canonical tree as PostgreSQL shall read it. */
export function rewriteForPostgres(node: Node, original: Node, typeOf: TypeOf): Node {
  if ('FuncCall' in node && 'FuncCall' in original) {
    return postgresCalls.get(functionName(node.FuncCall))?.(node, original, typeOf) ?? node;
  }
  if ('A_Expr' in node && 'A_Expr' in original) return rewriteOperator(node, original, typeOf);
  if ('TypeCast' in node && 'TypeCast' in original) return rewriteCast(node, original, typeOf);
  if ('SortBy' in node && 'SortBy' in original && node.SortBy.node && isText(typeOf(original.SortBy.node))) {
    return { SortBy: { ...node.SortBy, node: collate(node.SortBy.node, 'C') } };
  }
  if (
    'MinMaxExpr' in node &&
    'MinMaxExpr' in original &&
    original.MinMaxExpr.args?.some((arg) => isText(typeOf(arg)))
  ) {
    return { MinMaxExpr: { ...node.MinMaxExpr, args: (node.MinMaxExpr.args ?? []).map((arg) => collate(arg, 'C')) } };
  }
  if ('CoalesceExpr' in node && 'CoalesceExpr' in original) return withScale(node, typeOf(original));
  if ('SelectStmt' in node && 'SelectStmt' in original)
    return { SelectStmt: sortOutputByBytes(node.SelectStmt, original.SelectStmt, typeOf) };
  return node;
}

type CoalesceNode = Extract<Node, { CoalesceExpr: unknown }>;

/** `coalesce(amount, 0)` is 0.00 where amounts have cents: PostgreSQL keeps the scale of the value that it takes, DuckDB that of the type. */
function withScale(node: CoalesceNode, type: SqlType | undefined): Node {
  if (type?.name !== 'decimal' || type.scale === undefined || type.scale === 0) return node;
  const to = `x::numeric(38, ${type.scale})`;
  const args = (node.CoalesceExpr.args ?? []).map((arg) =>
    'A_Const' in arg && 'ival' in arg.A_Const ? fragment(to, { x: arg }) : arg,
  );
  return { CoalesceExpr: { ...node.CoalesceExpr, args } };
}

type OperatorNode = Extract<Node, { A_Expr: unknown }>;

function rewriteOperator(node: OperatorNode, original: OperatorNode, typeOf: TypeOf): Node {
  const { lexpr: a, rexpr: b, kind } = node.A_Expr;
  const name = nameParts(node.A_Expr.name).join('');
  const types = [typeOf(original.A_Expr.lexpr), typeOf(original.A_Expr.rexpr)];
  if (!a || !b) return node;
  if (kind === 'AEXPR_ILIKE' || (kind === 'AEXPR_OP' && (name === '~*' || name === '!~*'))) {
    // Without regard to case is more than ASCII: see `unicode` in postgres-calls.
    return { A_Expr: { ...node.A_Expr, lexpr: collate(a, 'und-x-icu') } };
  }
  const between = kind === 'AEXPR_BETWEEN' || kind === 'AEXPR_NOT_BETWEEN';
  if ((between && isText(types[0])) || (kind === 'AEXPR_OP' && /^[<>]=?$/.test(name) && comparesTexts(types))) {
    return { A_Expr: { ...node.A_Expr, lexpr: collate(a, 'C') } };
  }
  if (kind !== 'AEXPR_OP') return node;
  if (name === '/') return fragment(quotient(types[0]), { a, b });
  if (/^[+-]$/.test(name)) return withDays(node, types);
  if (name === '%') return fragment('a % nullif(b, 0)', { a, b });
  if (name === '^') return fragment('power(a::double precision, b::double precision)', { a, b });
  return node;
}

/**
 * PostgreSQL gives a quotient of decimals at least sixteen digits, one fewer than tells doubles apart: 381 / 333 came out as the double before the nearest. It gives no fewer behind the point than its
 * first side has. Where the type is not known `* 1.0` makes a numeric of an integer and leaves doubles and intervals what they are.
 */
function quotient(type: SqlType | undefined): string {
  if (type?.name === 'integer' || type?.name === 'decimal') return 'a * 1.00000000000000000000 / nullif(b, 0)';
  return type ? 'a / nullif(b, 0)' : 'a * 1.0 / nullif(b, 0)';
}

/** Two quoted constants compare as texts. */
function comparesTexts(types: readonly (SqlType | undefined)[]): boolean {
  return types.some(isText) || types.every((type) => type?.name === 'literal');
}

type CastNode = Extract<Node, { TypeCast: unknown }>;

/** PostgreSQL casts booleans to and from int4 alone. */
function rewriteCast(node: CastNode, original: CastNode, typeOf: TypeOf): Node {
  const { arg, typeName: to } = node.TypeCast;
  const from = typeClass(typeOf(original.TypeCast.arg));
  const target = typeName(to);
  if (!arg) return node;
  if (from === 'boolean' && /^(int2|int8|numeric|float4|float8)$/.test(target))
    return { TypeCast: { ...node.TypeCast, arg: fragment('x::int', { x: arg }) } };
  if (from === 'number' && target === 'bool') return fragment('x <> 0', { x: arg });
  return node;
}

/**
 * ORDER BY an output column that is a text: the bare name cannot carry a collation, the column's expression can. Not with DISTINCT or in a set operation, where the key must be an
 * output column; there only the order of the rows handed over depends on it.
 */
function sortOutputByBytes(select: SelectStmt, original: SelectStmt, typeOf: TypeOf): SelectStmt {
  if (!select.sortClause || select.distinctClause || !select.targetList) return select;
  const texts = new Map<string, Node>();
  select.targetList.forEach((target, i) => {
    const before = original.targetList?.[i];
    if (!('ResTarget' in target) || !before || !('ResTarget' in before) || !target.ResTarget.val) return;
    const name = target.ResTarget.name ?? outputName(target.ResTarget.val);
    if (isText(typeOf(before.ResTarget.val))) texts.set(name, target.ResTarget.val);
  });
  const sortClause = select.sortClause.map((item): Node => {
    const key = 'SortBy' in item ? item.SortBy.node : undefined;
    const path = key && 'ColumnRef' in key ? nameParts(key.ColumnRef.fields) : [];
    const value = path.length === 1 ? texts.get(path[0]!) : undefined;
    return 'SortBy' in item && value ? { SortBy: { ...item.SortBy, node: collate(value, 'C') } } : item;
  });
  return { ...select, sortClause };
}
