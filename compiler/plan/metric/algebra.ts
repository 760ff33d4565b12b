import { type Diagnostic, diagnostic, type Span } from '../../diagnostic/diagnostic.ts';
import type { Node } from '../../expression/ast.ts';
import { functionName, nameParts } from '../../expression/ast.ts';
import type { Formula, FormulaAggregate } from './formula.ts';

/** Do a metric's values add up over groups and over time (semantics.md §2)? */
export type Additivity = 'sum' | 'min' | 'max' | 'distinct' | 'average' | 'ratio' | 'none';
export type ValueType = 'integer' | 'decimal' | 'double' | 'date' | 'timestamp' | 'text' | 'boolean';

/**
 * `sum` where the formula is a sum or count, a sum or difference of such, or such a one times a constant; an aggregate alone merges by its own rule; what divides is a
 * `ratio`; all else is `none` and is recomputed from the rows.
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
      if (operator === '/') return rexpr && isConstant(rexpr) && lexpr && of(lexpr) === 'sum' ? 'sum' : 'ratio';
      if ((operator === '+' || operator === '-') && rexpr)
        return (!lexpr || of(lexpr) === 'sum') && of(rexpr) === 'sum' ? 'sum' : 'none';
      if (operator === '*' && lexpr && rexpr)
        return (isConstant(lexpr) && of(rexpr) === 'sum') || (isConstant(rexpr) && of(lexpr) === 'sum')
          ? 'sum'
          : 'none';
    }
    return 'none';
  };
  return of(formula.root);
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

const numeric = new Set(['integer', 'decimal', 'double']);

/**
 * The type of a metric's values. What divides, averages or interpolates is double; sums and extremes keep the type of what they add up; arithmetic over several takes
 * the widest.
 */
export function typeOf(
  formula: Formula,
  column: (path: readonly string[]) => string | undefined,
  metric: (name: string) => ValueType | undefined,
  diagnostics: Diagnostic[],
  span: Span,
): ValueType {
  const leaves: ValueType[] = formula.aggregates.map((a) => aggregateType(a, column, diagnostics, span));
  for (const name of formula.metrics) leaves.push(metric(name) ?? 'double');
  if (leaves.length === 1 && isLeaf(formula)) return leaves[0]!;
  if (formula.divides || leaves.includes('double')) return 'double';
  if (leaves.some((type) => !numeric.has(type))) return leaves.find((type) => !numeric.has(type))!;
  return leaves.includes('decimal') || hasFraction(formula.root) ? 'decimal' : 'integer';
}

function isLeaf(formula: Formula): boolean {
  return (
    'ColumnRef' in formula.root ||
    ('FuncCall' in formula.root &&
      formula.aggregates.some((a) => 'FuncCall' in formula.root && a.call === formula.root.FuncCall))
  );
}

function aggregateType(
  aggregate: FormulaAggregate,
  column: (path: readonly string[]) => string | undefined,
  diagnostics: Diagnostic[],
  span: Span,
): ValueType {
  const argument = aggregate.call.args?.[0];
  const type = argument && 'ColumnRef' in argument ? column(nameParts(argument.ColumnRef.fields)) : undefined;
  const base = type?.replace(/\(.*/, '');
  const needsNumber = ['sum', 'avg', 'median', 'stddev', 'percentile'].includes(aggregate.name);
  if (needsNumber && base !== undefined && !numeric.has(base)) {
    diagnostics.push(
      diagnostic('E1407', `\`${aggregate.name}\` of ${base}, where a number is expected`, {
        span,
        hints: ['`count(distinct x)` counts values of any type'],
      }),
    );
  }
  switch (aggregate.name) {
    case 'count':
      return 'integer';
    case 'avg':
    case 'median':
    case 'stddev':
    case 'percentile':
      return 'double';
    default:
      return (base as ValueType | undefined) ?? argumentType(aggregate, column);
  }
}

/** Of an argument that is computed: integer only where nothing in it can have a fraction. */
function argumentType(aggregate: FormulaAggregate, column: (path: readonly string[]) => string | undefined): ValueType {
  const argument = aggregate.call.args?.[0];
  if (!argument) return 'double';
  const types = aggregate.columns.map((path) => column(path)?.replace(/\(.*/, ''));
  if (divides(argument) || types.some((type) => type === undefined || !numeric.has(type)) || types.includes('double'))
    return 'double';
  return types.includes('decimal') || hasFraction(argument) || types.length === 0 ? 'decimal' : 'integer';
}

function some(value: unknown, test: (node: Node) => boolean): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.some((item) => some(item, test));
  return test(value as Node) || Object.values(value).some((item) => some(item, test));
}

function divides(node: Node): boolean {
  return some(
    node,
    (n) =>
      ('A_Expr' in n && nameParts(n.A_Expr.name).includes('/')) ||
      ('FuncCall' in n && /^(avg|sqrt|ln|log|exp|power)$/.test(functionName(n.FuncCall))),
  );
}

function hasFraction(node: Node): boolean {
  return some(node, (n) => 'A_Const' in n && n.A_Const.fval !== undefined);
}
