import { type JoinExpr, type Node, nameParts, type SelectStmt } from '../../expression/ast.ts';
import { outputName } from '../../expression/output-name.ts';
import { walkAst } from '../../expression/walk-ast.ts';
import type { ColumnsOf, Item, JoinCondition, Output } from './block.ts';
import { CannotTell } from './cannot-tell.ts';

/** The items of FROM, and the conditions of its joins. */
export function readFrom(
  node: Node,
  optional: boolean,
  items: Item[],
  conditions: JoinCondition[],
  columnsOf: ColumnsOf,
): void {
  if ('JoinExpr' in node) {
    readJoin(node.JoinExpr, optional, items, conditions, columnsOf);
    return;
  }
  if ('RangeVar' in node) {
    const { schemaname, relname = '', alias } = node.RangeVar;
    const table = `${schemaname}.${relname}`;
    const columns = columnsOf(table);
    if (!columns) throw new CannotTell(`the columns of \`${table}\` are not known`);
    if (nameParts(alias?.colnames).length > 0) throw new CannotTell(`\`${table}\` has its columns renamed`);
    items.push({ alias: alias?.aliasname ?? relname, columns, node, table, optional });
    return;
  }
  if ('RangeSubselect' in node) {
    const { subquery, alias, lateral } = node.RangeSubselect;
    if (lateral) throw new CannotTell('it has a `lateral` subquery');
    if (!subquery || !('SelectStmt' in subquery) || nameParts(alias?.colnames).length > 0)
      throw new CannotTell('a subquery has its columns renamed');
    const query = subquery.SelectStmt;
    const columns = outputNames(query, columnsOf);
    items.push({ alias: alias?.aliasname ?? '', columns, node, query, optional });
    return;
  }
  throw new CannotTell('it reads a function that yields rows');
}

function readJoin(
  join: JoinExpr,
  optional: boolean,
  items: Item[],
  conditions: JoinCondition[],
  columnsOf: ColumnsOf,
): void {
  if (join.alias || join.isNatural) throw new CannotTell('a join is named as a whole, or `natural`');
  const { jointype = 'JOIN_INNER' } = join;
  const left: Item[] = [];
  const right: Item[] = [];
  const opens = (side: 'JOIN_LEFT' | 'JOIN_RIGHT') => optional || jointype === side || jointype === 'JOIN_FULL';
  if (join.larg) readFrom(join.larg, opens('JOIN_RIGHT'), left, conditions, columnsOf);
  if (join.rarg) readFrom(join.rarg, opens('JOIN_LEFT'), right, conditions, columnsOf);
  items.push(...left, ...right);
  const absent = { JOIN_LEFT: right, JOIN_RIGHT: left, JOIN_FULL: [...left, ...right] }[jointype as string];
  const decides = absent === undefined ? {} : { decides: new Set(absent) };
  conditions.push(...splitAnd(join.quals).map((node) => ({ node, ...decides })));
  for (const name of nameParts(join.usingClause)) {
    const [a, b] = [left, right].map((side) => side.filter((item) => item.columns.includes(name)));
    if (a?.length !== 1 || b?.length !== 1 || jointype === 'JOIN_FULL' || jointype === 'JOIN_RIGHT')
      throw new CannotTell(`\`using (${name})\` stands for more than two columns`);
    conditions.push({ node: equality(columnNode(a[0]!.alias, name), columnNode(b[0]!.alias, name)), ...decides });
  }
}

export function columnNode(...path: readonly string[]): Node {
  return { ColumnRef: { fields: path.map((part) => ({ String: { sval: part } })) } };
}

function equality(left: Node, right: Node): Node {
  return { A_Expr: { kind: 'AEXPR_OP', name: [{ String: { sval: '=' } }], lexpr: left, rexpr: right } };
}

export function splitAnd(node: Node | undefined): readonly Node[] {
  if (!node) return [];
  if ('BoolExpr' in node && node.BoolExpr.boolop === 'AND_EXPR') return (node.BoolExpr.args ?? []).flatMap(splitAnd);
  return [node];
}

export function isSetOperation(select: SelectStmt): boolean {
  return select.op !== undefined && select.op !== 'SETOP_NONE';
}

/** Names of what a query yields. */
export function outputNames(select: SelectStmt, columnsOf: ColumnsOf): readonly string[] {
  let first = select;
  while (isSetOperation(first) && first.larg) first = first.larg;
  return readBlockOutputs(first, columnsOf).map(({ name }) => name);
}

function readBlockOutputs(select: SelectStmt, columnsOf: ColumnsOf): readonly Output[] {
  if (select.valuesLists) throw new CannotTell('it has rows of its own');
  const items: Item[] = [];
  for (const node of select.fromClause ?? []) readFrom(node, false, items, [], columnsOf);
  return readOutputs(select, items);
}

/** What a query yields, with `*` written out. */
export function readOutputs(select: SelectStmt, items: readonly Item[]): readonly Output[] {
  const joined = new Set<string>();
  walkAst(select.fromClause, (node) => {
    if ('JoinExpr' in node) for (const name of nameParts(node.JoinExpr.usingClause)) joined.add(name);
    return !('RangeSubselect' in node);
  });
  return (select.targetList ?? []).flatMap((target): Output[] => {
    if (!('ResTarget' in target) || !target.ResTarget.val) return [];
    const { name, val } = target.ResTarget;
    const isStar = 'ColumnRef' in val && (val.ColumnRef.fields ?? []).some((field) => 'A_Star' in field);
    if (!isStar) return [{ name: name ?? outputName(val), value: val }];
    const table = nameParts('ColumnRef' in val ? val.ColumnRef.fields : undefined).at(-1);
    if (table === undefined && joined.size > 0) throw new CannotTell('`*` stands over a join with `using`');
    const chosen = table === undefined ? items : items.filter((item) => item.alias === table);
    return chosen.flatMap((item) =>
      item.columns.map((column) => ({ name: column, value: columnNode(item.alias, column) })),
    );
  });
}
