import { type JoinExpr, type Node, nameParts } from '../../expression/ast.ts';
import { type ColumnsOf, type Item, type JoinCondition, outputNames, splitAnd } from './block.ts';
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
