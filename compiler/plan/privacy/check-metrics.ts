import type { MetricDefinition, PlainMetric } from '../../definition/metric.ts';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import { valueAggregates } from '../../expression/function-table.ts';
import { inferExpression } from '../../expression/infer-expression.ts';
import type { Catalog } from '../catalog.ts';
import { resolveColumn } from '../joins.ts';
import type { AnalysedMetric } from '../metric/analysed-metric.ts';
import type { SqlReader } from '../sql-reader.ts';
import { dimensionMends, isToldOf, untreated } from './check-personal.ts';
import { findPersonalColumn, type PersonalColumns } from './personal-columns.ts';

interface MetricContext {
  readonly catalog: Catalog;
  readonly metrics: ReadonlyMap<string, AnalysedMetric>;
  readonly personal: PersonalColumns;
  readonly sql: SqlReader;
}

/** What a metric shows is read by everyone: its dimensions, and its value where that is the value of a row. */
export function checkMetricsPersonal(definitions: readonly MetricDefinition[], context: MetricContext): Diagnostic[] {
  if (context.personal.size === 0) return [];
  const told = new Set<string>();
  return definitions.flatMap((definition) => {
    const metric = context.metrics.get(definition.name);
    if (definition.form !== 'plain' || !metric) return [];
    return [...checkDimensions(definition, metric, context, told), ...checkValue(definition, metric, context)];
  });
}

/** A list of the file's is read by each of its metrics and told of once. */
function checkDimensions(
  definition: PlainMetric,
  metric: AnalysedMetric,
  { personal }: MetricContext,
  told: Set<string>,
): Diagnostic[] {
  return metric.dimensions.flatMap((dimension) => {
    const column = findPersonalColumn(personal, dimension.model, dimension.column);
    const written = definition.by?.value.find(({ value }) => value === dimension.name);
    if (!column || column.tags.size === 0 || isToldOf(column) || !written) return [];
    const place = `${written.span.file}:${written.span.start.offset}`;
    if (told.has(place)) return [];
    told.add(place);
    const what = `the dimension \`${dimension.name}\` is`;
    return [untreated(what, column, [...column.tags.keys()].sort(), written.span, dimensionMends)];
  });
}

const handsOn = new RegExp(`\\b(${[...valueAggregates].join('|')})\\s*\\(`, 'i');

/** `max(email)` is somebody's address. */
function checkValue(definition: PlainMetric, metric: AnalysedMetric, context: MetricContext): Diagnostic[] {
  const base = metric.model === undefined ? undefined : context.catalog.models.get(metric.model);
  if (!base || !handsOn.test(metric.expression ?? '')) return [];
  const { parsed } = context.sql.parse(definition.is);
  if (!parsed) return [];
  const { sources } = inferExpression(parsed, (path) => {
    const { column } = resolveColumn(context.catalog, base, path);
    return column && { sources: [{ model: column.model, column: column.column, how: 'same' }] };
  });
  return sources.flatMap(({ model, column, keepsValues }) => {
    const found = keepsValues ? findPersonalColumn(context.personal, model, column) : undefined;
    if (!found || found.tags.size === 0 || isToldOf(found)) return [];
    const mends = [`count it: \`count(distinct ${column})\``];
    const what = `the value of metric \`${metric.name}\` is`;
    return [untreated(what, found, [...found.tags.keys()].sort(), definition.is.span, mends)];
  });
}
