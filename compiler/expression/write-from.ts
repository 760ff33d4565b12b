import type { JoinExpr, Node, RangeVar } from './ast.ts';
import { nameParts } from './ast.ts';
import { writeIdentifier } from './identifier.ts';
import type { Writer } from './writer.ts';
import { deeper, enclosedQuery, newLine, UnsupportedSqlError, unsupportedNode } from './writer.ts';

export function writeFromItem(item: Node, writer: Writer, indent: string | undefined): string {
  if ('RangeVar' in item) return writeTable(item.RangeVar);
  if ('JoinExpr' in item) return writeJoin(item.JoinExpr, writer, indent);
  if ('RangeSubselect' in item) {
    const { subquery, alias, lateral } = item.RangeSubselect;
    return `${lateral ? 'LATERAL ' : ''}${enclosedQuery(writer, subquery, indent)}${writeAlias(alias)}`;
  }
  if ('RangeFunction' in item) return writeTableFunction(item.RangeFunction, writer, indent);
  throw unsupportedNode(item);
}

type Alias = { aliasname?: string; colnames?: Node[] };

function writeAlias(alias: Alias | undefined): string {
  if (!alias?.aliasname) return '';
  const columns = nameParts(alias.colnames);
  return ` AS ${writeIdentifier(alias.aliasname)}${columns.length > 0 ? ` (${columns.map(writeIdentifier).join(', ')})` : ''}`;
}

function writeTable(table: RangeVar): string {
  if (table.inh === false || table.inh === undefined) throw new UnsupportedSqlError('`from only`', table.location);
  const name = [table.catalogname, table.schemaname, table.relname].filter((part) => part !== undefined && part !== '');
  return name.map((part) => writeIdentifier(part!)).join('.') + writeAlias(table.alias);
}

function writeTableFunction(
  range: Extract<Node, { RangeFunction: unknown }>['RangeFunction'],
  writer: Writer,
  indent: string | undefined,
): string {
  const [only, ...more] = range.functions ?? [];
  const call = only && 'List' in only ? only.List.items?.[0] : undefined;
  if (!call || more.length > 0 || range.is_rowsfrom) throw new UnsupportedSqlError('`rows from (…)`');
  if ((range.coldeflist ?? []).length > 0) throw new UnsupportedSqlError('a column definition list');
  const ordinality = range.ordinality ? ' WITH ORDINALITY' : '';
  return `${range.lateral ? 'LATERAL ' : ''}${writer.piece(call, indent).text}${ordinality}${writeAlias(range.alias)}`;
}

const words: Readonly<Record<string, string>> = {
  JOIN_INNER: 'JOIN',
  JOIN_LEFT: 'LEFT JOIN',
  JOIN_RIGHT: 'RIGHT JOIN',
  JOIN_FULL: 'FULL JOIN',
};

function writeJoin(join: JoinExpr, writer: Writer, indent: string | undefined): string {
  const word = words[join.jointype ?? 'JOIN_INNER'];
  if (!word || !join.larg || !join.rarg || join.join_using_alias) throw new UnsupportedSqlError('this kind of join');
  const inner = join.alias?.aliasname ? deeper(indent) : indent;
  const left = writeFromItem(join.larg, writer, inner);
  const rightJoins = 'JoinExpr' in join.rarg && !join.rarg.JoinExpr.alias?.aliasname;
  const right = rightJoins
    ? `(${writeFromItem(join.rarg, writer, deeper(inner))})`
    : writeFromItem(join.rarg, writer, inner);
  const text = `${left}${newLine(inner)}${joinWord(join, word)} ${right}${joinCondition(join, writer, inner)}`;
  return join.alias?.aliasname ? `(${text})${writeAlias(join.alias)}` : text;
}

function joinWord(join: JoinExpr, word: string): string {
  if (join.isNatural) return `NATURAL ${word}`;
  return join.quals || join.usingClause || word !== 'JOIN' ? word : 'CROSS JOIN';
}

function joinCondition(join: JoinExpr, writer: Writer, indent: string | undefined): string {
  if (join.quals) return ` ON ${writer.piece(join.quals, deeper(indent)).text}`;
  return join.usingClause ? ` USING (${nameParts(join.usingClause).map(writeIdentifier).join(', ')})` : '';
}
