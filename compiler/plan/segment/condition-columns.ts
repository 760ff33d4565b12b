import { expressionToWords } from '../../expression/expression-to-words.ts';
import { parseExpression } from '../../expression/parse-expression.ts';
import type { WordsLanguage } from '../../expression/words-language.ts';

/** A condition over properties in plain words, and those of them without which it cannot be told. */
export function propertyWords(
  canonical: string,
  language: WordsLanguage = 'en',
): { readonly text: string; readonly columns: readonly string[] } {
  const place = { offset: 0, line: 1, column: 1 };
  const { expression } = parseExpression({ text: canonical, span: { file: 'rule', start: place, end: place } });
  if (!expression) return { text: canonical, columns: [] };
  const tellsMissing = 'NullTest' in (expression.ast as object);
  const columns = tellsMissing ? [] : [...new Set(expression.columns.map(({ path }) => path.join('.')))];
  return { text: expressionToWords(expression, language), columns };
}
