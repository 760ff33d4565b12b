import type { A_Expr, Node } from './ast.ts';
import { nameParts, nodeLocation } from './ast.ts';
import type { Piece, Writer } from './writer.ts';
import { binding, fitted, restricted, UnsupportedSqlError } from './writer.ts';

const comparisons = new Set(['=', '<>', '<', '>', '<=', '>=']);

function bindingOf(operator: string): number {
  if (comparisons.has(operator)) return binding.comparison;
  if (operator === '+' || operator === '-') return binding.sum;
  if (operator === '*' || operator === '/' || operator === '%') return binding.product;
  return operator === '^' ? binding.power : binding.operator;
}

export function writeOperator(expression: A_Expr, writer: Writer, indent: string | undefined): Piece {
  const name = nameParts(expression.name).join('.');
  const side = (node: Node | undefined, least: number): string => {
    if (!node) throw new UnsupportedSqlError('an operator without an operand', expression.location);
    return fitted(writer.piece(node, indent), least);
  };
  const { lexpr, rexpr } = expression;
  const between = (word: string): Piece => {
    const [low, high] = rexpr && 'List' in rexpr ? (rexpr.List.items ?? []) : [];
    const least = binding.operator;
    return {
      text: `${side(lexpr, least)} ${word} ${low ? restricted(writer.piece(low, indent)) : ''} AND ${side(high, least)}`,
      binding: binding.between,
    };
  };
  const infix = (word: string, at: number, left: number, right: number): Piece => ({
    text: `${side(lexpr, left)} ${word} ${side(rexpr, right)}`,
    binding: at,
  });
  switch (expression.kind) {
    case 'AEXPR_OP':
      return lexpr ? writeInfix(name, infix) : writePrefix(name, expression, writer, indent);
    case 'AEXPR_OP_ANY':
    case 'AEXPR_OP_ALL': {
      const word = expression.kind === 'AEXPR_OP_ANY' ? 'ANY' : 'ALL';
      return { text: `${side(lexpr, binding.sum)} ${name} ${word} (${side(rexpr, 0)})`, binding: binding.comparison };
    }
    case 'AEXPR_DISTINCT':
      return infix('IS DISTINCT FROM', binding.is, binding.comparison, binding.comparison);
    case 'AEXPR_NOT_DISTINCT':
      return infix('IS NOT DISTINCT FROM', binding.is, binding.comparison, binding.comparison);
    case 'AEXPR_NULLIF':
      return { text: `nullif(${side(lexpr, 0)}, ${side(rexpr, 0)})`, binding: binding.atom };
    case 'AEXPR_IN': {
      const items = rexpr && 'List' in rexpr ? (rexpr.List.items ?? []) : [];
      const word = name === '<>' ? 'NOT IN' : 'IN';
      return {
        text: `${side(lexpr, binding.operator)} ${word} (${items.map((item) => side(item, 0)).join(', ')})`,
        binding: binding.between,
      };
    }
    case 'AEXPR_LIKE':
      return writeLike(name === '!~~' ? 'NOT LIKE' : 'LIKE', expression, side);
    case 'AEXPR_ILIKE':
      return writeLike(name === '!~~*' ? 'NOT ILIKE' : 'ILIKE', expression, side);
    case 'AEXPR_BETWEEN':
      return between('BETWEEN');
    case 'AEXPR_NOT_BETWEEN':
      return between('NOT BETWEEN');
    default:
      throw new UnsupportedSqlError(wordOf(expression.kind ?? ''), expression.location);
  }
}

function wordOf(kind: string): string {
  return kind === 'AEXPR_SIMILAR' ? '`similar to`' : kind.includes('SYM') ? '`between symmetric`' : 'this operator';
}

function writeInfix(name: string, infix: (word: string, at: number, left: number, right: number) => Piece): Piece {
  if (name.includes('.')) throw new UnsupportedSqlError('an operator with a schema');
  const at = bindingOf(name);
  // Comparisons do not associate; all others do to the left.
  return infix(name, at, at === binding.comparison ? at + 1 : at, at + 1);
}

function writePrefix(name: string, expression: A_Expr, writer: Writer, indent: string | undefined): Piece {
  const operand = writer.piece(expression.rexpr!, indent);
  if (name === '-' || name === '+')
    return { text: `${name} ${fitted(operand, binding.subscript)}`, binding: binding.sign };
  return { text: `${name} ${fitted(operand, binding.sum)}`, binding: binding.operator };
}

function writeLike(word: string, expression: A_Expr, side: (node: Node | undefined, least: number) => string): Piece {
  const { lexpr, rexpr } = expression;
  const call =
    rexpr && 'FuncCall' in rexpr && nameParts(rexpr.FuncCall.funcname).at(-1) === 'like_escape'
      ? rexpr.FuncCall
      : undefined;
  const [pattern, escaped] = call ? (call.args ?? []) : [rexpr];
  if (call && !escaped) throw new UnsupportedSqlError('`like` with this escape', nodeLocation(rexpr!));
  const tail = escaped ? ` ESCAPE ${side(escaped, binding.operator)}` : '';
  return {
    text: `${side(lexpr, binding.operator)} ${word} ${side(pattern, binding.operator)}${tail}`,
    binding: binding.between,
  };
}
