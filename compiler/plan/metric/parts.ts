import type { Node } from '../../expression/ast.ts';
import { aggregateNode, callNode, columnNode, doubleNode } from './aggregate-sql.ts';
import type { FormulaAggregate } from './formula.ts';

/**
 * An aggregate as parts that add up over groups and periods (semantics.md §2): *accumulate* over rows, *merge* the parts, *combine* what is merged. A sum or count is
 * merged by sum, least and greatest by themselves, an average by its sum and count.
 */
export interface Parts {
  readonly accumulate: readonly ((column: (path: readonly string[]) => Node) => Node)[];
  /** `parts` are the merged columns' names. */
  readonly combine: (parts: readonly Node[]) => Node;
}

/** Undefined where nothing but the rows will do: distinct counts, percentiles, deviations, first and last. */
export function partsOf(aggregate: FormulaAggregate): Parts | undefined {
  if (aggregate.distinct && aggregate.name !== 'min' && aggregate.name !== 'max') return undefined;
  const as = (name: string) => (column: (path: readonly string[]) => Node) =>
    aggregateNode(renamed(aggregate, name), column);
  const merged =
    (fn: string) =>
    ([part]: readonly Node[]) =>
      callNode(fn, part!);
  switch (aggregate.name) {
    case 'count':
    case 'sum':
      return { accumulate: [as(aggregate.name)], combine: merged('sum') };
    case 'min':
    case 'max':
      return { accumulate: [as(aggregate.name)], combine: merged(aggregate.name) };
    case 'avg':
      return {
        accumulate: [as('sum'), as('count')],
        combine: ([sum, count]) => ({
          A_Expr: {
            kind: 'AEXPR_OP',
            name: [{ String: { sval: '/' } }],
            lexpr: doubleNode(callNode('sum', sum!)),
            rexpr: callNode('sum', count!),
          },
        }),
      };
    default:
      return undefined;
  }
}

/**
 * How rows are boiled down before they meet the periods of a window: `parts` are added up by day; of a `set`, one distinct count, each value is kept with the day on which it is seen next; else all
 * `rows` are needed.
 */
export type Boiling = 'parts' | 'set' | 'rows';

export function boilingOf(aggregates: readonly FormulaAggregate[]): Boiling {
  if (aggregates.every((aggregate) => partsOf(aggregate) !== undefined)) return 'parts';
  return aggregates.length === 1 && aggregates[0]!.name === 'count' && aggregates[0]!.distinct ? 'set' : 'rows';
}

function renamed(aggregate: FormulaAggregate, name: string): FormulaAggregate {
  return { ...aggregate, name, call: { ...aggregate.call, funcname: [{ String: { sval: name } }] } };
}

/** The column of the `part`-th part of an aggregate. */
export function partColumn(aggregate: number, part: number): string {
  return `part_${aggregate}_${part}`;
}

export function partNode(aggregate: number, part: number): Node {
  return columnNode('r', partColumn(aggregate, part));
}
