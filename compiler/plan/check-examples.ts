import type { ExampleDefinition, ExampleValue } from '../definition/example.ts';
import type { MetricDefinition } from '../definition/metric.ts';
import type { SegmentDefinition } from '../definition/segment.ts';
import { type Diagnostic, diagnostic, hasErrors, type Span } from '../diagnostic/diagnostic.ts';
import { suggestNames } from '../diagnostic/nearest-name.ts';
import type { Catalog } from './catalog.ts';
import { type ExampleModel, planExample, planSegmentExample } from './plan-example.ts';
import { attritionColumns } from './segment/attrition.ts';
import { readsAs, sampleValue } from './type-values.ts';

/**
 * What can be known to be wrong with a metric's examples before they are run: a table, column or dimension that is not there, a value that its column cannot hold, a
 * column expected that the metric does not give.
 */
export function checkExamples(
  metric: MetricDefinition,
  catalog: Catalog,
  models: ReadonlyMap<string, ExampleModel>,
): Diagnostic[] {
  return metric.examples.flatMap((example) => {
    const { plan, diagnostics } = planExample(catalog, models, metric.name, example);
    if (!plan || hasErrors(diagnostics)) return diagnostics;
    const columns = plan.columns.map((column) => column.name);
    return [...diagnostics, ...checkGivenValues(example, models), ...checkExpected(metric, example, columns)];
  });
}

/** The same of a segment's examples. */
export function checkSegmentExamples(
  segment: SegmentDefinition,
  catalog: Catalog,
  models: ReadonlyMap<string, ExampleModel>,
): Diagnostic[] {
  return segment.examples.flatMap((example) => {
    const { plan, diagnostics } = planSegmentExample(catalog, models, segment.name, example);
    if (!plan || hasErrors(diagnostics)) return diagnostics;
    const isAttrition = example.expect.form === 'attrition';
    if (segment.rule.form === 'split' && example.expect.form !== 'rows')
      return [
        diagnostic('E1606', `\`${segment.name}\` is a split: \`${example.expect.form}\` cannot be expected of it`, {
          span: example.span,
          hints: [`expect rows with the key and \`part\``],
        }),
      ];
    const columns = isAttrition ? attritionColumns : plan.columns.map((column) => column.name);
    return [...diagnostics, ...checkGivenValues(example, models), ...checkColumns(segment.name, example, columns)];
  });
}

function checkGivenValues(example: ExampleDefinition, models: ReadonlyMap<string, ExampleModel>): Diagnostic[] {
  return example.given.flatMap((table) => {
    const types = new Map(models.get(table.model)!.columns.map((column) => [column.name, column.type]));
    return table.rows.flatMap(({ cells, span }) =>
      Object.entries(cells).flatMap(([name, value]) => {
        const type = types.get(name);
        return type === undefined || fitsType(value, type) ? [] : [unfitting(name, value, type, span)];
      }),
    );
  });
}

function unfitting(name: string, value: ExampleValue, type: string, span: Span): Diagnostic {
  const shown = value !== null && typeof value === 'object' ? value.number : String(value);
  return diagnostic('E1606', `\`${name}\` is ${type}, which \`${shown}\` is not`, {
    span,
    hints: [`for example \`${name}: ${sampleValue(type)}\``],
  });
}

/** Whether a database reads the value as the type. */
function fitsType(value: ExampleValue, type: string): boolean {
  if (value === null) return true;
  return readsAs(typeof value === 'object' ? value.number : String(value), type);
}

function checkExpected(metric: MetricDefinition, example: ExampleDefinition, columns: readonly string[]): Diagnostic[] {
  if (example.expect.form !== 'rows') {
    const hints = [`for example \`expect: [{${columns.map((name) => `${name}: …`).join(', ')}}]\``];
    return [diagnostic('E1606', 'only rows can be expected of a metric', { span: example.span, hints })];
  }
  return checkColumns(metric.name, example, columns);
}

function checkColumns(name: string, { expect }: ExampleDefinition, columns: readonly string[]): Diagnostic[] {
  if (expect.form === 'members') return [];
  return expect.rows.flatMap(({ cells, span }) =>
    Object.keys(cells)
      .filter((column) => !columns.includes(column))
      .map((column) =>
        diagnostic('E1606', `the result of \`${name}\` has no column \`${column}\``, {
          span,
          hints: suggestNames(column, columns),
        }),
      ),
  );
}
