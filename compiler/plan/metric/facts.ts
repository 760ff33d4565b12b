import { type Diagnostic, hasErrors } from '../../diagnostic/diagnostic.ts';
import type { Node } from '../../expression/ast.ts';
import { parseExpression } from '../../expression/parse-expression.ts';
import type { Catalog, CatalogMetric } from '../catalog.ts';
import { type Formula, type FormulaAggregate, readFormula } from './formula.ts';

/** Rows of one model, cut by one time column with one filter: what is aggregated in one scan. */
export interface Fact {
  readonly model: string;
  readonly time?: string;
  readonly timezone: string;
  readonly where?: Node;
  readonly exclude: readonly string[];
  readonly columns: readonly FactColumn[];
}

export interface FactColumn {
  readonly name: string;
  readonly type: string;
  /** A whole metric, combined from its aggregates within the fact, or one aggregate of a formula that also names other metrics. */
  readonly value: { readonly formula: Formula } | { readonly aggregate: FormulaAggregate };
}

/** A metric's formula, and where its parts are found in the joined row. `column` is set where the fact has the whole of it. */
export interface MetricFormula {
  readonly formula: Formula;
  readonly column?: string;
  readonly aggregateColumns: readonly string[];
}

/**
 * The facts that a question needs, and the formula of every metric in it. A metric whose formula has aggregates only is combined inside its fact: so it is null in a
 * row that another metric brought in, whatever its formula does with null. One that names other metrics is combined on the joined row.
 */
export function collectFacts(
  catalog: Catalog,
  metrics: readonly CatalogMetric[],
  diagnostics: Diagnostic[],
): { readonly facts: readonly Fact[]; readonly formulas: ReadonlyMap<string, MetricFormula> } {
  const facts = new Map<string, Fact & { columns: FactColumn[] }>();
  const formulas = new Map<string, MetricFormula>();
  const collect = (metric: CatalogMetric): void => {
    if (formulas.has(metric.name) || metric.expression === undefined) return;
    const parsed = parseCanonical(metric.expression, diagnostics);
    if (!parsed) return;
    const formula = readFormula(parsed);
    const whole = formula.aggregates.length > 0 && formula.metrics.length === 0;
    const aggregateColumns = whole ? [] : formula.aggregates.map((_, i) => `${metric.name}__${i + 1}`);
    formulas.set(metric.name, { formula, aggregateColumns, ...(whole ? { column: metric.name } : {}) });
    if (formula.aggregates.length > 0) {
      const fact = findFact(facts, metric, catalog.calendar.timezone, diagnostics);
      if (whole) fact.columns.push({ name: metric.name, type: metric.type, value: { formula } });
      else
        formula.aggregates.forEach((aggregate, i) => {
          fact.columns.push({ name: aggregateColumns[i]!, type: 'double', value: { aggregate } });
        });
    }
    for (const name of formula.metrics) {
      const input = catalog.metrics.get(name);
      if (input) collect(input);
    }
  };
  for (const metric of metrics) collect(metric);
  return { facts: [...facts.values()], formulas };
}

function findFact(
  facts: Map<string, Fact & { columns: FactColumn[] }>,
  metric: CatalogMetric,
  calendarZone: string,
  diagnostics: Diagnostic[],
): Fact & { columns: FactColumn[] } {
  const timezone = metric.ownTimezone ?? calendarZone;
  const key = JSON.stringify([metric.model, metric.time, timezone, metric.where, metric.exclude]);
  let fact = facts.get(key);
  if (!fact) {
    const where = metric.where === undefined ? undefined : parseCanonical(metric.where, diagnostics);
    fact = {
      model: metric.model!,
      timezone,
      exclude: metric.exclude,
      columns: [],
      ...(metric.time === undefined ? {} : { time: metric.time }),
      ...(where ? { where: where.ast as Node } : {}),
    };
    facts.set(key, fact);
  }
  return fact;
}

/** Canonical text parses, unless the manifest it comes from was tampered with. */
function parseCanonical(sql: string, diagnostics: Diagnostic[]) {
  const place = { offset: 0, line: 1, column: 1 };
  const outcome = parseExpression({ text: sql, span: { file: 'manifest', start: place, end: place } });
  if (hasErrors(outcome.diagnostics)) diagnostics.push(...outcome.diagnostics);
  return outcome.expression;
}
