import type { PlainMetric } from '../../definition/metric.ts';
import { type Diagnostic, diagnostic } from '../../diagnostic/diagnostic.ts';
import { suggestNames } from '../../diagnostic/nearest-name.ts';
import type { ParsedExpression } from '../../expression/contract.ts';
import type { MetricContext } from './analysed-metric.ts';
import { checkAggregates } from './check-aggregates.ts';
import type { Formula } from './formula.ts';

/** Whether a formula is one of metrics: aggregates over rows, or other metrics by name, and nothing stray beside them. */
export function checkFormula(
  definition: PlainMetric,
  formula: Formula,
  parsed: ParsedExpression,
  context: MetricContext,
  diagnostics: Diagnostic[],
): boolean {
  const before = diagnostics.length;
  const spanOf = (path: readonly string[]) =>
    parsed.columns.find((c) => c.path.join('.') === path.join('.'))?.span ?? definition.is.span;
  checkAggregates(definition, formula, parsed, diagnostics);
  for (const name of formula.unknownAggregates) {
    diagnostics.push(
      diagnostic('E1409', `\`${name}\` is not an aggregate of metrics`, {
        span: definition.is.span,
        hints: [
          'available: `count`, `sum`, `avg`, `min`, `max`, `median`, `stddev`, `percentile`, `percentile_disc`, `first`, `last`',
        ],
      }),
    );
  }
  for (const path of formula.strayColumns) {
    diagnostics.push(
      diagnostic('E1605', `column \`${path.join('.')}\` outside an aggregate`, {
        span: spanOf(path),
        hints: [`a metric is one value per group: \`sum(${path.join('.')})\`, \`max(${path.join('.')})\` …`],
      }),
    );
  }
  const model = definition.from && context.models.get(definition.from.value);
  for (const name of formula.metrics) {
    if (name === definition.name) {
      diagnostics.push(
        diagnostic('E1502', `metric \`${name}\` names itself`, {
          span: spanOf([name]),
          hints: ['a metric is made of aggregates over rows, such as `sum(amount)`, or of other metrics'],
        }),
      );
    } else if (!context.names.has(name)) {
      const isColumn = model?.columns.some((c) => c.name === name);
      const hints = isColumn
        ? [`\`${name}\` is a column of \`${model!.name}\`; columns are read inside an aggregate: \`sum(${name})\``]
        : suggestNames(name, context.names);
      diagnostics.push(diagnostic('E1501', `unknown metric \`${name}\``, { span: spanOf([name]), hints }));
    } else if (context.forms.get(name) !== 'plain') {
      diagnostics.push(
        diagnostic(
          'E1605',
          `\`${name}\` is a ${context.forms.get(name)}: it has several columns, and no single value`,
          {
            span: spanOf([name]),
            hints: ['a formula is of metrics with `is`'],
          },
        ),
      );
    }
  }
  if (formula.aggregates.length === 0 && formula.metrics.length === 0 && diagnostics.length === before) {
    diagnostics.push(
      diagnostic('E1605', 'a formula without an aggregate and without a metric', {
        span: definition.is.span,
        hints: ['for example `sum(amount)`, `count(*)`, `revenue / orders`'],
      }),
    );
  }
  return diagnostics.length === before;
}
