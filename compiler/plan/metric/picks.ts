import type { Node } from '../../expression/ast.ts';
import { writeExpression } from '../../expression/write-sql.ts';
import { columnNode } from './aggregate-sql.ts';
import { type FormulaAggregate, replaceColumns } from './formula.ts';

/** `first(x)` and `last(x)`: one row per period, group and `per:`, by time, ties by the model's key. */
export function isPick(aggregate: FormulaAggregate): boolean {
  return aggregate.name === 'first' || aggregate.name === 'last';
}

export interface PickSetting {
  /** SQL of what rows are grouped by: period and dimensions. */
  readonly groups: readonly string[];
  /** SQL of the columns of `per:`. */
  readonly per: readonly string[];
  /** SQL of the time, then of the key. */
  readonly order: readonly string[];
  readonly column: (path: readonly string[]) => Node;
}

/** The row's place among those that may be picked: the first is. Rows that a `filter` leaves out come last. */
export function pickRankSql(aggregate: FormulaAggregate, setting: PickSetting): string {
  const by = [...setting.groups, ...setting.per];
  const direction = aggregate.name === 'last' ? ' desc nulls last' : ' nulls last';
  const { agg_filter: filter } = aggregate.call;
  const kept = filter ? [`case when ${writeExpression(replaceColumns(filter, setting.column))} then 0 else 1 end`] : [];
  const order = [...kept, ...setting.order.map((sql) => `${sql}${direction}`)];
  return `row_number() over (${by.length > 0 ? `partition by ${by.join(', ')} ` : ''}order by ${order.join(', ')})`;
}

/** The picked value: with `per:` the sum of the picks, else the one there is. `rank` is the column of the row's place. */
export function pickNode(
  aggregate: FormulaAggregate,
  rank: string,
  isSummed: boolean,
  isBoolean: boolean,
  column: (path: readonly string[]) => Node,
): Node {
  const { args = [], agg_filter: filter } = aggregate.call;
  const isFirst: Node = {
    A_Expr: {
      kind: 'AEXPR_OP',
      name: [{ String: { sval: '=' } }],
      lexpr: columnNode('r', rank),
      rexpr: { A_Const: { ival: { ival: 1 } } },
    },
  };
  const kept: Node = filter
    ? { BoolExpr: { boolop: 'AND_EXPR', args: [isFirst, replaceColumns(filter, column)] } }
    : isFirst;
  const fn = isSummed ? 'sum' : isBoolean ? 'bool_or' : 'max';
  return {
    FuncCall: {
      funcname: [{ String: { sval: fn } }],
      args: [replaceColumns(args[0]!, column)],
      agg_filter: kept,
      funcformat: 'COERCE_EXPLICIT_CALL',
    },
  };
}
