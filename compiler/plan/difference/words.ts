import type { WordsLanguage } from '../../expression/words-language.ts';
import { parseSpan, type Span } from '../metric/frame.ts';
import type { Difference } from './difference.ts';
import { oneOfSql, type SqlParts } from './sql-parts.ts';
import { english } from './words-en.ts';
import { russian } from './words-ru.ts';

/** What a language says of one definition beside another, in clauses without a subject. Formulas and conditions are said already. */
export interface DifferenceWords {
  model(is: string, not: string): string;
  formula(is: string, not: string): string;
  term(does: boolean, sign: '+' | '-', what: string): string;
  condition(does: boolean, condition: string): string;
  values(does: boolean, condition: string): string;
  time(is: string | undefined, not: string | undefined): string;
  timezone(is: string, not: string): string;
  exclusion(does: boolean, name: string): string;
  readonly ownPeriod: string;
  readonly unbounded: string;
  window(length: Span): string;
  toDate(of: Span['unit']): string;
  readonly itself: string;
  compare(as: 'percent' | 'difference' | 'ratio' | 'value', to: Span): string;
  readonly fill: Readonly<Record<'0' | 'null' | 'none', string>>;
  per(columns: readonly string[]): string;
  /** Of segments: lines of a rule that one has and the other has not. */
  asks(does: boolean, line: string): string;
  readonly alike: string;
}

export const differenceWords: Readonly<Record<WordsLanguage, DifferenceWords>> = { en: english, ru: russian };

/**
 * The differences as one sentence about the one definition.
 *
 * @example
 * differenceSentence([{ kind: 'time', is: 'paid_at', not: 'created_at' }], 'en', parts) // 'Goes by `paid_at`, not by `created_at`.'
 */
export function differenceSentence(
  differences: readonly Difference[],
  language: WordsLanguage,
  parts: SqlParts,
): string {
  const words = differenceWords[language];
  const clauses = differences.map((difference) => clauseOf(difference, words, (sql) => parts.say(sql)[language]));
  return sentenceOf(clauses.length === 0 ? [words.alike] : clauses);
}

/** Clauses without a subject as a sentence. */
export function sentenceOf(clauses: readonly string[]): string {
  const text = clauses.join('; ');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function clauseOf(difference: Difference, words: DifferenceWords, say: (sql: string) => string): string {
  switch (difference.kind) {
    case 'model':
      return words.model(difference.is, difference.not);
    case 'formula':
      return words.formula(say(difference.is), say(difference.not));
    case 'term':
      return words.term(difference.does, difference.sign, say(difference.sql));
    case 'condition':
      return words.condition(difference.does, say(difference.sql));
    case 'values':
      return words.values(difference.does, say(oneOfSql(difference.oneOf)));
    case 'time':
      return words.time(difference.is, difference.not);
    case 'timezone':
      return words.timezone(difference.is, difference.not);
    case 'exclusion':
      return words.exclusion(difference.does, difference.name);
    case 'reach':
      return reachClause(difference, words);
    case 'compare':
      return difference.compare ? words.compare(difference.compare.as, parseSpan(difference.compare.to)) : words.itself;
    case 'fill':
      return words.fill[difference.fill];
    case 'per':
      return words.per(difference.per);
  }
}

function reachClause({ window, toDate }: Extract<Difference, { kind: 'reach' }>, words: DifferenceWords): string {
  if (toDate !== undefined) return words.toDate(toDate);
  if (window === undefined) return words.ownPeriod;
  return window === 'unbounded' ? words.unbounded : words.window(parseSpan(window));
}
