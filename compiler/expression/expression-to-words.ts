import type { A_Const, A_Expr, FuncCall, Node } from './ast.ts';
import { functionName, nameParts } from './ast.ts';
import type { ParsedExpression } from './contract.ts';
import type { Wording } from './wording.ts';
import { englishWording } from './wording-en.ts';
import { russianWording } from './wording-ru.ts';
import { type InEachLanguage, inEachLanguage, type WordsLanguage } from './words-language.ts';
import { writeExpression } from './write-sql.ts';

const wordings: InEachLanguage<Wording> = { en: englishWording, ru: russianWording };

/** Words with what they are, so that a phrase inside another gets parentheses where it would be misread. */
interface Phrase {
  readonly text: string;
  readonly kind: 'atom' | 'comparison' | 'and' | 'or' | 'sum' | 'product';
}

const atom = (text: string): Phrase => ({ text, kind: 'atom' });

/**
 * A formula or a condition in plain words; what has none stays SQL.
 *
 * @example
 * "status = 'paid' and country in ('DE', 'FR')" // status is 'paid' and country is one of 'DE', 'FR'
 */
export function expressionToWords(expression: ParsedExpression, language: WordsLanguage = 'en'): string {
  return phrase(wordings[language], expression.ast as Node).text;
}

/** The same in each language. */
export function expressionInWords(expression: ParsedExpression): InEachLanguage<string> {
  return inEachLanguage((language) => expressionToWords(expression, language));
}

function phrase(words: Wording, node: Node | undefined): Phrase {
  if (!node) return atom('');
  const comparison = (left: Node | undefined, said: string): Phrase => ({
    text: `${inside(words, left)} ${said}`,
    kind: 'comparison',
  });
  if ('ColumnRef' in node) return atom(nameParts(node.ColumnRef.fields).join('.'));
  if ('A_Const' in node) return atom(constantWords(words, node.A_Const, node));
  if ('TypeCast' in node) return phrase(words, node.TypeCast.arg);
  if ('BoolExpr' in node) return logicWords(words, node.BoolExpr.boolop ?? '', node.BoolExpr.args ?? []);
  if ('NullTest' in node)
    return comparison(node.NullTest.arg, node.NullTest.nulltesttype === 'IS_NULL' ? words.missing : words.present);
  if ('BooleanTest' in node) {
    const test = node.BooleanTest.booltesttype ?? '';
    return comparison(node.BooleanTest.arg, words.truth[test] ?? test);
  }
  if ('CoalesceExpr' in node) {
    const [first = '', ...rest] = (node.CoalesceExpr.args ?? []).map((arg) => inside(words, arg));
    return atom(words.orWhereMissing(first, rest));
  }
  if ('FuncCall' in node) return callWords(words, node.FuncCall) ?? atom(writeExpression(node));
  if ('A_Expr' in node) return operatorWords(words, node.A_Expr) ?? atom(writeExpression(node));
  return atom(writeExpression(node));
}

function inside(words: Wording, node: Node | undefined): string {
  const inner = phrase(words, node);
  return inner.kind === 'atom' ? inner.text : `(${inner.text})`;
}

function constantWords(words: Wording, constant: A_Const, node: Node): string {
  return constant.isnull ? words.nothing : writeExpression(node);
}

function logicWords(words: Wording, operator: string, args: readonly Node[]): Phrase {
  if (operator === 'NOT_EXPR') return { text: `${words.not} ${inside(words, args[0])}`, kind: 'comparison' };
  const kind = operator === 'AND_EXPR' ? 'and' : 'or';
  const parts = args.map((arg) => {
    const part = phrase(words, arg);
    return (part.kind === 'or' && kind === 'and') || (part.kind === 'and' && kind === 'or')
      ? `(${part.text})`
      : part.text;
  });
  return { text: parts.join(` ${words[kind]} `), kind };
}

function operatorWords(words: Wording, expression: A_Expr): Phrase | undefined {
  const { kind, lexpr, rexpr } = expression;
  const name = nameParts(expression.name).join('');
  const said = (node: Node | undefined) => inside(words, node);
  const compared = (text: string): Phrase => ({ text: `${said(lexpr)} ${text}`, kind: 'comparison' });
  const items = rexpr && 'List' in rexpr ? (rexpr.List.items ?? []).map(said) : [];
  switch (kind) {
    case 'AEXPR_OP':
      if (!lexpr) return name === '-' ? { text: `${words.minus} ${said(rexpr)}`, kind: 'sum' } : undefined;
      if (words.comparisons[name]) return compared(`${words.comparisons[name]} ${said(rexpr)}`);
      return words.arithmetic[name] ? arithmeticWords(words, name, lexpr, rexpr) : undefined;
    case 'AEXPR_IN':
      return compared(`${name === '=' ? words.oneOf : words.noneOf} ${items.join(', ')}`);
    case 'AEXPR_BETWEEN':
      return compared(words.between(items[0] ?? '', items[1] ?? ''));
    case 'AEXPR_NOT_BETWEEN':
      return compared(words.notBetween(items[0] ?? '', items[1] ?? ''));
    case 'AEXPR_DISTINCT':
      return compared(`${words.otherThan} ${said(rexpr)}`);
    case 'AEXPR_NOT_DISTINCT':
      return compared(`${words.sameAs} ${said(rexpr)}`);
    case 'AEXPR_LIKE':
    case 'AEXPR_ILIKE':
      return likeWords(words, expression, compared);
    case 'AEXPR_NULLIF':
      // A guard against division by zero says nothing that the reader needs: division by zero gives null anyway.
      return rexpr && 'A_Const' in rexpr && rexpr.A_Const.ival && !rexpr.A_Const.ival.ival
        ? phrase(words, lexpr)
        : undefined;
    default:
      return undefined;
  }
}

function arithmeticWords(words: Wording, name: string, left: Node, right: Node | undefined): Phrase {
  const [word, kind] = words.arithmetic[name]!;
  const [a, b] = [phrase(words, left), phrase(words, right)];
  // Left to right, as it is read: a sum inside a product, and any arithmetic on the right, needs parentheses.
  const first =
    a.kind === 'atom' || a.kind === kind || (a.kind === 'product' && kind === 'sum') ? a.text : `(${a.text})`;
  const second = b.kind === 'atom' ? b.text : `(${b.text})`;
  return { text: `${first} ${word} ${second}`, kind };
}

function likeWords(words: Wording, expression: A_Expr, compared: (text: string) => Phrase): Phrase | undefined {
  const { rexpr, kind } = expression;
  const pattern = rexpr && 'A_Const' in rexpr ? rexpr.A_Const.sval?.sval : undefined;
  if (pattern === undefined || /[\\_]/.test(pattern)) return undefined;
  const isNot = nameParts(expression.name).join('').startsWith('!');
  const [, before, text, after] = /^(%*)([^%]*)(%*)$/.exec(pattern) ?? [];
  if (text === undefined) return undefined;
  const form = before ? (after ? 'contains' : 'ends') : after ? 'starts' : 'is';
  const tail = kind === 'AEXPR_ILIKE' ? words.anyCase : '';
  return compared(`${words.like[form][isNot ? 1 : 0]} '${text}'${tail}`);
}

function callWords(words: Wording, call: FuncCall): Phrase | undefined {
  const name = functionName(call);
  const [first, second] = call.args ?? [];
  const said = call.over ? undefined : aggregateWords(words, name, call, first, second);
  if (said !== undefined)
    return call.agg_filter
      ? { text: words.aggregates.where(said, phrase(words, call.agg_filter).text), kind: 'comparison' }
      : atom(said);
  const known = Object.hasOwn(words.calls, name) ? words.calls[name] : undefined;
  return known && atom(known(inside(words, first), second && inside(words, second)));
}

function aggregateWords(
  words: Wording,
  name: string,
  call: FuncCall,
  first: Node | undefined,
  second: Node | undefined,
): string | undefined {
  const { aggregates } = words;
  const what = inside(words, first);
  if (name === 'count') return call.agg_star ? aggregates.rows : aggregates.countOf(what, call.agg_distinct === true);
  if (name === 'percentile' || name === 'percentile_disc') {
    const share = second && 'A_Const' in second ? Number(second.A_Const.fval?.fval ?? Number.NaN) : Number.NaN;
    return Number.isNaN(share) ? undefined : aggregates.percentile(Math.round(share * 1e6) / 1e4, what);
  }
  const word = Object.hasOwn(aggregates.of, name) ? aggregates.of[name] : undefined;
  return word === undefined ? undefined : `${word} ${call.agg_distinct ? aggregates.distinct : ''}${what}`;
}
