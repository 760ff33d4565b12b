import { functionName, type Node, nameParts, type SelectStmt } from '../../expression/ast.ts';
import { hasAggregate } from '../../expression/has-aggregate.ts';
import { mapAst, walkAst } from '../../expression/walk-ast.ts';
import { writeExpression } from '../../expression/write-sql.ts';
import { CannotTell } from './cannot-tell.ts';
import { columnNode, readFrom, readOutputs, splitAnd } from './read-from.ts';

/** Columns of a stored table. */
export type ColumnsOf = (model: string) => readonly string[] | undefined;

/** One item of FROM. */
export interface Item {
  readonly alias: string;
  readonly columns: readonly string[];
  readonly node: Node;
  /** `clean.orders` */
  readonly table?: string;
  readonly query?: SelectStmt;
  /** On the side of an outer join that may have no row. */
  readonly optional: boolean;
}

/** A condition that joins or chooses rows. */
export interface Conjunct {
  readonly node: Node;
  /** FROM items that it reads. */
  readonly items: ReadonlySet<Item>;
  /** Of WHERE, which sees the rows after all joins, or of a join. */
  readonly where: boolean;
  /** Items of the side that an outer join lets be absent: its condition says nothing of other rows. */
  readonly decides?: ReadonlySet<Item>;
}

export interface JoinCondition {
  readonly node: Node;
  readonly decides?: ReadonlySet<Item>;
}

export interface Output {
  readonly name: string;
  readonly value: Node;
}

/** A SELECT that is no set operation, taken apart. */
export interface Block {
  readonly select: SelectStmt;
  readonly items: readonly Item[];
  readonly outputs: readonly Output[];
  readonly conjuncts: readonly Conjunct[];
  /** The grouping expressions; undefined where rows are not grouped. */
  readonly groups: readonly Node[] | undefined;
  /** What each window (and DISTINCT ON) is cut by, each list once. */
  readonly partitions: readonly (readonly Node[])[];
  readonly subqueries: readonly SubLink[];
}

export type SubLink = Extract<Node, { SubLink: unknown }>['SubLink'];

/** @throws CannotTell for forms whose rows depend on more than they say. */
export function readBlock(select: SelectStmt, columnsOf: ColumnsOf): Block {
  const limit = select.limitCount;
  if (select.limitOffset || (limit && !('A_Const' in limit && limit.A_Const.isnull)))
    throw new CannotTell('`limit` chooses among all its rows');
  if (select.valuesLists) throw new CannotTell('it has rows of its own');
  const items: Item[] = [];
  const joins: JoinCondition[] = [];
  for (const node of select.fromClause ?? []) readFrom(node, false, items, joins, columnsOf);
  const outputs = readOutputs(select, items);
  const qualified = (nodes: readonly Node[]) => nodes.map((node) => qualifyColumns(node, items));
  return {
    select,
    items,
    outputs: outputs.map(({ name, value }) => ({ name, value: qualifyColumns(value, items) })),
    conjuncts: [
      ...joins.map(({ node, ...rest }) => {
        const full = qualifyColumns(node, items);
        return { node: full, items: itemsOf(full, items), where: false, ...rest };
      }),
      ...qualified(splitAnd(select.whereClause)).map((node) => ({ node, items: itemsOf(node, items), where: true })),
    ],
    groups: readGroups(select, items, outputs)?.map((node) => qualifyColumns(node, items)),
    partitions: readPartitions(select, outputs, items).map(qualified),
    subqueries: findSubqueries(select),
  };
}

/** Every column under its table's alias, so that two spellings of one are the same text. Subqueries stay as they are. */
function qualifyColumns(node: Node, items: readonly Item[]): Node {
  return mapAst(
    node,
    (inner) => {
      const found = resolveIn(inner, items);
      return found ? columnNode(found.item.alias, found.column) : inner;
    },
    (inner) => 'SelectStmt' in inner,
  );
}

function readGroups(select: SelectStmt, items: readonly Item[], outputs: readonly Output[]): Block['groups'] {
  const aggregates = outputs.some(({ value }) => hasAggregate(value)) || hasAggregate(select.havingClause);
  if (!select.groupClause) return aggregates || select.havingClause ? [] : undefined;
  return select.groupClause.map((node) => {
    if ('GroupingSet' in node) throw new CannotTell('it groups by several sets at once');
    return outputMeant(node, items, outputs);
  });
}

/** A number means an output column, and so does a bare name that is no column of FROM. */
function outputMeant(node: Node, items: readonly Item[], outputs: readonly Output[]): Node {
  if ('A_Const' in node && node.A_Const.ival) return outputs[(node.A_Const.ival.ival ?? 0) - 1]?.value ?? node;
  if (!('ColumnRef' in node)) return node;
  const path = nameParts(node.ColumnRef.fields);
  if (path.length !== 1 || items.some((item) => item.columns.includes(path[0]!))) return node;
  return outputs.find((output) => output.name === path[0])?.value ?? node;
}

function readPartitions(
  select: SelectStmt,
  outputs: readonly Output[],
  items: readonly Item[],
): readonly (readonly Node[])[] {
  const named = new Map<string, readonly Node[]>();
  for (const node of select.windowClause ?? [])
    if ('WindowDef' in node) named.set(node.WindowDef.name ?? '', node.WindowDef.partitionClause ?? []);
  const found = new Map<string, readonly Node[]>();
  const add = (list: readonly Node[]) => {
    found.set(list.map(writeExpression).sort().join(', '), list);
  };
  walkAst([select.targetList, select.sortClause], (node) => {
    if ('SelectStmt' in node) return false;
    const over = 'FuncCall' in node ? node.FuncCall.over : undefined;
    if (over) add(over.partitionClause ?? named.get(over.name ?? over.refname ?? '') ?? []);
    return true;
  });
  const on = (select.distinctClause ?? []).filter((node) => Object.keys(node).length > 0);
  if (on.length > 0) add(on.map((node) => outputMeant(node, items, outputs)));
  return [...found.values()];
}

function findSubqueries(select: SelectStmt): readonly SubLink[] {
  const found: SubLink[] = [];
  const { fromClause, ...rest } = select;
  const visit = (node: Node): boolean => {
    if ('RangeSubselect' in node) return false;
    if ('SubLink' in node) found.push(node.SubLink);
    return !('SubLink' in node);
  };
  walkAst(fromClause, visit);
  walkAst(rest, visit);
  return found;
}

/** The item and column that a name means; undefined for a name of the query around. */
export function resolveIn(node: Node, items: readonly Item[]): { item: Item; column: string } | undefined {
  if (!('ColumnRef' in node)) return undefined;
  const path = nameParts(node.ColumnRef.fields);
  const column = path.at(-1)!;
  const matches =
    path.length === 1
      ? items.filter((item) => item.columns.includes(column))
      : items.filter(
          (item) => item.alias === path.at(-2) && (path.length === 2 || item.table === path.slice(0, 2).join('.')),
        );
  const [item] = matches;
  return item?.columns.includes(column) ? { item, column } : undefined;
}

/** Columns read by an expression, subqueries in it left out. */
export function columnsRead(node: unknown): readonly Node[] {
  const found: Node[] = [];
  walkAst(node, (inner) => {
    if ('ColumnRef' in inner) found.push(inner);
    return !('SelectStmt' in inner);
  });
  return found;
}

export function itemsOf(node: unknown, items: readonly Item[]): ReadonlySet<Item> {
  return new Set(columnsRead(node).flatMap((column) => resolveIn(column, items)?.item ?? []));
}

export function hasSubquery(node: unknown): boolean {
  let found = false;
  walkAst(node, (inner) => {
    if ('SubLink' in inner) found = true;
    return !found;
  });
  return found;
}

/** Is the value known row by row of FROM: neither an aggregate nor a window nor a subquery, and in a grouped query made of what it groups by? */
export function isCarried(node: Node, block: Pick<Block, 'groups'>): boolean {
  if (hasSubquery(node) || hasAggregate(node) || hasWindow(node)) return false;
  if (!block.groups) return true;
  const groups = new Set(block.groups.map(writeExpression));
  if (groups.has(writeExpression(node))) return true;
  return columnsRead(node).every((column) => groups.has(writeExpression(column)));
}

function hasWindow(node: unknown): boolean {
  let found = false;
  walkAst(node, (inner) => {
    if ('FuncCall' in inner && inner.FuncCall.over) found = true;
    return !found && !('SelectStmt' in inner);
  });
  return found;
}

/** What a run gives, and no row. */
const clocks: ReadonlySet<string> = new Set(['etalon_run_at', 'etalon_complete_through']);

/** Functions that read more than their arguments. */
export function readsClock(select: SelectStmt): boolean {
  let found = false;
  walkAst(select, (node) => {
    if ('FuncCall' in node && clocks.has(functionName(node.FuncCall))) found = true;
    return !found;
  });
  return found;
}

/** A comparison of plain columns and constants: never true where one of them is absent. */
export function isStrict(node: Node): boolean {
  if (!('A_Expr' in node) || node.A_Expr.kind !== 'AEXPR_OP') return false;
  const { lexpr, rexpr } = node.A_Expr;
  return [lexpr, rexpr].every((side) => side !== undefined && ('ColumnRef' in side || 'A_Const' in side));
}

/** Does the condition leave out no row that may matter? One that reads optional rows must not hold, nor decide, where they are absent; `changed` are rows that are there. */
export function isSafe(conjunct: Conjunct, changed: Item | undefined): boolean {
  if (hasSubquery(conjunct.node)) return false;
  const { decides } = conjunct;
  if (decides && ![...conjunct.items].some((item) => decides.has(item))) return false;
  const mayBeAbsent = [...conjunct.items].some((item) => item.optional && (conjunct.where || item !== changed));
  return !mayBeAbsent || isStrict(conjunct.node);
}
