import type { Node, SelectStmt } from '../expression/ast.ts';
import { outputName } from '../expression/output-name.ts';

/** Names and VALUES of a query as PostgreSQL has them. */
export function rewriteQuery(select: SelectStmt): SelectStmt {
  if (select.valuesLists) return namedValues(select);
  if (select.larg && select.rarg)
    return { ...select, larg: rewriteQuery(select.larg), rarg: rewriteQuery(select.rarg) };
  return select.targetList ? { ...select, targetList: select.targetList.map(withName) } : select;
}

/** DuckDB calls the columns of VALUES col0, col1 …; PostgreSQL column1, column2 … */
function namedValues(select: SelectStmt): SelectStmt {
  const { valuesLists = [], ...rest } = select;
  const [first] = valuesLists;
  const width = first && 'List' in first ? (first.List.items?.length ?? 0) : 0;
  const colnames = Array.from({ length: width }, (_, i): Node => ({ String: { sval: `column${i + 1}` } }));
  const subquery: Node = { SelectStmt: { valuesLists, limitOption: 'LIMIT_OPTION_DEFAULT', op: 'SETOP_NONE' } };
  return {
    ...rest,
    targetList: [{ ResTarget: { val: { ColumnRef: { fields: [{ A_Star: {} }] } } } }],
    fromClause: [{ RangeSubselect: { subquery, alias: { aliasname: 'rows_given', colnames } } }],
  };
}

/** An output column without AS is called by its text in DuckDB. */
function withName(target: Node): Node {
  if (!('ResTarget' in target) || target.ResTarget.name !== undefined || !target.ResTarget.val) return target;
  return 'ColumnRef' in target.ResTarget.val
    ? target
    : { ResTarget: { ...target.ResTarget, name: outputName(target.ResTarget.val) } };
}
