import { type FuncCall, functionName, isNode, type Node, nameParts } from '../../expression/ast.ts';
import type { ParsedExpression } from '../../expression/contract.ts';

/**
 * A metric's formula taken apart (semantics.md §2): *accumulate* and *merge* are its aggregates, *combine* is the rest of it, computed over their results.
 * `sum(amount) - sum(refunded)` has two aggregates; `revenue / orders` has none and names two metrics.
 */
export interface Formula {
  readonly aggregates: readonly FormulaAggregate[];
  /** Metrics named outside aggregates, each once, in order of appearance. */
  readonly metrics: readonly string[];
  /** Names outside aggregates that cannot be metrics: dotted ones. */
  readonly strayColumns: readonly (readonly string[])[];
  /** Functions that are aggregates of no kind that metrics know, such as `array_agg`. */
  readonly unknownAggregates: readonly string[];
  readonly divides: boolean;
  readonly root: Node;
}

export interface FormulaAggregate {
  /** As the language names it: `count`, `sum`, `percentile` … */
  readonly name: string;
  readonly distinct: boolean;
  readonly filtered: boolean;
  /** Columns read, as paths through relations: `['amount']`, `['customer', 'channel']`. */
  readonly columns: readonly (readonly string[])[];
  readonly call: FuncCall;
}

export const aggregateNames = [
  'count',
  'sum',
  'avg',
  'min',
  'max',
  'median',
  'stddev',
  'percentile',
  'percentile_disc',
  'first',
  'last',
] as const;
const metricAggregates = new Set<string>(aggregateNames);
const otherAggregates = new Set([
  'array_agg',
  'string_agg',
  'bool_and',
  'bool_or',
  'every',
  'json_agg',
  'jsonb_agg',
  'mode',
  'percentile_cont',
  'variance',
  'var_pop',
  'var_samp',
  'stddev_pop',
  'stddev_samp',
  'corr',
]);

export function readFormula(expression: ParsedExpression): Formula {
  const root = expression.ast as Node;
  const aggregates: FormulaAggregate[] = [];
  const metrics = new Set<string>();
  const strayColumns: (readonly string[])[] = [];
  const unknownAggregates: string[] = [];
  let divides = false;
  visit(root, (node) => {
    if ('FuncCall' in node) {
      const name = functionName(node.FuncCall);
      if (metricAggregates.has(name)) {
        aggregates.push({
          name,
          distinct: node.FuncCall.agg_distinct === true,
          filtered: node.FuncCall.agg_filter !== undefined,
          columns: columnPaths(node),
          call: node.FuncCall,
        });
        return false;
      }
      if (otherAggregates.has(name)) unknownAggregates.push(name);
    } else if ('ColumnRef' in node) {
      const path = nameParts(node.ColumnRef.fields);
      if (path.length === 1) metrics.add(path[0]!);
      else strayColumns.push(path);
    } else if ('A_Expr' in node && nameParts(node.A_Expr.name).includes('/')) {
      divides = true;
    }
    return true;
  });
  return { aggregates, metrics: [...metrics], strayColumns, unknownAggregates, divides, root };
}

/** The paths of all columns read below a node, each once. */
export function columnPaths(node: Node): readonly (readonly string[])[] {
  const paths = new Map<string, readonly string[]>();
  visit(node, (n) => {
    if ('ColumnRef' in n) {
      const path = nameParts(n.ColumnRef.fields);
      paths.set(path.join('.'), path);
    }
    return true;
  });
  return [...paths.values()];
}

/** The combining expression: each aggregate and each metric replaced. */
export function combineFormula(
  formula: Formula,
  aggregate: (index: number) => Node,
  metric: (name: string) => Node,
): Node {
  const index = new Map(formula.aggregates.map((a, i) => [a.call, i]));
  return replaceTopDown(formula.root, (node) => {
    if ('FuncCall' in node) {
      const i = index.get(node.FuncCall);
      return i === undefined ? undefined : aggregate(i);
    }
    return 'ColumnRef' in node ? metric(nameParts(node.ColumnRef.fields).join('.')) : undefined;
  });
}

/** Each column below `node` replaced by `column(path)`. */
export function replaceColumns(node: Node, column: (path: readonly string[]) => Node): Node {
  return replaceTopDown(node, (n) =>
    'ColumnRef' in n && !n.ColumnRef.fields?.some((f) => 'A_Star' in f)
      ? column(nameParts(n.ColumnRef.fields))
      : undefined,
  );
}

/** A copy of the tree; where `replace` gives a node, it takes the place of what was there, unvisited. */
export function replaceTopDown(node: Node, replace: (node: Node) => Node | undefined): Node {
  return replaceValue(node, replace) as Node;
}

function replaceValue(value: unknown, replace: (node: Node) => Node | undefined): unknown {
  if (Array.isArray(value)) return value.map((item) => replaceValue(item, replace));
  if (typeof value !== 'object' || value === null) return value;
  const replaced = isNode(value) ? replace(value) : undefined;
  if (replaced) return replaced;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replaceValue(item, replace)]));
}

function visit(value: unknown, see: (node: Node) => boolean): void {
  if (Array.isArray(value)) {
    for (const item of value) visit(item, see);
  } else if (typeof value === 'object' && value !== null) {
    if (isNode(value) && !see(value)) return;
    for (const item of Object.values(value)) visit(item, see);
  }
}
