import type { Span } from '../diagnostic/diagnostic.ts';
import type { FuncCall, Node } from './ast.ts';
import { functionName } from './ast.ts';
import type { ParsedExpression } from './contract.ts';
import { aggregateNames } from './function-table.ts';
import { parseFragment } from './parse-fragment.ts';
import { spanInText, tokenEnd } from './text-position.ts';
import { mapAst, walkAst } from './walk-ast.ts';
import { writeExpression, writeSortItem } from './write-sql.ts';

/** One aggregate of a formula, its parts as canonical text. */
export interface AggregateCall {
  readonly function: string;
  /** `count(*)` */
  readonly star: boolean;
  /** Empty for `count(*)`; `['amount', '0.95']` for `percentile(amount, 0.95)`. */
  readonly arguments: readonly string[];
  readonly distinct: boolean;
  readonly filter?: string;
  /** `string_agg(x, ',' order by …)`, or of WITHIN GROUP: `['amount DESC']`. */
  readonly orderBy: readonly string[];
  readonly withinGroup: boolean;
  /** The whole call: two that are equal here are the same aggregate. */
  readonly canonical: string;
  /** Where its name stands. */
  readonly span: Span;
}

/**
 * The aggregates of a formula from left to right; those inside subqueries are not its own.
 *
 * @example
 * findAggregates(parse('sum(a) filter (where x) / nullif(count(distinct b), 0)')) // sum … filter x, count distinct b
 */
export function findAggregates(expression: ParsedExpression): readonly AggregateCall[] {
  const found: AggregateCall[] = [];
  walkAst(expression.ast, (node) => {
    if ('SelectStmt' in node) return false;
    if (!isAggregate(node)) return true;
    found.push(describe(node, expression));
    return false;
  });
  return found.sort((a, b) => a.span.start.offset - b.span.start.offset);
}

function isAggregate(node: Node): node is Extract<Node, { FuncCall: unknown }> {
  return 'FuncCall' in node && !node.FuncCall.over && aggregateNames.has(functionName(node.FuncCall));
}

function describe(node: Extract<Node, { FuncCall: FuncCall }>, expression: ParsedExpression): AggregateCall {
  const call = node.FuncCall;
  const start = call.location ?? 0;
  return {
    function: functionName(call),
    star: call.agg_star ?? false,
    arguments: (call.args ?? []).map(writeExpression),
    distinct: call.agg_distinct ?? false,
    ...(call.agg_filter ? { filter: writeExpression(call.agg_filter) } : {}),
    orderBy: (call.agg_order ?? []).map(writeSortItem),
    withinGroup: call.agg_within_group ?? false,
    canonical: writeExpression(node),
    span: spanInText(expression.text, start, tokenEnd(expression.text.text, start)),
  };
}

/**
 * The formula with each aggregate replaced by what `replacement` gives for it (canonical text), in parentheses where they are needed.
 *
 * @example
 * replaceAggregates(parse('sum(a) / count(*)'), (call) => ({ sum: 'm1', count: 'm2' })[call.function]) // 'm1 / m2'
 */
export function replaceAggregates(expression: ParsedExpression, replacement: (call: AggregateCall) => string): string {
  const replaced = mapAst(expression.ast as Node, (node, original) =>
    isAggregate(original) ? parseFragment(replacement(describe(original, expression))) : node,
  );
  return writeExpression(replaced);
}
