import { expressionToWords } from '../../expression/expression-to-words.ts';
import { parseExpression } from '../../expression/parse-expression.ts';
import type { Wording } from '../../expression/wording.ts';

/** A condition over properties in plain words, and those of them without which it cannot be told. */
export function propertyWords(
  canonical: string,
  wording?: Wording,
): { readonly text: string; readonly columns: readonly string[] } {
  const place = { offset: 0, line: 1, column: 1 };
  const { expression } = parseExpression({ text: canonical, span: { file: 'rule', start: place, end: place } });
  if (!expression) return { text: canonical, columns: [] };
  const tellsMissing = 'NullTest' in (expression.ast as object);
  const columns = tellsMissing ? [] : [...new Set(expression.columns.map(({ path }) => path.join('.')))];
  return { text: expressionToWords(expression, wording), columns };
}
