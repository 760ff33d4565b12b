import type { PlainMetric } from '../../definition/metric.ts';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import { analyseDerived } from './analyse-derived.ts';
import { withKnobs } from './analyse-knobs.ts';
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
  if (!metric) return { diagnostics };
  return { metric: withKnobs(metric, definition, formula, context, diagnostics), diagnostics };
}
