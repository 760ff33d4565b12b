import type { A_Const, A_Expr, FuncCall, Node } from './ast.ts';
import { functionName, nameParts } from './ast.ts';
import type { ParsedExpression } from './contract.ts';
import { writeExpression } from './write-sql.ts';

/** Words with what they are, so that a phrase inside another gets parentheses where it would be misread. */
interface Phrase {
  readonly text: string;
  readonly kind: 'atom' | 'comparison' | 'and' | 'or' | 'sum' | 'product';
}

const atom = (text: string): Phrase => ({ text, kind: 'atom' });

/**
 * A formula or a condition in plain English; what has no plain words stays SQL.
 *
 * @example
 * "status = 'paid' and country in ('DE', 'FR')" // status is 'paid' and country is one of 'DE', 'FR'
 */
export function expressionToWords(expression: ParsedExpression): string {
  return phrase(expression.ast as Node).text;
}

function phrase(node: Node | undefined): Phrase {
  if (!node) return atom('');
  if ('ColumnRef' in node) return atom(nameParts(node.ColumnRef.fields).join('.'));
  if ('A_Const' in node) return atom(constantWords(node.A_Const, node));
  if ('TypeCast' in node) return phrase(node.TypeCast.arg);
  if ('BoolExpr' in node) return logicWords(node.BoolExpr.boolop ?? '', node.BoolExpr.args ?? []);
  if ('NullTest' in node) {
    return {
      text: `${inside(node.NullTest.arg)} is ${node.NullTest.nulltesttype === 'IS_NULL' ? 'missing' : 'present'}`,
      kind: 'comparison',
    };
  }
  if ('BooleanTest' in node) {
    const word = (node.BooleanTest.booltesttype ?? '').replaceAll('_', ' ').toLowerCase().replace('unknown', 'missing');
    return { text: `${inside(node.BooleanTest.arg)} ${word}`, kind: 'comparison' };
  }
  if ('CoalesceExpr' in node) {
    const [first, ...rest] = node.CoalesceExpr.args ?? [];
    return atom(`${inside(first)} (or ${rest.map(inside).join(', or ')} where it is missing)`);
  }
  if ('FuncCall' in node) return callWords(node.FuncCall) ?? atom(writeExpression(node));
  if ('A_Expr' in node) return operatorWords(node.A_Expr) ?? atom(writeExpression(node));
  return atom(writeExpression(node));
}

function inside(node: Node | undefined): string {
  const inner = phrase(node);
  return inner.kind === 'atom' ? inner.text : `(${inner.text})`;
}

function constantWords(constant: A_Const, node: Node): string {
  if (constant.isnull) return 'nothing';
  return writeExpression(node);
}

function logicWords(operator: string, args: readonly Node[]): Phrase {
  if (operator === 'NOT_EXPR') {
    const inner = phrase(args[0]);
    return { text: inner.kind === 'atom' ? `not ${inner.text}` : `not (${inner.text})`, kind: 'comparison' };
  }
  const [word, kind] = operator === 'AND_EXPR' ? (['and', 'and'] as const) : (['or', 'or'] as const);
  const parts = args.map((arg) => {
    const part = phrase(arg);
    return (part.kind === 'or' && kind === 'and') || (part.kind === 'and' && kind === 'or')
      ? `(${part.text})`
      : part.text;
  });
  return { text: parts.join(` ${word} `), kind };
}

const comparisons: Readonly<Record<string, string>> = {
  '=': 'is',
  '<>': 'is not',
  '<': 'is less than',
  '>': 'is more than',
  '<=': 'is at most',
  '>=': 'is at least',
};
const arithmetic: Readonly<Record<string, readonly [string, 'sum' | 'product']>> = {
  '+': ['plus', 'sum'],
  '-': ['minus', 'sum'],
  '*': ['times', 'product'],
  '/': ['divided by', 'product'],
};

function operatorWords(expression: A_Expr): Phrase | undefined {
  const { kind, lexpr, rexpr } = expression;
  const name = nameParts(expression.name).join('');
  const compared = (words: string): Phrase => ({ text: `${inside(lexpr)} ${words}`, kind: 'comparison' });
  const items = rexpr && 'List' in rexpr ? (rexpr.List.items ?? []) : [];
  switch (kind) {
    case 'AEXPR_OP':
      if (!lexpr) return name === '-' ? { text: `minus ${inside(rexpr)}`, kind: 'sum' } : undefined;
      if (comparisons[name]) return compared(`${comparisons[name]} ${inside(rexpr)}`);
      return arithmetic[name] ? arithmeticWords(name, lexpr, rexpr) : undefined;
    case 'AEXPR_IN':
      return compared(`is ${name === '=' ? 'one' : 'none'} of ${items.map(inside).join(', ')}`);
    case 'AEXPR_BETWEEN':
      return compared(`is from ${inside(items[0])} to ${inside(items[1])}`);
    case 'AEXPR_NOT_BETWEEN':
      return compared(`is not from ${inside(items[0])} to ${inside(items[1])}`);
    case 'AEXPR_DISTINCT':
      return compared(`is other than ${inside(rexpr)}`);
    case 'AEXPR_NOT_DISTINCT':
      return compared(`is the same as ${inside(rexpr)}`);
    case 'AEXPR_LIKE':
    case 'AEXPR_ILIKE':
      return likeWords(expression, compared);
    case 'AEXPR_NULLIF':
      // A guard against division by zero says nothing that the reader needs: division by zero gives null anyway.
      return rexpr && 'A_Const' in rexpr && rexpr.A_Const.ival && !rexpr.A_Const.ival.ival ? phrase(lexpr) : undefined;
    default:
      return undefined;
  }
}

function arithmeticWords(name: string, left: Node, right: Node | undefined): Phrase {
  const [word, kind] = arithmetic[name]!;
  const [a, b] = [phrase(left), phrase(right)];
  // Left to right, as it is read: a sum inside a product, and any arithmetic on the right, needs parentheses.
  const first =
    a.kind === 'atom' || a.kind === kind || (a.kind === 'product' && kind === 'sum') ? a.text : `(${a.text})`;
  const second = b.kind === 'atom' ? b.text : `(${b.text})`;
  return { text: `${first} ${word} ${second}`, kind };
}

function likeWords(expression: A_Expr, compared: (words: string) => Phrase): Phrase | undefined {
  const { rexpr, kind } = expression;
  const pattern = rexpr && 'A_Const' in rexpr ? rexpr.A_Const.sval?.sval : undefined;
  if (pattern === undefined || /[\\_]/.test(pattern)) return undefined;
  const not = nameParts(expression.name).join('').startsWith('!');
  const [, before, text, after] = /^(%*)([^%]*)(%*)$/.exec(pattern) ?? [];
  if (text === undefined) return undefined;
  const tail = kind === 'AEXPR_ILIKE' ? ', in capitals or not' : '';
  const verb = before
    ? after
      ? ['contains', 'contain']
      : ['ends with', 'end with']
    : after
      ? ['starts with', 'start with']
      : ['is', 'be'];
  if (!before && !after) return compared(`${not ? 'is not' : 'is'} '${text}'${tail}`);
  return compared(`${not ? `does not ${verb[1]}` : verb[0]} '${text}'${tail}`);
}

const aggregates: Readonly<Record<string, string>> = {
  sum: 'sum of',
  avg: 'average of',
  min: 'least',
  max: 'greatest',
  median: 'median of',
  stddev: 'standard deviation of',
  stddev_samp: 'standard deviation of',
  first: 'first',
  last: 'last',
  array_agg: 'list of',
  string_agg: 'list of',
};

function callWords(call: FuncCall): Phrase | undefined {
  const name = functionName(call);
  const [first, second] = call.args ?? [];
  const words = call.over ? undefined : aggregateWords(name, call, first, second);
  if (words !== undefined) return atom(call.agg_filter ? `${words} where ${phrase(call.agg_filter).text}` : words);
  switch (name) {
    case 'lower':
      return atom(`${inside(first)} in small letters`);
    case 'upper':
      return atom(`${inside(first)} in capitals`);
    case 'abs':
      return atom(`${inside(first)} without its sign`);
    case 'round':
      return atom(`${inside(first)} rounded${second ? ` to ${inside(second)} digits` : ''}`);
    case 'etalon_hash':
      return atom(`the keyed hash of ${inside(first)}`);
    case 'etalon_run_at':
      return atom('the time of the run');
    default:
      return undefined;
  }
}

function aggregateWords(
  name: string,
  call: FuncCall,
  first: Node | undefined,
  second: Node | undefined,
): string | undefined {
  if (name === 'count') {
    if (call.agg_star) return 'number of rows';
    return call.agg_distinct ? `number of distinct ${inside(first)}` : `number of rows with ${inside(first)}`;
  }
  if (name === 'percentile' || name === 'percentile_disc') {
    const share = second && 'A_Const' in second ? Number(second.A_Const.fval?.fval ?? Number.NaN) : Number.NaN;
    return Number.isNaN(share) ? undefined : `${ordinal(Math.round(share * 1e6) / 1e4)} percentile of ${inside(first)}`;
  }
  const word = aggregates[name];
  return word === undefined ? undefined : `${word} ${call.agg_distinct ? 'distinct ' : ''}${inside(first)}`;
}

function ordinal(n: number): string {
  const last = n % 10;
  const teen = Math.floor(n / 10) % 10 === 1;
  return `${n}${teen || !Number.isInteger(n) ? 'th' : last === 1 ? 'st' : last === 2 ? 'nd' : last === 3 ? 'rd' : 'th'}`;
}
