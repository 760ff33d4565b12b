import type { Grain, MetricDefinition } from '../../definition/metric.ts';
import { type Diagnostic, diagnostic } from '../../diagnostic/diagnostic.ts';
import { writeExpression } from '../../expression/write-sql.ts';
import { type Catalog, type CatalogMetric, grainOrder, shapeOf } from '../catalog.ts';
import { resolveColumn } from '../joins.ts';
import { columnNode } from '../metric/aggregate-sql.ts';
import { columnPaths } from '../metric/formula.ts';
import { openTags, untreated } from '../privacy/check-personal.ts';
import { findPersonalColumn, type PersonalColumns } from '../privacy/personal-columns.ts';
import { type PartsShape, partsShape, whyNotStored } from './parts-shape.ts';
import { finerGrain, type PartsSetting, partsName, partsSql } from './parts-sql.ts';
import { groupsAddUp, oneRowEach, periodsAddUp } from './parts-tests.ts';
import { planStoredCohort } from './plan-stored-cohort.ts';
import { describeSelect, type StoredModel } from './stored-model.ts';

export interface StoredContext {
  readonly catalog: Catalog;
  readonly personal: PersonalColumns;
}

/**
 * The tables that metrics ask for by `grains`: for each grain the metric's parts by period and by all of its dimensions at once, so that any question by these is
 * answered by adding them up. A coarser grain is made from a finer one. Of cohort forms, who was active in which period, and the members.
 */
export function planStored(
  definitions: readonly MetricDefinition[],
  context: StoredContext,
): { readonly models: readonly StoredModel[]; readonly diagnostics: readonly Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  const models = definitions.flatMap((definition) => {
    const metric = context.catalog.metrics.get(definition.name);
    if (definition.grains.length === 0 || !metric?.computed) return [];
    if (definition.form !== 'plain')
      return metric.rule
        ? planStoredCohort(definition, { ...metric, rule: metric.rule }, context.catalog, diagnostics)
        : [];
    const why = whyNot(definition, metric, context, diagnostics);
    return why ? [] : planParts(definition.grains, metric, context);
  });
  return { models, diagnostics };
}

/** A default of the file holds for the metrics that it fits; what a metric says itself must fit. */
function whyNot(
  definition: MetricDefinition,
  metric: CatalogMetric,
  { catalog, personal }: StoredContext,
  diagnostics: Diagnostic[],
): boolean {
  const { grainsSpan: span } = definition;
  const refuse = (message: string, hints: readonly string[]) => {
    if (span) diagnostics.push(diagnostic('E1306', message, { span, hints }));
    return true;
  };
  const why = whyNotStored(metric);
  if (why !== undefined)
    return refuse(`\`grains\` does not apply to \`${metric.name}\`: ${why}`, [
      metric.inputs.length > 0 && metric.model === undefined
        ? `say it in ${metric.inputs.map((name) => `\`${name}\``).join(' and ')}: it is then computed from what is kept of them`
        : 'leave `grains` out: it is computed from the rows',
    ]);
  const base = catalog.models.get(metric.model!)!;
  if (base.notComputed !== undefined) return true;
  const type = base.columns.find(({ name }) => name === metric.time)?.type;
  if (type === 'date' && definition.grains.includes('hour'))
    return refuse(`\`${metric.name}\` cannot be kept by hour: \`${metric.time}\` is a date`, ['the finest is `day`']);
  return keepsPeople(definition, metric, catalog, personal, diagnostics);
}

/** Members are stored as they are: in the marts stand pseudonyms alone. */
function keepsPeople(
  definition: MetricDefinition,
  metric: CatalogMetric,
  catalog: Catalog,
  personal: PersonalColumns,
  diagnostics: Diagnostic[],
): boolean {
  const base = catalog.models.get(metric.model!)!;
  const paths = partsShape(metric, 'day').members.flatMap(({ value }) =>
    columnPaths(value((path) => columnNode(...path))),
  );
  for (const path of paths) {
    const { column } = resolveColumn(catalog, base, path);
    const found = column && findPersonalColumn(personal, column.model, column.column);
    const tags = found ? openTags(found) : [];
    if (!found || tags.length === 0) continue;
    const what = `to keep \`${metric.name}\` as a table would keep \`${path.join('.')}\` in the marts,`;
    const mends = ['count a pseudonym instead, or leave `grains` out'];
    diagnostics.push(untreated(what, found, tags, definition.grainsSpan ?? definition.span, mends));
    return true;
  }
  return false;
}

function planParts(grains: readonly Grain[], metric: CatalogMetric, { catalog }: StoredContext): StoredModel[] {
  const known = new Map(catalog.models);
  const ordered = [...new Set(grains)].sort((a, b) => grainOrder[a] - grainOrder[b]);
  return ordered.map((grain) => {
    const shape = partsShape(metric, grain);
    const setting: PartsSetting = { catalog, metric, shape, grain };
    const finer = finerGrain(grain, ordered);
    const from = finer && { grain: finer, shape: partsShape(metric, finer), from: partsName(metric.name, finer) };
    const name = partsName(metric.name, grain);
    const described = describeSelect(
      partsSql(setting, from),
      (model) => {
        const found = known.get(model);
        return found && shapeOf(found);
      },
      wordsOf(metric, shape, grain),
    );
    const keys = [...shape.dimensions, ...shape.members].map(({ column }) => column);
    const model: StoredModel = {
      name,
      metric: metric.name,
      what: 'parts',
      of: metric.model!,
      description: `What \`${metric.name}\` is added up from, by ${[grain, ...shape.dimensions.map((d) => d.name)].join(', ')}${shape.members.length > 0 ? ' and by what it counts once only' : ''}.`,
      key: [grain, ...keys],
      time: grain,
      // A week is called by its first day, and is the only one that begins there.
      by: grain === 'hour' ? 'hour' : 'day',
      ...described,
      tests: [
        oneRowEach(name, [grain, ...keys]),
        ...(from ? periodsAddUp(setting, from, described.columns) : groupsAddUp(setting, described.columns)),
      ],
    };
    known.set(name, { name, key: model.key, columns: model.columns, relations: [] });
    return model;
  });
}

function wordsOf(metric: CatalogMetric, shape: PartsShape, grain: Grain): Record<string, string> {
  const written = (node: Parameters<typeof writeExpression>[0]) => writeExpression(node);
  const column = (path: readonly string[]) => columnNode(...path);
  return Object.fromEntries([
    [grain, grain === 'hour' ? 'The first instant of the hour.' : `The first day of the ${grain}.`],
    ...shape.members.map((one) => [one.column, `Each \`${written(one.value(column))}\` counts once.`]),
    ...shape.parts.map((one) => [one.column, `\`${written(one.accumulate(column))}\` of \`${metric.name}\`.`]),
  ]);
}
