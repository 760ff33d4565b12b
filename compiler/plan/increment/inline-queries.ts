import { isNode, type Node, nameParts, type SelectStmt } from '../../expression/ast.ts';
import { CannotTell } from './cannot-tell.ts';

/** The query behind a view; undefined for what is stored. */
export type ViewOf = (model: string) => SelectStmt | undefined;

/**
 * The query with its CTEs, and the views that it reads, written where they are read: afterwards every table in it is a stored one, and every other FROM item is a
 * subquery or a function. The same rows, without names to follow.
 */
export function inlineQueries(select: SelectStmt, viewOf: ViewOf): SelectStmt {
  return inlineSelect(select, new Map(), viewOf);
}

type Ctes = ReadonlyMap<string, SelectStmt>;

function inlineSelect(select: SelectStmt, outer: Ctes, viewOf: ViewOf): SelectStmt {
  const { withClause, ...rest } = select;
  const ctes = new Map(outer);
  for (const node of withClause?.ctes ?? []) {
    if (!('CommonTableExpr' in node)) continue;
    const { ctename = '', ctequery, aliascolnames } = node.CommonTableExpr;
    if (withClause?.recursive) throw new CannotTell('it is recursive');
    if (aliascolnames || !ctequery || !('SelectStmt' in ctequery))
      throw new CannotTell(`\`${ctename}\` renames its columns in \`with\``);
    ctes.set(ctename, inlineSelect(ctequery.SelectStmt, ctes, viewOf));
  }
  return inlineIn(rest, ctes, viewOf) as SelectStmt;
}

function inlineIn(value: unknown, ctes: Ctes, viewOf: ViewOf): unknown {
  if (Array.isArray(value)) return value.map((item) => inlineIn(item, ctes, viewOf));
  if (typeof value !== 'object' || value === null) return value;
  if (isNode(value)) {
    if ('SelectStmt' in value) return { SelectStmt: inlineSelect(value.SelectStmt, ctes, viewOf) };
    if ('RangeVar' in value) return inlineTable(value, ctes, viewOf);
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      key === 'larg' || key === 'rarg' ? inlineArm(item, ctes, viewOf) : inlineIn(item, ctes, viewOf),
    ]),
  );
}

/** The arms of a set operation are selects without their wrapping; those of a join are nodes. */
function inlineArm(arm: unknown, ctes: Ctes, viewOf: ViewOf): unknown {
  return isNode(arm) ? inlineIn(arm, ctes, viewOf) : inlineSelect(arm as SelectStmt, ctes, viewOf);
}

function inlineTable(node: Extract<Node, { RangeVar: unknown }>, ctes: Ctes, viewOf: ViewOf): Node {
  const { schemaname, relname = '', alias } = node.RangeVar;
  const query = schemaname === undefined ? ctes.get(relname) : storedQuery(`${schemaname}.${relname}`, viewOf);
  if (!query) return node;
  if (nameParts(alias?.colnames).length > 0) throw new CannotTell(`\`${relname}\` has its columns renamed`);
  return { RangeSubselect: { subquery: { SelectStmt: query }, alias: { aliasname: alias?.aliasname ?? relname } } };
}

function storedQuery(model: string, viewOf: ViewOf): SelectStmt | undefined {
  const view = viewOf(model);
  return view && inlineSelect(view, new Map(), viewOf);
}
