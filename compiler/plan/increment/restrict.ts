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

/** A query put under a condition. */
export interface Restricted {
  readonly select: SelectStmt;
  /** Each of its rows meets the condition: it need not be asked again. */
  readonly isExact: boolean;
}

/** @see restrictTo */
export function restrict(select: SelectStmt, columns: readonly string[], asked: Restriction): SelectStmt {
  return restrictTo(select, columns, asked).select;
}

/**
 * The query with a condition on its columns put down to where its rows are made, so that an engine computes the rows asked for and not all. It yields at least the rows of the query
 * that meet the condition, as they are in it; where it may yield others (`isExact` is false), the query around asks again. Where a condition cannot go further down, it stays where it is.
 */
export function restrictTo(select: SelectStmt, columns: readonly string[], asked: Restriction): Restricted {
  try {
    return isSetOperation(select) ? restrictArms(select, columns, asked) : restrictBlock(select, columns, asked);
  } catch (error) {
    if (error instanceof CannotTell) return { select, isExact: false };
    throw error;
  }
}

function restrictArms(select: SelectStmt, columns: readonly string[], asked: Restriction): Restricted {
  const { larg, rarg } = select;
  if (select.limitCount || select.limitOffset || !larg || !rarg) return { select, isExact: false };
  const { columnsOf } = asked;
  const places = columns.map((name) => outputNames(select, columnsOf).indexOf(name));
  const arm = (query: SelectStmt) => {
    const names = outputNames(query, columnsOf);
    return restrictTo(
      query,
      places.map((place) => names[place]!),
      asked,
    );
  };
  const [left, right] = [arm(larg), arm(rarg)];
  return {
    select: { ...select, larg: left.select, rarg: right.select },
    isExact: left.isExact && right.isExact,
  };
}

function restrictBlock(select: SelectStmt, columns: readonly string[], asked: Restriction): Restricted {
  const block = readBlock(select, asked.columnsOf);
  const values = columns.map((name) => {
    const output = block.outputs.find((one) => one.name === name);
    if (!output || !isCarried(output.value, block)) throw new CannotTell('the column is made of many rows');
    return output.value;
  });
  const where = conditionOn(block, values, asked);
  if (where === undefined) return { select, isExact: false };
  const isClosed = where.closed;
  const { select: pushed, isExact } = isClosed ? pushDown(select, block, values, asked) : { select, isExact: false };
  if (isExact) return { select: pushed, isExact };
  const added = parseFragment(where.sql);
  const whereClause = pushed.whereClause
    ? { BoolExpr: { boolop: 'AND_EXPR' as const, args: [pushed.whereClause, added] } }
    : added;
  return { select: { ...pushed, whereClause }, isExact: isClosed };
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

/** The same condition inside the subqueries that the columns come from, or are joined to. Where all columns are those of one subquery, which keeps to it, it is met here too. */
function pushDown(select: SelectStmt, block: Block, values: readonly Node[], asked: Restriction): Restricted {
  const narrowed = new Map<Item, readonly string[]>();
  const places = values.map((value) => resolveIn(value, block.items));
  const [first] = places;
  const isOfOne = first !== undefined && places.every((place) => place?.item === first.item);
  if (isOfOne && !first.item.optional && first.item.query)
    narrowed.set(
      first.item,
      places.map((place) => place!.column),
    );
  if (values.length === 1 && first && !first.item.optional) {
    for (const { item, column } of equals(block, values[0]!))
      if (item.query && !narrowed.has(item)) narrowed.set(item, [column]);
  }
  let isExact = false;
  const replaced = new Map<Node, Node>();
  for (const [item, columns] of narrowed) {
    if (!('RangeSubselect' in item.node)) continue;
    const inner = restrictTo(item.query!, columns, asked);
    isExact ||= isOfOne && item === first.item && inner.isExact;
    replaced.set(item.node, {
      RangeSubselect: { ...item.node.RangeSubselect, subquery: { SelectStmt: inner.select } },
    });
  }
  if (replaced.size === 0) return { select, isExact };
  return {
    select: { ...select, fromClause: (select.fromClause ?? []).map((node) => replaceItems(node, replaced)) },
    isExact,
  };
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

/** FROM with some of its items replaced, wherever in its joins they stand. */
export function replaceItems(node: Node, replaced: ReadonlyMap<Node, Node>): Node {
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
