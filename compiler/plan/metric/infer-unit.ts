import { functionName, type Node, nameParts } from '../../expression/ast.ts';
import { parseFragment } from '../../expression/parse-fragment.ts';
import type { AnalysedMetric } from './analysed-metric.ts';

/**
 * The unit of a metric that says none, from those of the metrics it is computed from: sums and differences of one unit have it, and so has what is multiplied by a number or divided by
 * what has none, such as a count. A change in percent is a `percent`. Undefined where it cannot be told.
 *
 * @example
 * inferUnit(aov, (name) => ({ revenue: 'EUR' })[name]) // revenue / orders → 'EUR'
 */
export function inferUnit(
  { expression, compare }: Pick<AnalysedMetric, 'expression' | 'compare'>,
  unitOf: (metric: string) => string | undefined,
): string | undefined {
  if (compare?.as === 'percent') return 'percent';
  if (compare?.as === 'ratio' || expression === undefined) return undefined;
  return unitIn(parseFragment(expression), unitOf);
}

function unitIn(node: Node | undefined, unitOf: (metric: string) => string | undefined): string | undefined {
  const of = (part: Node | undefined) => unitIn(part, unitOf);
  if (!node) return undefined;
  if ('ColumnRef' in node) return unitOf(nameParts(node.ColumnRef.fields).join('.'));
  if ('TypeCast' in node) return of(node.TypeCast.arg);
  if ('CoalesceExpr' in node) return of(node.CoalesceExpr.args?.[0]);
  if ('FuncCall' in node)
    return /^(round|abs|ceil|floor)$/.test(functionName(node.FuncCall)) ? of(node.FuncCall.args?.[0]) : undefined;
  if (!('A_Expr' in node)) return undefined;
  const { kind, lexpr, rexpr } = node.A_Expr;
  if (kind === 'AEXPR_NULLIF') return of(lexpr);
  if (kind !== 'AEXPR_OP') return undefined;
  const [left, right] = [of(lexpr), of(rexpr)];
  switch (nameParts(node.A_Expr.name).join('')) {
    case '+':
    case '-':
      return lexpr === undefined || left === right ? right : undefined;
    case '*':
      // A hundred times a fraction is no fraction any more.
      return left !== 'percent' && right !== 'percent' && (left === undefined || right === undefined)
        ? (left ?? right)
        : undefined;
    case '/':
      return right === undefined && left !== 'percent' ? left : undefined;
    default:
      return undefined;
  }
}
