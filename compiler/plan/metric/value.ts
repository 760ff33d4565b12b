import { isTimezone } from '../../definition/timezone.ts';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import type { Node } from '../../expression/ast.ts';
import { parseFragment } from '../../expression/parse-fragment.ts';
import { writeExpression } from '../../expression/write-sql.ts';
import type { Catalog, CatalogMetric } from '../catalog.ts';
import type { Question } from '../plan-query.ts';
import { columnNode } from './aggregate-sql.ts';
import { createFacts, type Fact, parseCanonical } from './facts.ts';
import { combineFormula, readFormula } from './formula.ts';
import { type Frame, ownPeriod, parseSpan, reachOf } from './frame.ts';
import { stateSql } from './state.ts';

/** A question's metrics taken apart: the facts to aggregate, and each metric's value over the row in which they are joined. */
export interface Values {
  readonly facts: readonly Fact[];
  readonly values: readonly Node[];
  /** Whether a metric fills the periods that have no rows. */
  readonly isDense: boolean;
}

/**
 * A metric whose formula has aggregates only is combined inside its fact: so it is null in a row that another metric brought in, whatever its formula does with null. One
 * that names other metrics is combined on the joined row. What a metric says of its frame (`window`, `to_date`, `compare`) goes down to the facts of all its inputs.
 */
export function takeApart(
  catalog: Catalog,
  question: Question,
  metrics: readonly CatalogMetric[],
  diagnostics: Diagnostic[],
): Values {
  const collection = createFacts(catalog, diagnostics);
  let isDense = false;
  const zonesOf = (metric: CatalogMetric): (string | 'by row' | undefined)[] => {
    if (metric.model === undefined) return metric.inputs.flatMap((name) => zonesOf(catalog.metrics.get(name)!));
    const zone = metric.ownTimezone ?? catalog.calendar.timezone;
    return [metric.time === undefined ? undefined : isTimezone(zone) ? zone : 'by row'];
  };
  const stateOf = (metric: CatalogMetric) => stateSql(question, catalog.calendar, zonesOf(metric));

  const value = (metric: CatalogMetric, frame: Frame): Node => {
    const filled = metric.compare ? compared(metric, metric.compare, frame) : plain(metric, frame);
    if (metric.fill === undefined || metric.fill === 'none' || !question.grain) return filled;
    isDense = true;
    if (metric.fill === 'null') return filled;
    return parseFragment(
      `case when ${stateOf(metric)} = 'unobservable' then null else coalesce(${writeExpression(filled)}, 0) end`,
    );
  };

  const plain = (metric: CatalogMetric, frame: Frame): Node => {
    const reach = reachOf(metric);
    const own: Frame = reach ? { ...frame, reach } : frame;
    const parsed = parseCanonical(metric.expression!, diagnostics);
    if (!parsed) return columnNode(metric.name);
    const formula = readFormula(parsed);
    if (formula.aggregates.length > 0 && formula.metrics.length === 0)
      return columnNode(collection.column(metric, own, undefined, { type: metric.type, value: { formula } }));
    return combineFormula(
      formula,
      (i) =>
        columnNode(
          collection.column(metric, own, i + 1, { type: 'double', value: { aggregate: formula.aggregates[i]! } }),
        ),
      (name) => value(catalog.metrics.get(name)!, own),
    );
  };

  /** An open period is set against nothing, or with `include_partial` against the same part of the earlier one. */
  const compared = (metric: CatalogMetric, compare: NonNullable<CatalogMetric['compare']>, frame: Frame): Node => {
    const earlier: Frame = {
      ...frame,
      shifts: [...frame.shifts, parseSpan(compare.to)],
      alike: frame.alike || compare.includePartial,
    };
    const then = writeExpression(plain(metric, earlier));
    const now = () => writeExpression(plain(metric, frame));
    const formula = {
      value: () => then,
      difference: () => `(${now()}) - (${then})`,
      ratio: () => `(${now()}) / (${then})`,
      percent: () => `((${now()}) - (${then})) / (${then})`,
    }[compare.as]();
    if (compare.includePartial) return parseFragment(formula);
    return parseFragment(`case when ${stateOf(metric)} = 'final' then ${formula} end`);
  };

  const values = metrics.map((metric) => value(metric, ownPeriod));
  return { facts: collection.facts, values, isDense };
}
