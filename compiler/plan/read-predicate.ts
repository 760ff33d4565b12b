import { grains } from '../definition/metric.ts';
import { type Diagnostic, diagnostic } from '../diagnostic/diagnostic.ts';
import { suggestNames } from '../diagnostic/nearest-name.ts';
import type { Node } from '../expression/ast.ts';
import { parseExpression } from '../expression/parse-expression.ts';
import type { CatalogMetric } from './catalog.ts';
import type { QueryRequest } from './query-types.ts';

const nowhere = { file: '--where', start: { offset: 0, line: 1, column: 1 }, end: { offset: 0, line: 1, column: 1 } };

/** `where` of a question: a predicate over dimensions. */
export function readPredicate(
  request: Omit<QueryRequest, 'asOf'>,
  metrics: readonly CatalogMetric[],
  diagnostics: Diagnostic[],
): Node | undefined {
  if (request.where === undefined) return undefined;
  const outcome = parseExpression({ text: request.where, span: nowhere });
  diagnostics.push(...outcome.diagnostics.map(({ span: _, ...d }) => d));
  if (!outcome.expression) return undefined;
  if (outcome.expression.aggregate)
    diagnostics.push(diagnostic('E1410', 'an aggregate in `where`, which looks at rows before they are aggregated'));
  for (const column of outcome.expression.columns) checkDimension(column.path.join('.'), metrics, diagnostics);
  return outcome.expression.ast as Node;
}

/** Told where one of the metrics cannot be cut by it. */
export function checkDimension(name: string, metrics: readonly CatalogMetric[], diagnostics: Diagnostic[]): void {
  for (const metric of metrics) {
    if (metric.dimensions.some((d) => d.name === name)) continue;
    const names = [...metric.dimensions.map((d) => d.name), ...grains];
    diagnostics.push(
      diagnostic('E1601', `metric \`${metric.name}\` cannot be cut by \`${name}\``, {
        hints: [...suggestNames(name, names), `dimensions are allowed by \`by:\` in the metric's file`],
      }),
    );
  }
}
