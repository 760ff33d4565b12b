import { parseType } from '../../definition/type-name.ts';
import { type Diagnostic, diagnostic, type Span } from '../../diagnostic/diagnostic.ts';
import type { ParsedExpression } from '../../expression/contract.ts';
import { typeOf, type ValueType } from './algebra.ts';
import type { MetricContext } from './analysed-metric.ts';
import type { Formula } from './formula.ts';

/** The type of a formula's value over columns of known types and metrics analysed before it. */
export function inferType(
  formula: Formula,
  parsed: ParsedExpression,
  columnType: (path: readonly string[]) => string | undefined,
  context: MetricContext,
  diagnostics: Diagnostic[],
  { name, span }: { readonly name: string; readonly span: Span },
): ValueType {
  const inferred = typeOf(formula, parsed, (path) => {
    const type = columnType(path);
    if (type !== undefined) return parseType(type);
    const metric = path.length === 1 ? context.analysed.get(path[0]!) : undefined;
    return metric && { name: metric.type };
  });
  diagnostics.push(...inferred.diagnostics);
  if (inferred.isLength)
    diagnostics.push(
      diagnostic(
        'E1407',
        `\`${name}\` would be a length of time, and a value is a number, a day, an instant or a text`,
        {
          span,
          hints: ['a number of hours: `extract(epoch from …) / 3600`'],
        },
      ),
    );
  return inferred.type;
}
