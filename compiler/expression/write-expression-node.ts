import type { A_Const, Node } from './ast.ts';
import { nameParts } from './ast.ts';
import { writeIdentifier, writeText } from './identifier.ts';
import { writeCall } from './write-call.ts';
import { writeOperator } from './write-operator.ts';
import { intervalWithUnit, writeType } from './write-type.ts';
import type { Piece, Writer } from './writer.ts';
import { binding, enclosedQuery, fitted, UnsupportedSqlError, unsupportedNode } from './writer.ts';

const atom = (text: string): Piece => ({ text, binding: binding.atom });

export function writeNode(node: Node, writer: Writer, indent: string | undefined): Piece {
  const list = (nodes: readonly Node[] | undefined): string =>
    (nodes ?? []).map((item) => writer.piece(item, indent).text).join(', ');
  const part = (inner: Node | undefined, least: number): string => {
    if (!inner) throw unsupportedNode(node);
    return fitted(writer.piece(inner, indent), least);
  };
  if ('ColumnRef' in node)
    return atom(
      (node.ColumnRef.fields ?? [])
        .map((field) => ('A_Star' in field ? '*' : writeIdentifier(nameParts([field])[0] ?? '')))
        .join('.'),
    );
  if ('A_Const' in node) return writeConstant(node.A_Const);
  // Authors have none; a dialect writes those that the runtime fills in.
  if ('ParamRef' in node) return atom(`$${node.ParamRef.number ?? 0}`);
  if ('A_Expr' in node) return writeOperator(node.A_Expr, writer, indent);
  if ('FuncCall' in node) return writeCall(node.FuncCall, writer, indent);
  if ('TypeCast' in node) return writeCast(node.TypeCast, part);
  if ('BoolExpr' in node) return writeLogic(node.BoolExpr, part, writer, indent);
  if ('NullTest' in node) {
    const word = node.NullTest.nulltesttype === 'IS_NULL' ? 'IS NULL' : 'IS NOT NULL';
    return { text: `${part(node.NullTest.arg, binding.comparison)} ${word}`, binding: binding.is };
  }
  if ('BooleanTest' in node) {
    const word = (node.BooleanTest.booltesttype ?? '').replaceAll('_', ' ');
    return { text: `${part(node.BooleanTest.arg, binding.comparison)} ${word}`, binding: binding.is };
  }
  if ('CaseExpr' in node) return writeCase(node.CaseExpr, part);
  if ('CoalesceExpr' in node) return atom(`coalesce(${list(node.CoalesceExpr.args)})`);
  if ('MinMaxExpr' in node)
    return atom(`${node.MinMaxExpr.op === 'IS_LEAST' ? 'least' : 'greatest'}(${list(node.MinMaxExpr.args)})`);
  if ('SubLink' in node) return writeSubquery(node.SubLink, part, writer, indent);
  if ('CollateClause' in node) {
    return {
      text: `${part(node.CollateClause.arg, binding.collate)} COLLATE ${nameParts(node.CollateClause.collname).map(quoted).join('.')}`,
      binding: binding.collate,
    };
  }
  if ('A_ArrayExpr' in node) return atom(`ARRAY[${list(node.A_ArrayExpr.elements)}]`);
  if ('RowExpr' in node)
    return atom(`${node.RowExpr.row_format === 'COERCE_IMPLICIT_CAST' ? '' : 'ROW'}(${list(node.RowExpr.args)})`);
  if ('GroupingFunc' in node) return atom(`GROUPING(${list(node.GroupingFunc.args)})`);
  if ('NamedArgExpr' in node)
    return atom(`${writeIdentifier(node.NamedArgExpr.name ?? '')} => ${part(node.NamedArgExpr.arg, 0)}`);
  if ('A_Indirection' in node) return writeIndirection(node.A_Indirection, part);
  throw unsupportedNode(node);
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

function writeConstant(constant: A_Const): Piece {
  if (constant.isnull) return atom('NULL');
  if (constant.sval) return atom(writeText(constant.sval.sval ?? ''));
  if (constant.boolval) return atom(constant.boolval.boolval ? 'true' : 'false');
  if (constant.bsval) throw new UnsupportedSqlError('a bit string', constant.location);
  const digits = constant.ival ? String(constant.ival.ival ?? 0) : (constant.fval?.fval ?? '');
  return { text: digits, binding: digits.startsWith('-') ? binding.sign : binding.atom };
}

type Part = (node: Node | undefined, least: number) => string;

function writeCast(cast: Extract<Node, { TypeCast: unknown }>['TypeCast'], part: Part): Piece {
  const literal = cast.arg && 'A_Const' in cast.arg ? cast.arg.A_Const.sval?.sval : undefined;
  const interval = intervalWithUnit(cast.typeName, literal);
  if (interval !== undefined) return { text: `${writeText(interval)}::interval`, binding: binding.cast };
  return { text: `${part(cast.arg, binding.cast)}::${writeType(cast.typeName)}`, binding: binding.cast };
}

function writeLogic(
  logic: Extract<Node, { BoolExpr: unknown }>['BoolExpr'],
  part: Part,
  writer: Writer,
  indent: string | undefined,
): Piece {
  const args = logic.args ?? [];
  if (logic.boolop === 'NOT_EXPR') {
    const [arg] = args;
    if (arg && 'SubLink' in arg && arg.SubLink.subLinkType === 'ANY_SUBLINK' && !arg.SubLink.operName) {
      const tested = part(arg.SubLink.testexpr, binding.operator);
      return {
        text: `${tested} NOT IN ${enclosedQuery(writer, arg.SubLink.subselect, indent)}`,
        binding: binding.between,
      };
    }
    return { text: `NOT ${part(arg, binding.not)}`, binding: binding.not };
  }
  const [word, at] = logic.boolop === 'AND_EXPR' ? ['AND', binding.and] : ['OR', binding.or];
  return { text: args.map((arg) => part(arg, at + 1)).join(` ${word} `), binding: at };
}

function writeCase(expression: Extract<Node, { CaseExpr: unknown }>['CaseExpr'], part: Part): Piece {
  const branches = (expression.args ?? []).map((branch) => {
    if (!('CaseWhen' in branch)) throw unsupportedNode(branch);
    return ` WHEN ${part(branch.CaseWhen.expr, 0)} THEN ${part(branch.CaseWhen.result, 0)}`;
  });
  const subject = expression.arg ? ` ${part(expression.arg, 0)}` : '';
  const rest = expression.defresult ? ` ELSE ${part(expression.defresult, 0)}` : '';
  return atom(`CASE${subject}${branches.join('')}${rest} END`);
}

function writeSubquery(
  link: Extract<Node, { SubLink: unknown }>['SubLink'],
  part: Part,
  writer: Writer,
  indent: string | undefined,
): Piece {
  const query = enclosedQuery(writer, link.subselect, indent);
  switch (link.subLinkType) {
    case 'EXPR_SUBLINK':
      return atom(query);
    case 'EXISTS_SUBLINK':
      return atom(`EXISTS ${query}`);
    case 'ARRAY_SUBLINK':
      return atom(`ARRAY ${query}`);
    case 'ANY_SUBLINK':
    case 'ALL_SUBLINK': {
      const operator = nameParts(link.operName).join('.');
      if (operator === '')
        return { text: `${part(link.testexpr, binding.operator)} IN ${query}`, binding: binding.between };
      const word = link.subLinkType === 'ANY_SUBLINK' ? 'ANY' : 'ALL';
      return { text: `${part(link.testexpr, binding.sum)} ${operator} ${word} ${query}`, binding: binding.comparison };
    }
    default:
      throw new UnsupportedSqlError('this kind of subquery', link.location);
  }
}

function writeIndirection(indirection: Extract<Node, { A_Indirection: unknown }>['A_Indirection'], part: Part): Piece {
  const { arg } = indirection;
  // A column may be followed by a subscript; everything else stands in parentheses.
  const head = arg && 'ColumnRef' in arg ? part(arg, 0) : `(${part(arg, 0)})`;
  const steps = (indirection.indirection ?? []).map((step) => {
    if (!('A_Indices' in step)) throw new UnsupportedSqlError('a field of a row');
    const { is_slice, lidx, uidx } = step.A_Indices;
    return is_slice ? `[${lidx ? part(lidx, 0) : ''}:${uidx ? part(uidx, 0) : ''}]` : `[${part(uidx, 0)}]`;
  });
  return { text: `${head}${steps.join('')}`, binding: binding.subscript };
}
