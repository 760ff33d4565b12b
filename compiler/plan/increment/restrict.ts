import type { Node, SelectStmt } from '../../expression/ast.ts';
import { parseFragment } from '../../expression/parse-fragment.ts';
import { writeExpression, writeSql } from '../../expression/write-sql.ts';
import { isMadeOf } from './affected.ts';
import { type Block, type ColumnsOf, type Item, isCarried, isStrict, readBlock, resolveIn } from './block.ts';
import { CannotTell } from './cannot-tell.ts';
import { memberOf } from './member.ts';
import { isSetOperation, outputNames } from './read-from.ts';

/** What of a query is asked for. */
export interface Restriction {
  readonly columnsOf: ColumnsOf;
  /** A condition over values, given as SQL. */
  readonly condition: (values: readonly string[]) => string;
  /** Hears of each block that the condition is put in, and of the values it is asked of there. */
  readonly note?: (block: Block, values: readonly Node[]) => void;
}

/**
 * The query with a condition on its columns put down to where its rows are made, so that an engine computes the rows asked for and not all. It yields at least the rows of the query
 * that meet the condition, as they are in it, and may yield others: the query around asks again. Where a condition cannot go further down, it stays where it is.
 */
export function restrict(select: SelectStmt, columns: readonly string[], asked: Restriction): SelectStmt {
  try {
    return isSetOperation(select) ? restrictArms(select, columns, asked) : restrictBlock(select, columns, asked);
  } catch (error) {
    if (error instanceof CannotTell) return select;
    throw error;
  }
}

function restrictArms(select: SelectStmt, columns: readonly string[], asked: Restriction): SelectStmt {
  if (select.limitCount || select.limitOffset) return select;
  const { columnsOf } = asked;
  const places = columns.map((name) => outputNames(select, columnsOf).indexOf(name));
  const arm = (query: SelectStmt | undefined) => {
    if (!query) return {};
    const names = outputNames(query, columnsOf);
    return restrict(
      query,
      places.map((place) => names[place]!),
      asked,
    );
  };
  return { ...select, larg: arm(select.larg), rarg: arm(select.rarg) };
}

function restrictBlock(select: SelectStmt, columns: readonly string[], asked: Restriction): SelectStmt {
  const block = readBlock(select, asked.columnsOf);
  const values = columns.map((name) => {
    const output = block.outputs.find((one) => one.name === name);
    if (!output || !isCarried(output.value, block)) throw new CannotTell('the column is made of many rows');
    return output.value;
  });
  const where = conditionOn(block, values, asked);
  if (where === undefined) return select;
  const isClosed = where.closed;
  const pushed = isClosed ? pushDown(select, block, values, asked) : select;
  const added = parseFragment(where.sql);
  return {
    ...pushed,
    whereClause: pushed.whereClause ? { BoolExpr: { boolop: 'AND_EXPR', args: [pushed.whereClause, added] } } : added,
  };
}

/** A window must keep all rows of each of its parts that it keeps any row of. */
function conditionOn(
  block: Block,
  values: readonly Node[],
  { condition, note }: Restriction,
): { readonly sql: string; readonly closed: boolean } | undefined {
  const direct = condition(values.map(writeExpression));
  const open = block.partitions.filter((cut) => !values.every((value) => isMadeOf(value, cut.map(writeExpression))));
  if (open.length === 0) {
    note?.(block, values);
    return { sql: direct, closed: true };
  }
  const [cut, ...others] = open;
  if (others.length > 0 || cut!.length === 0 || !cut!.every((node) => isCarried(node, block)) || block.groups)
    return undefined;
  note?.(block, values);
  note?.(block, cut!);
  const { fromClause, whereClause } = block.select;
  const keys = cut!.map((_, i) => `p${i + 1}`);
  const touched: SelectStmt = {
    distinctClause: [{} as Node],
    targetList: cut!.map((val, i) => ({ ResTarget: { name: keys[i]!, val } })),
    ...(fromClause ? { fromClause } : {}),
    whereClause: whereClause
      ? { BoolExpr: { boolop: 'AND_EXPR', args: [whereClause, parseFragment(direct)] } }
      : parseFragment(direct),
    limitOption: 'LIMIT_OPTION_DEFAULT',
    op: 'SETOP_NONE',
  };
  return { sql: memberOf(cut!.map(writeExpression), writeSql({ SelectStmt: touched }), keys), closed: false };
}

/** The same condition inside the subqueries that the columns come from, or are joined to. */
function pushDown(select: SelectStmt, block: Block, values: readonly Node[], asked: Restriction): SelectStmt {
  const narrowed = new Map<Item, readonly string[]>();
  const places = values.map((value) => resolveIn(value, block.items));
  const [first] = places;
  if (first && places.every((place) => place?.item === first.item) && !first.item.optional && first.item.query)
    narrowed.set(
      first.item,
      places.map((place) => place!.column),
    );
  if (values.length === 1 && first && !first.item.optional) {
    for (const { item, column } of equals(block, values[0]!))
      if (item.query && !narrowed.has(item)) narrowed.set(item, [column]);
  }
  if (narrowed.size === 0) return select;
  const replaced = new Map<Node, Node>();
  for (const [item, columns] of narrowed) {
    if (!('RangeSubselect' in item.node)) continue;
    const subquery = { SelectStmt: restrict(item.query!, columns, asked) };
    replaced.set(item.node, { RangeSubselect: { ...item.node.RangeSubselect, subquery } });
  }
  return { ...select, fromClause: (select.fromClause ?? []).map((node) => replaceItems(node, replaced)) };
}

/** Columns of other items that a join makes equal to a value: rows of theirs with another value join to no row asked for. */
export function equals(block: Block, value: Node): readonly { readonly item: Item; readonly column: string }[] {
  const text = writeExpression(value);
  return block.conjuncts.flatMap(({ node, where, decides }) => {
    if (!('A_Expr' in node) || !isStrict(node) || !writeExpression(node).includes(' = ')) return [];
    const { lexpr, rexpr } = node.A_Expr;
    const other = writeExpression(lexpr!) === text ? rexpr : writeExpression(rexpr!) === text ? lexpr : undefined;
    const found = other && resolveIn(other, block.items);
    if (!found || (where ? found.item.optional : decides && !decides.has(found.item))) return [];
    return [found];
  });
}

function replaceItems(node: Node, replaced: ReadonlyMap<Node, Node>): Node {
  const own = replaced.get(node);
  if (own) return own;
  if (!('JoinExpr' in node)) return node;
  const { larg, rarg } = node.JoinExpr;
  return {
    JoinExpr: {
      ...node.JoinExpr,
      ...(larg ? { larg: replaceItems(larg, replaced) } : {}),
      ...(rarg ? { rarg: replaceItems(rarg, replaced) } : {}),
    },
  };
}
