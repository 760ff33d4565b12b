import { grains } from '../definition/metric.ts';
import { parseType } from '../definition/type-name.ts';
import { type Diagnostic, diagnostic, hasErrors, type Span } from '../diagnostic/diagnostic.ts';
import { suggestNames } from '../diagnostic/nearest-name.ts';
import type { Node } from '../expression/ast.ts';
import type { ParsedExpression } from '../expression/contract.ts';
import { inferExpression } from '../expression/infer-expression.ts';
import { parseExpression } from '../expression/parse-expression.ts';
import type { SqlText } from '../source/source-file.ts';
import type { CatalogMetric } from './catalog.ts';
import { refuseSubqueries } from './metric/check-aggregates.ts';
import type { QueryRequest } from './query-types.ts';

/** What a question's `where` is called in a code frame. */
export const whereFile = '--where';

function whereText(text: string): SqlText {
  const start = { offset: 0, line: 1, column: 1 };
  return { text, span: { file: whereFile, start, end: { offset: text.length, line: 1, column: text.length + 1 } } };
}

/** `where` of a question: a predicate over dimensions. */
export function readPredicate(
  request: Pick<QueryRequest, 'where'>,
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
  refuseSubqueries(outcome.expression, diagnostics);
  for (const { path, span } of outcome.expression.columns) checkDimension(path.join('.'), metrics, diagnostics, span);
  if (!hasErrors(diagnostics)) checkTypes(outcome.expression, request.where, metrics, diagnostics);
  return outcome.expression.ast as Node;
}

/** Dimensions of one name may have a type in each metric: the first that the condition does not fit is told of. */
function checkTypes(
  expression: ParsedExpression,
  where: string,
  metrics: readonly CatalogMetric[],
  diagnostics: Diagnostic[],
): void {
  for (const metric of metrics) {
    const typeOf = (name: string) => metric.dimensions.find((d) => d.name === name)?.type;
    const inferred = inferExpression(expression, (path) => {
      const type = parseType(typeOf(path.join('.')) ?? '');
      return { ...(type ? { type } : {}), sources: [] };
    });
    const found = [...inferred.diagnostics];
    const type = inferred.type?.name;
    if (type !== undefined && type !== 'boolean')
      found.push(
        diagnostic('E1407', `${type} where true or false is expected`, {
          span: whereText(where).span,
          hints: ["a condition over dimensions, such as `country = 'DE'`"],
        }),
      );
    if (found.length === 0) continue;
    const hints = typeHints(expression, where, typeOf);
    diagnostics.push(...found.map((one) => ({ ...one, hints: [...one.hints, ...hints] })));
    return;
  }
}

/** What the dimensions in a condition are: a text is likely to be set against a number. */
function typeHints(
  expression: ParsedExpression,
  where: string,
  typeOf: (name: string) => string | undefined,
): string[] {
  const names = [...new Set(expression.columns.map(({ path }) => path.join('.')))];
  const typed = names.filter((name) => typeOf(name) !== undefined);
  if (typed.length === 0) return [];
  const text = typed.some((name) => typeOf(name) === 'text') ? ["; a text stands in quotes: `'5'`"] : [];
  const told = typed.map((name) => `\`${name}\` is ${typeOf(name)}`).join(', ');
  return [`in \`${where}\` ${told}${text.join('')}`];
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
