import { functionName, type Node, nameParts } from '../../expression/ast.ts';
import { parseExpression } from '../../expression/parse-expression.ts';
import { type InEachLanguage, inEachLanguage } from '../../expression/words-language.ts';
import { writeExpression } from '../../expression/write-sql.ts';
import { propertyWords } from '../segment/condition-columns.ts';

/** One item of a sum, `sum(refunded)` of `sum(amount) - sum(refunded)`. */
export interface Term {
  readonly sign: '+' | '-';
  readonly sql: string;
}

/** A formula that is one aggregate and nothing else. */
export interface LoneAggregate {
  readonly name: string;
  /** `distinct user_id`, `amount`, `*` */
  readonly of: string;
  /** Its `filter`, as conditions that all must hold. */
  readonly filter: readonly string[];
  /** The same without its filter. */
  readonly bare: string;
}

export interface FormulaParts {
  /** Of a lone aggregate without its filter. */
  readonly terms: readonly Term[];
  readonly aggregate?: LoneAggregate;
}

/** A condition that a column has one of some values: `status in ('paid', 'refunded')`. */
export interface OneOf {
  readonly column: string;
  readonly values: readonly string[];
}

const nowhere = { offset: 0, line: 1, column: 1 };

function parse(canonical: string): Node | undefined {
  const { expression } = parseExpression({ text: canonical, span: { file: 'plan', start: nowhere, end: nowhere } });
  return expression?.ast as Node | undefined;
}

/**
 * What a canonical formula adds up, and its aggregate where it is one alone.
 *
 * @example
 * formulaParts('sum(amount) - sum(refunded)').terms // [{ sign: '+', sql: 'sum(amount)' }, { sign: '-', sql: 'sum(refunded)' }]
 */
export function formulaParts(canonical: string): FormulaParts {
  const node = parse(canonical);
  if (!node) return { terms: [{ sign: '+', sql: canonical }] };
  const aggregate = loneAggregate(node);
  return aggregate ? { terms: [{ sign: '+', sql: aggregate.bare }], aggregate } : { terms: termsOf(node, '+') };
}

function termsOf(node: Node | undefined, sign: Term['sign']): Term[] {
  if (!node) return [];
  if ('A_Expr' in node && node.A_Expr.kind === 'AEXPR_OP') {
    const operator = nameParts(node.A_Expr.name).join('');
    const flipped = sign === '+' ? '-' : '+';
    if (operator === '+') return [...termsOf(node.A_Expr.lexpr, sign), ...termsOf(node.A_Expr.rexpr, sign)];
    if (operator === '-') return [...termsOf(node.A_Expr.lexpr, sign), ...termsOf(node.A_Expr.rexpr, flipped)];
  }
  return [{ sign, sql: writeExpression(node) }];
}

function loneAggregate(node: Node): LoneAggregate | undefined {
  if (!('FuncCall' in node) || node.FuncCall.over) return undefined;
  const { agg_filter: filter, ...call } = node.FuncCall;
  const args = (call.args ?? []).map(writeExpression).join(', ');
  return {
    name: functionName(node.FuncCall),
    of: call.agg_star ? '*' : `${call.agg_distinct ? 'distinct ' : ''}${args}`,
    filter: filter ? conjuncts(filter).map(writeExpression) : [],
    bare: writeExpression({ FuncCall: call } as Node),
  };
}

function conjuncts(node: Node): Node[] {
  return 'BoolExpr' in node && node.BoolExpr.boolop === 'AND_EXPR'
    ? (node.BoolExpr.args ?? []).flatMap(conjuncts)
    : [node];
}

/** The conditions of a canonical predicate that all must hold. */
export function conditionsOf(canonical: string): readonly string[] {
  const node = parse(canonical);
  return node ? conjuncts(node).map(writeExpression) : [];
}

/** Undefined where a condition is of another kind. */
function readOneOf(condition: string): OneOf | undefined {
  const node = parse(condition);
  if (!node || !('A_Expr' in node)) return undefined;
  const { kind, lexpr, rexpr, name } = node.A_Expr;
  if (!lexpr || !('ColumnRef' in lexpr) || !rexpr || nameParts(name).join('') !== '=') return undefined;
  const items = 'List' in rexpr ? (rexpr.List.items ?? []) : [rexpr];
  if ((kind !== 'AEXPR_IN' && kind !== 'AEXPR_OP') || !items.every((item) => 'A_Const' in item)) return undefined;
  return { column: writeExpression(lexpr), values: items.map(writeExpression) };
}

/** As SQL again. */
export function oneOfSql({ column, values }: OneOf): string {
  return values.length === 1 ? `${column} = ${values[0]}` : `${column} in (${values.join(', ')})`;
}

/** Formulas and conditions taken apart, each once: many metrics share theirs. */
export interface SqlParts {
  formula(canonical: string): FormulaParts;
  conditions(canonical: string): readonly string[];
  oneOf(condition: string): OneOf | undefined;
  /** In plain words. */
  say(canonical: string): InEachLanguage<string>;
}

export function createSqlParts(): SqlParts {
  const formulas = new Map<string, FormulaParts>();
  const predicates = new Map<string, readonly string[]>();
  const values = new Map<string, { readonly oneOf: OneOf | undefined }>();
  const words = new Map<string, InEachLanguage<string>>();
  return {
    formula: (canonical) => remember(formulas, canonical, () => formulaParts(canonical)),
    conditions: (canonical) => remember(predicates, canonical, () => conditionsOf(canonical)),
    oneOf: (condition) => remember(values, condition, () => ({ oneOf: readOneOf(condition) })).oneOf,
    say: (canonical) =>
      remember(words, canonical, () => inEachLanguage((language) => propertyWords(canonical, language).text)),
  };
}

function remember<T>(known: Map<string, T>, key: string, make: () => T): T {
  const found = known.get(key) ?? make();
  known.set(key, found);
  return found;
}
