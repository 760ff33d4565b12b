import type { Node } from './ast.ts';
import { functionName, nameParts, typeName } from './ast.ts';

/** The name that PostgreSQL gives to an output column without AS (its FigureColname). */
export function outputName(node: Node): string {
  return figure(node).name ?? '?column?';
}

/** 2: a name of its own; 1: a name for want of a better one; 0: none. */
interface Figured {
  readonly name?: string | undefined;
  readonly strength: 0 | 1 | 2;
}

function figure(node: Node | undefined): Figured {
  if (!node) return { strength: 0 };
  if ('ColumnRef' in node) return named(nameParts(node.ColumnRef.fields).at(-1));
  if ('FuncCall' in node) return named(functionName(node.FuncCall).split('.').at(-1));
  if ('A_Expr' in node) return node.A_Expr.kind === 'AEXPR_NULLIF' ? named('nullif') : { strength: 0 };
  if ('TypeCast' in node) {
    const inner = figure(node.TypeCast.arg);
    return inner.strength > 1 ? inner : { name: typeName(node.TypeCast.typeName), strength: 1 };
  }
  if ('CollateClause' in node) return figure(node.CollateClause.arg);
  if ('CaseExpr' in node) {
    const inner = figure(node.CaseExpr.defresult);
    return inner.strength > 1 ? inner : { name: 'case', strength: 1 };
  }
  if ('A_Indirection' in node) {
    const field = nameParts(node.A_Indirection.indirection).at(-1);
    return field === undefined ? figure(node.A_Indirection.arg) : named(field);
  }
  if ('SubLink' in node) return figureSubquery(node.SubLink.subLinkType, node.SubLink.subselect);
  if ('CoalesceExpr' in node) return named('coalesce');
  if ('MinMaxExpr' in node) return named(node.MinMaxExpr.op === 'IS_LEAST' ? 'least' : 'greatest');
  if ('A_ArrayExpr' in node) return named('array');
  if ('RowExpr' in node) return named('row');
  if ('GroupingFunc' in node) return named('grouping');
  return { strength: 0 };
}

function named(name: string | undefined): Figured {
  return name === undefined ? { strength: 0 } : { name, strength: 2 };
}

function figureSubquery(kind: string | undefined, subselect: Node | undefined): Figured {
  if (kind === 'EXISTS_SUBLINK') return named('exists');
  if (kind === 'ARRAY_SUBLINK') return named('array');
  if (kind !== 'EXPR_SUBLINK' || !subselect || !('SelectStmt' in subselect)) return { strength: 0 };
  const target = subselect.SelectStmt.targetList?.[0];
  if (!target || !('ResTarget' in target)) return { strength: 0 };
  return target.ResTarget.name === undefined ? figure(target.ResTarget.val) : named(target.ResTarget.name);
}
