import type { Node } from '../../expression/ast.ts';
import { type FormulaAggregate, replaceColumns } from './formula.ts';

/**
 * An aggregate of the language as PostgreSQL's. `median` and `percentile` interpolate (percentile_cont) in double precision, so that they are not cut to the scale of
 * their column; `stddev` is the sample's.
 */
export function aggregateNode(aggregate: FormulaAggregate, column: (path: readonly string[]) => Node): Node {
  const call = aggregate.call;
  const args = call.args ?? [];
  const filter = call.agg_filter ? { agg_filter: replaceColumns(call.agg_filter, column) } : {};
  const over = (node: Node) => replaceColumns(node, column);
  switch (aggregate.name) {
    case 'median':
      return ordered('percentile_cont', number('0.5'), doubleNode(over(args[0]!)), filter);
    case 'percentile':
      return ordered('percentile_cont', args[1]!, doubleNode(over(args[0]!)), filter);
    case 'percentile_disc':
      return ordered('percentile_disc', args[1]!, over(args[0]!), filter);
    case 'stddev':
      return {
        FuncCall: {
          funcname: name('stddev_samp'),
          args: [doubleNode(over(args[0]!))],
          funcformat: 'COERCE_EXPLICIT_CALL',
          ...filter,
        },
      };
    default:
      return replaceColumns({ FuncCall: call }, column);
  }
}

function ordered(fn: string, share: Node, by: Node, filter: object): Node {
  return {
    FuncCall: {
      funcname: name(fn),
      args: [share],
      agg_order: [{ SortBy: { node: by, sortby_dir: 'SORTBY_DEFAULT', sortby_nulls: 'SORTBY_NULLS_DEFAULT' } }],
      agg_within_group: true,
      funcformat: 'COERCE_EXPLICIT_CALL',
      ...filter,
    },
  };
}

/** A cast to double precision. */
export function doubleNode(arg: Node): Node {
  return { TypeCast: { arg, typeName: { names: [...name('pg_catalog'), ...name('float8')], typemod: -1 } } };
}

function number(text: string): Node {
  return { A_Const: { fval: { fval: text } } };
}

function name(text: string): Node[] {
  return [{ String: { sval: text } }];
}

/** `alias.column` as a node. */
export function columnNode(...path: readonly string[]): Node {
  return { ColumnRef: { fields: path.map((part) => ({ String: { sval: part } })) } };
}

/** `fn(arg)` as a node. */
export function callNode(fn: string, arg: Node): Node {
  return { FuncCall: { funcname: name(fn), args: [arg], funcformat: 'COERCE_EXPLICIT_CALL' } };
}
