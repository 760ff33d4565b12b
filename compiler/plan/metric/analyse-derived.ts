import type { PlainMetric } from '../../definition/metric.ts';
import { type Diagnostic, diagnostic } from '../../diagnostic/diagnostic.ts';
import { suggestNames } from '../../diagnostic/nearest-name.ts';
import type { ParsedExpression } from '../../expression/contract.ts';
import { expressionInWords } from '../../expression/expression-to-words.ts';
import { additivityOf } from './algebra.ts';
import type { AnalysedMetric, MetricContext } from './analysed-metric.ts';
import { computedOrNot } from './computed-or-not.ts';
import type { Formula } from './formula.ts';
import { inferType } from './infer-type.ts';

/** A metric computed from other metrics: it can be cut by what all of them can be cut by. */
export function analyseDerived(
  definition: PlainMetric,
  formula: Formula,
  parsed: ParsedExpression,
  context: MetricContext,
  diagnostics: Diagnostic[],
): AnalysedMetric | undefined {
  for (const [key, knob] of [
    ['from', definition.from],
    ['time', definition.time],
    ['where', definition.where],
    ['timezone', definition.timezone],
    ['exclude', definition.exclude],
  ] as const) {
    if (knob?.from === 'definition' && !(key === 'exclude' && definition.exclude.value.length === 0)) {
      diagnostics.push(
        diagnostic(
          'E1306',
          `\`${key}\` does not apply to \`${definition.name}\`, which is computed from other metrics`,
          {
            span: knob.span ?? definition.span,
            hints: [`say it in ${formula.metrics.map((m) => `\`${m}\``).join(' or ')}`],
          },
        ),
      );
    }
  }
  const inputs = formula.metrics.flatMap((name) => context.analysed.get(name) ?? []);
  const common =
    inputs.length === 0
      ? []
      : inputs[0]!.dimensions.filter((d) => inputs.every((input) => input.dimensions.some((x) => x.name === d.name)));
  const own = definition.by?.from === 'definition' ? definition.by.value : undefined;
  for (const name of own ?? []) {
    if (inputs.length < formula.metrics.length || common.some((d) => d.name === name.value)) continue;
    const lacking = inputs.find((input) => !input.dimensions.some((d) => d.name === name.value))!;
    diagnostics.push(
      diagnostic(
        'E1601',
        `\`${definition.name}\` cannot be cut by \`${name.value}\`: its input \`${lacking.name}\` cannot`,
        {
          span: name.span,
          hints: [
            ...(common.length > 0
              ? suggestNames(
                  name.value,
                  common.map((d) => d.name),
                )
              : []),
            `allow it in \`by:\` of \`${lacking.name}\``,
          ],
        },
      ),
    );
  }
  const type = inferType(formula, parsed, () => undefined, context, diagnostics, {
    name: definition.name,
    span: definition.is.span,
  });
  return {
    name: definition.name,
    form: 'derived',
    ...computedOrNot(formula.metrics, context),
    expression: parsed.canonical,
    exclude: [],
    timezone: context.calendar.timezone,
    dimensions: own ? common.filter((d) => own.some((name) => name.value === d.name)) : common,
    inputs: formula.metrics,
    reads: [...new Set(inputs.flatMap((input) => input.reads))].sort(),
    type,
    additivity: additivityOf(formula, (name) => context.analysed.get(name)?.additivity),
    formulaWords: expressionInWords(parsed),
  };
}
