import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import { type Node, nameParts } from '../../expression/ast.ts';
import type { ExpressionType, ParsedExpression } from '../../expression/contract.ts';
import { type ColumnResolver, inferExpression } from '../../expression/infer-expression.ts';
import type { Formula, FormulaAggregate } from './formula.ts';

/** Do a metric's values add up over groups and over time (semantics.md §2)? */
export type Additivity = 'sum' | 'min' | 'max' | 'distinct' | 'average' | 'ratio' | 'none';
export type ValueType = 'integer' | 'decimal' | 'double' | 'date' | 'timestamp' | 'text' | 'boolean';

/**
 * `sum` where the formula is a sum or count, a sum or difference of such, or such a one times a constant; an aggregate alone merges by its own rule; what divides by more than a
 * constant is a `ratio`; all else is `none` and is recomputed from the rows.
 */
export function additivityOf(formula: Formula, metric: (name: string) => Additivity | undefined): Additivity {
  const aggregates = new Map(formula.aggregates.map((a) => [a.call, a]));
  const of = (node: Node): Additivity => {
    if ('FuncCall' in node) {
      const aggregate = aggregates.get(node.FuncCall);
      return aggregate ? ofAggregate(aggregate) : 'none';
    }
    if ('ColumnRef' in node) return metric(nameParts(node.ColumnRef.fields).join('.')) ?? 'none';
    if ('A_Expr' in node && node.A_Expr.kind === 'AEXPR_OP') {
      const operator = nameParts(node.A_Expr.name).join('');
      const { lexpr, rexpr } = node.A_Expr;
      if (operator === '/') return lexpr && rexpr && isConstant(rexpr) ? scaled(of(lexpr)) : 'ratio';
      if ((operator === '+' || operator === '-') && rexpr)
        return (!lexpr || of(lexpr) === 'sum') && of(rexpr) === 'sum' ? 'sum' : 'none';
      if (operator === '*' && lexpr && rexpr && isConstant(lexpr)) return scaled(of(rexpr));
      if (operator === '*' && lexpr && rexpr && isConstant(rexpr)) return scaled(of(lexpr));
    }
    return 'none';
  };
  return of(formula.root);
}

/** In another unit, say minutes as hours. The others would add up by what they were, which nobody goes by. */
function scaled(inner: Additivity): Additivity {
  return inner === 'sum' || inner === 'ratio' ? inner : 'none';
}

function ofAggregate(aggregate: FormulaAggregate): Additivity {
  switch (aggregate.name) {
    case 'count':
      return aggregate.distinct ? 'distinct' : 'sum';
    case 'sum':
      return aggregate.distinct ? 'none' : 'sum';
    case 'min':
      return 'min';
    case 'max':
      return 'max';
    case 'avg':
      return 'average';
    default:
      return 'none';
  }
}

function isConstant(node: Node): boolean {
  return 'A_Const' in node || ('TypeCast' in node && node.TypeCast.arg !== undefined && isConstant(node.TypeCast.arg));
}

/**
 * The type of a metric's values, inferred over the types of the columns and metrics it names. What divides is double, on every engine; so is what cannot be inferred.
 */
export function typeOf(
  formula: Formula,
  parsed: ParsedExpression,
  typeOfName: (path: readonly string[]) => ExpressionType | undefined,
): { readonly type: ValueType; readonly isLength: boolean; readonly diagnostics: readonly Diagnostic[] } {
  const resolver: ColumnResolver = (path) => {
    const type = typeOfName(path);
    return { ...(type ? { type } : {}), sources: [] };
  };
  const inferred = inferExpression(parsed, resolver);
  const { diagnostics } = inferred;
  const name = inferred.type?.name;
  const isLength = name === 'interval' && !formula.divides;
  if (formula.divides || name === undefined || name === 'interval' || name === 'json')
    return { type: 'double', isLength, diagnostics };
  return { type: name, isLength, diagnostics };
}
