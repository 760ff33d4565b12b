import type { Node, SelectStmt } from '../../expression/ast.ts';
import { writeExpression } from '../../expression/write-sql.ts';
import { type Block, columnsRead, isCarried, isStrict, readBlock, resolveIn, type SubLink } from './block.ts';
import { CannotTell } from './cannot-tell.ts';
import type { Delta } from './delta.ts';
import { splitAnd } from './read-from.ts';

/** Columns that a subquery and the row around it share. */
export interface Tie {
  readonly outer: Node;
  readonly inner: Node;
  readonly local: Block;
}

/** `x in (select y from …)` */
export function tieOfIn(block: Block, subquery: SubLink, inner: SelectStmt, delta: Delta): readonly Tie[] {
  const local = readBlock(inner, delta.columnsOf);
  const [output] = local.outputs;
  const { testexpr } = subquery;
  if (!testexpr || 'RowExpr' in testexpr || !output || !isCarried(output.value, local))
    throw new CannotTell('an `in` compares with what is computed from many rows');
  refuseOuter(local);
  return [{ outer: qualified(testexpr, block), inner: output.value, local }];
}

function qualified(node: Node, block: Block): Node {
  const found = resolveIn(node, block.items);
  if (found)
    return { ColumnRef: { fields: [{ String: { sval: found.item.alias } }, { String: { sval: found.column } }] } };
  if (columnsRead(node).length === 0) return node;
  throw new CannotTell('a subquery is tied to an expression');
}

function refuseOuter(local: Block): void {
  const outside = columnsRead([local.outputs.map(({ value }) => value), local.conjuncts.map(({ node }) => node)]).some(
    (column) => resolveIn(column, local.items) === undefined,
  );
  if (outside) throw new CannotTell('a subquery reads columns of the query around it');
}

/** `exists (select … from b where b.k = a.k and …)`, or a scalar subquery of that kind. */
export function tiesOfCorrelated(block: Block, inner: SelectStmt, cause: string, delta: Delta): readonly Tie[] {
  const conditions = splitAnd(inner.whereClause);
  const probe = readBlock({ ...inner, ...withoutTail }, delta.columnsOf);
  const isLocal = (node: Node) => columnsRead(node).every((column) => resolveIn(column, probe.items) !== undefined);
  const localConditions = conditions.filter(isLocal);
  const found = conditions.filter((node) => !isLocal(node)).map((node) => tieOf(node, probe, block));
  if (found.length === 0) throw new CannotTell(`a subquery over \`${cause}\` is the same for all rows`);
  const { whereClause, groupClause, havingClause, ...rest } = inner;
  const plain: SelectStmt = {
    ...rest,
    ...withoutTail,
    targetList: found.map(({ inner: value }) => ({ ResTarget: { val: value } })),
    ...(localConditions.length === 0 ? {} : { whereClause: conjunction(localConditions) }),
  };
  const local = readBlock(plain, delta.columnsOf);
  return found.map((tie, i) => ({ ...tie, inner: local.outputs[i]!.value, local }));
}

/** A subquery that picks one row among those of its key changes only where one of them does. */
const withoutTail = { limitCount: undefined, limitOffset: undefined, sortClause: undefined } as unknown as Record<
  string,
  never
>;

function conjunction(nodes: readonly Node[]): Node {
  return nodes.length === 1 ? nodes[0]! : { BoolExpr: { boolop: 'AND_EXPR', args: [...nodes] } };
}

function tieOf(node: Node, probe: Block, block: Block): Omit<Tie, 'local'> {
  if ('A_Expr' in node && isStrict(node) && writeExpression(node).includes(' = ')) {
    const sides = [node.A_Expr.lexpr!, node.A_Expr.rexpr!];
    const inner = sides.find((side) => resolveIn(side, probe.items));
    const outer = sides.find((side) => side !== inner && resolveIn(side, block.items));
    if (inner && outer) return { inner, outer: qualified(outer, block) };
  }
  throw new CannotTell('a subquery is tied to its row by more than equal columns');
}
