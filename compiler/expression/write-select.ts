import type { Node, SelectStmt, WithClause } from './ast.ts';
import { nameParts } from './ast.ts';
import { writeIdentifier } from './identifier.ts';
import { writeFromItem } from './write-from.ts';
import type { Writer } from './writer.ts';
import { binding, deeper, enclosedQuery, fitted, newLine, UnsupportedSqlError } from './writer.ts';

export function writeSelect(select: SelectStmt, writer: Writer, indent: string | undefined): string {
  const clauses = [
    ...writeWith(select.withClause, writer, indent),
    ...(select.op !== undefined && select.op !== 'SETOP_NONE'
      ? writeSetOperation(select, writer, indent)
      : select.valuesLists
        ? [writeValues(select.valuesLists, writer, indent)]
        : writePlain(select, writer, indent)),
    ...writeTail(select, writer, indent),
  ];
  return clauses.join(newLine(indent));
}

function writeWith(clause: WithClause | undefined, writer: Writer, indent: string | undefined): string[] {
  if (!clause?.ctes) return [];
  const ctes = clause.ctes.map((node) => {
    if (!('CommonTableExpr' in node)) throw new UnsupportedSqlError('this form of `with`');
    const {
      ctename = '',
      aliascolnames,
      ctematerialized,
      ctequery,
      search_clause,
      cycle_clause,
    } = node.CommonTableExpr;
    if (search_clause || cycle_clause)
      throw new UnsupportedSqlError('`search` and `cycle` of a recursive query', node.CommonTableExpr.location);
    const columns = nameParts(aliascolnames).map(writeIdentifier);
    const how =
      ctematerialized === 'CTEMaterializeAlways'
        ? 'MATERIALIZED '
        : ctematerialized === 'CTEMaterializeNever'
          ? 'NOT MATERIALIZED '
          : '';
    return `${writeIdentifier(ctename)}${columns.length > 0 ? ` (${columns.join(', ')})` : ''} AS ${how}${enclosedQuery(writer, ctequery, indent)}`;
  });
  return [`WITH ${clause.recursive ? 'RECURSIVE ' : ''}${ctes.join(`,${newLine(indent)}`)}`];
}

const setWords: Readonly<Record<string, string>> = {
  SETOP_UNION: 'UNION',
  SETOP_INTERSECT: 'INTERSECT',
  SETOP_EXCEPT: 'EXCEPT',
};

function writeSetOperation(select: SelectStmt, writer: Writer, indent: string | undefined): string[] {
  const arm = (query: SelectStmt | undefined, isRight: boolean): string => {
    if (!query) throw new UnsupportedSqlError('a set operation without a query');
    const isSet = query.op !== undefined && query.op !== 'SETOP_NONE';
    const looser = isSet && (isRight || (select.op === 'SETOP_INTERSECT' && query.op !== 'SETOP_INTERSECT'));
    const own = query.sortClause || query.limitCount || query.limitOffset || query.withClause;
    return looser || own ? enclosedQuery(writer, { SelectStmt: query }, indent) : writer.select(query, indent);
  };
  const word = `${setWords[select.op ?? '']}${select.all ? ' ALL' : ''}`;
  return [arm(select.larg, false), word, arm(select.rarg, true)];
}

function writeValues(lists: readonly Node[], writer: Writer, indent: string | undefined): string {
  const rows = lists.map((list) =>
    'List' in list ? `(${(list.List.items ?? []).map((item) => writer.piece(item, indent).text).join(', ')})` : '',
  );
  return `VALUES ${rows.join(', ')}`;
}

function writePlain(select: SelectStmt, writer: Writer, indent: string | undefined): string[] {
  if (!select.targetList?.length) throw new UnsupportedSqlError('a SELECT of no columns');
  const inner = deeper(indent);
  const line = (items: readonly string[]): string =>
    indent === undefined ? ` ${items.join(', ')}` : newLine(inner) + items.join(`,${newLine(inner)}`);
  const clauses = [
    `SELECT${writeDistinct(select.distinctClause, writer, indent)}${line(select.targetList.map((target) => writeTarget(target, writer, inner)))}`,
  ];
  if (select.fromClause) {
    clauses.push(
      `FROM ${select.fromClause.map((item) => writeFromItem(item, writer, indent)).join(`,${newLine(inner)}`)}`,
    );
  }
  if (select.whereClause) clauses.push(`WHERE${writeCondition(select.whereClause, writer, indent)}`);
  if (select.groupClause) {
    if (select.groupDistinct) throw new UnsupportedSqlError('`group by distinct`');
    clauses.push(`GROUP BY ${select.groupClause.map((item) => writeGrouping(item, writer, indent)).join(', ')}`);
  }
  if (select.havingClause) clauses.push(`HAVING${writeCondition(select.havingClause, writer, indent)}`);
  if (select.windowClause) {
    const windows = select.windowClause.map((node) => {
      if (!('WindowDef' in node)) throw new UnsupportedSqlError('this form of `window`');
      return `${writeIdentifier(node.WindowDef.name ?? '')} AS (${writer.window(node.WindowDef, indent)})`;
    });
    clauses.push(`WINDOW ${windows.join(', ')}`);
  }
  return clauses;
}

/** One condition stands on the line of its word; several joined by AND on a line each. */
function writeCondition(node: Node, writer: Writer, indent: string | undefined): string {
  const inner = deeper(indent);
  if (indent === undefined || !('BoolExpr' in node) || node.BoolExpr.boolop !== 'AND_EXPR')
    return ` ${writer.piece(node, indent === undefined ? undefined : inner).text}`;
  const parts = (node.BoolExpr.args ?? []).map((arg) => fitted(writer.piece(arg, inner), binding.not));
  return newLine(inner) + parts.join(`${newLine(inner)}AND `);
}

function writeDistinct(clause: readonly Node[] | undefined, writer: Writer, indent: string | undefined): string {
  if (!clause) return '';
  const on = clause.filter((node) => Object.keys(node).length > 0);
  return on.length === 0
    ? ' DISTINCT'
    : ` DISTINCT ON (${on.map((node) => writer.piece(node, indent).text).join(', ')})`;
}

function writeTarget(target: Node, writer: Writer, indent: string | undefined): string {
  if (!('ResTarget' in target) || !target.ResTarget.val) throw new UnsupportedSqlError('this output column');
  const { name, val } = target.ResTarget;
  return `${writer.piece(val, indent).text}${name === undefined ? '' : ` AS ${writeIdentifier(name)}`}`;
}

const groupingWords: Readonly<Record<string, string>> = {
  GROUPING_SET_ROLLUP: 'ROLLUP ',
  GROUPING_SET_CUBE: 'CUBE ',
  GROUPING_SET_SETS: 'GROUPING SETS ',
  GROUPING_SET_SIMPLE: '',
};

function writeGrouping(node: Node, writer: Writer, indent: string | undefined): string {
  if (!('GroupingSet' in node)) return writer.piece(node, indent).text;
  const { kind = '', content } = node.GroupingSet;
  if (kind === 'GROUPING_SET_EMPTY') return '()';
  return `${groupingWords[kind]}(${(content ?? []).map((item) => writeGrouping(item, writer, indent)).join(', ')})`;
}

function writeTail(select: SelectStmt, writer: Writer, indent: string | undefined): string[] {
  const clauses: string[] = [];
  if (select.sortClause) {
    const items = select.sortClause.map((item) => ('SortBy' in item ? writer.sort(item.SortBy, indent) : ''));
    clauses.push(`ORDER BY ${items.join(', ')}`);
  }
  if (select.limitOption === 'LIMIT_OPTION_WITH_TIES') throw new UnsupportedSqlError('`fetch … with ties`');
  const count = select.limitCount;
  const all = count && 'A_Const' in count && count.A_Const.isnull;
  if (count && !all) clauses.push(`LIMIT ${fitted(writer.piece(count, indent), binding.atom)}`);
  if (select.limitOffset) clauses.push(`OFFSET ${fitted(writer.piece(select.limitOffset, indent), binding.atom)}`);
  return clauses;
}
