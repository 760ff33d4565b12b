import type { PlainMetric } from '../../definition/metric.ts';
import type { Diagnostic, Span } from '../../diagnostic/diagnostic.ts';
import { analyseDerived } from './analyse-derived.ts';
import { analyseSimple } from './analyse-simple.ts';
import type { AnalysedMetric, MetricContext } from './analysed-metric.ts';
import { checkFormula } from './check-formula.ts';
import { readFormula } from './formula.ts';

type Outcome = { readonly metric?: AnalysedMetric; readonly diagnostics: readonly Diagnostic[] };

/** Finds the model, columns, relations and metrics that a plain metric's formula names, and infers its type and additivity. */
export function analyseMetric(definition: PlainMetric, context: MetricContext): Outcome {
  const diagnostics: Diagnostic[] = [];
  const { parsed, diagnostics: parseDiagnostics } = context.sql.parse(definition.is);
  diagnostics.push(...parseDiagnostics);
  if (!parsed) return { diagnostics };
  const formula = readFormula(parsed);
  if (!checkFormula(definition, formula, parsed, context, diagnostics)) return { diagnostics };
  const metric =
    formula.aggregates.length > 0
      ? analyseSimple(definition, formula, parsed, context, diagnostics)
      : analyseDerived(definition, formula, parsed, context, diagnostics);
  return { ...(metric ? { metric } : {}), diagnostics };
}

/** Why this version does not compute a plain metric, or undefined. */
export function findUncomputedKnob(definition: PlainMetric): { readonly why: string; readonly span: Span } | undefined {
  const knob = (name: string, span: Span | undefined) => ({ why: `\`${name}\``, span: span ?? definition.is.span });
  if (definition.window) return knob('window', definition.window.span);
  if (definition.toDate) return knob('to_date', definition.toDate.span);
  if (definition.compare) return knob('compare', definition.compare.span);
  if (definition.fill && definition.fill.value !== 'none') return knob('fill', definition.fill.span);
  if (definition.per) return knob('per', definition.per.span);
  if (/\b(first|last)\s*\(/.test(definition.is.text)) return knob('first and last', definition.is.span);
  return undefined;
}
