import { grains } from '../definition/metric.ts';
import { type Diagnostic, diagnostic, type Span } from '../diagnostic/diagnostic.ts';
import { suggestNames } from '../diagnostic/nearest-name.ts';
import type { Node } from '../expression/ast.ts';
import { parseExpression } from '../expression/parse-expression.ts';
import type { SqlText } from '../source/source-file.ts';
import type { CatalogMetric } from './catalog.ts';
import type { QueryRequest } from './query-types.ts';

/** What a question's `where` is called in a code frame. */
export const whereFile = '--where';

function whereText(text: string): SqlText {
  const start = { offset: 0, line: 1, column: 1 };
  return { text, span: { file: whereFile, start, end: { offset: text.length, line: 1, column: text.length + 1 } } };
}

/** `where` of a question: a predicate over dimensions. */
export function readPredicate(
  request: Omit<QueryRequest, 'asOf'>,
  metrics: readonly CatalogMetric[],
  diagnostics: Diagnostic[],
): Node | undefined {
  if (request.where === undefined) return undefined;
  const outcome = parseExpression(whereText(request.where));
  diagnostics.push(...outcome.diagnostics);
  if (!outcome.expression) return undefined;
  if (outcome.expression.aggregate)
    diagnostics.push(
      diagnostic('E1410', 'an aggregate in `where`, which looks at rows before they are aggregated', {
        span: whereText(request.where).span,
        hints: ["a condition over dimensions, such as `country = 'DE'`"],
      }),
    );
  for (const { path, span } of outcome.expression.columns) checkDimension(path.join('.'), metrics, diagnostics, span);
  return outcome.expression.ast as Node;
}

/** Told where one of the metrics cannot be cut by it. */
export function checkDimension(
  name: string,
  metrics: readonly CatalogMetric[],
  diagnostics: Diagnostic[],
  span?: Span,
): void {
  for (const metric of metrics) {
    if (metric.dimensions.some((d) => d.name === name)) continue;
    const names = [...metric.dimensions.map((d) => d.name), ...grains];
    diagnostics.push(
      diagnostic('E1601', `metric \`${metric.name}\` cannot be cut by \`${name}\``, {
        span,
        hints: [...suggestNames(name, names), `dimensions are allowed by \`by:\` in the metric's file`],
      }),
    );
  }
}
