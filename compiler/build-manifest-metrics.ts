import type { Definitions } from './definition/definitions.ts';
import type { CohortMetric, MetricDefinition, PlainMetric } from './definition/metric.ts';
import type { ColumnDefinition } from './definition/model.ts';
import { omitUndefined } from './definition/omit-undefined.ts';
import type { Calendar } from './definition/project.ts';
import { fingerprint } from './graph/fingerprint.ts';
import type { ManifestMetric } from './manifest-types.ts';
import type { AnalysedMetric } from './plan/metric/analysed-metric.ts';
import { describeMetric, knobsOf } from './plan/metric/describe-metric.ts';
import type { ProjectPlan } from './plan/plan-project.ts';

/** The metrics of a manifest, each after those that it is computed from. */
export function buildManifestMetrics(definitions: Definitions, plan: ProjectPlan): ManifestMetric[] {
  const fingerprints = new Map<string, string>();
  const columns = indexColumns(definitions);
  const ordered = [...plan.metrics.keys()];
  const position = new Map(ordered.map((name, i) => [name, i]));
  const inOrder = [...definitions.metrics].sort((a, b) => (position.get(a.name) ?? -1) - (position.get(b.name) ?? -1));
  return inOrder.flatMap((definition) => {
    const analysed = plan.metrics.get(definition.name);
    if (definition.form === 'plain' && !analysed) return [];
    const metric =
      definition.form === 'plain'
        ? plainMetric(definition, analysed!, plan, { calendar: definitions.project.calendar, columns, fingerprints })
        : cohortMetric(definition, definitions, plan);
    fingerprints.set(metric.name, metric.fingerprint);
    return [metric];
  });
}

function commonMetric(definition: MetricDefinition) {
  return {
    kind: 'metric' as const,
    name: definition.name,
    title: definition.title,
    description: definition.description,
    unit: definition.unit,
    owner: definition.owner,
    tags: definition.tags,
    status: definition.status,
    replacedBy: definition.replacedBy?.value,
    until: definition.until,
    version: definition.version,
    changes: definition.changes,
    path: definition.path,
    line: definition.span.start.line,
    grains: definition.grains,
    examples: definition.examples,
  };
}

interface MetricSurroundings {
  readonly calendar: Calendar;
  /** The columns of each model, by name. */
  readonly columns: ReadonlyMap<string, ReadonlyMap<string, ColumnDefinition>>;
  /** Of metrics before this one. */
  readonly fingerprints: ReadonlyMap<string, string>;
}

function plainMetric(
  definition: PlainMetric,
  metric: AnalysedMetric,
  plan: ProjectPlan,
  { calendar, columns, fingerprints }: MetricSurroundings,
): ManifestMetric {
  return omitUndefined({
    ...commonMetric(definition),
    form: metric.form,
    computed: metric.computed,
    notComputed: metric.notComputed,
    is: definition.is.text,
    expression: metric.expression,
    model: metric.model,
    time: metric.time,
    where: metric.where,
    exclude: metric.exclude,
    timezone: metric.timezone,
    ownTimezone: metric.ownTimezone,
    dimensions: metric.dimensions.map((d) =>
      omitUndefined({ ...d, description: columns.get(d.model)?.get(d.column)?.description }),
    ),
    inputs: metric.inputs,
    reads: metric.reads,
    type: metric.type,
    additivity: metric.additivity,
    window: metric.window,
    toDate: metric.toDate,
    compare: metric.compare,
    fill: metric.fill,
    per: metric.per,
    requires: metric.requires,
    words: describeMetric(metric, plan.exclusions),
    knobs: knobsOf(definition, metric, calendar),
    fingerprint: fingerprint(
      JSON.stringify([
        metric.expression,
        metric.model,
        metric.time,
        metric.where,
        metric.timezone,
        calendar,
        metric.window,
        metric.toDate,
        metric.compare,
        metric.fill,
        metric.per,
      ]),
      ...metric.exclude.map((name) => JSON.stringify(plan.exclusions.get(name))),
      ...metric.inputs.map((name) => `${name}=${fingerprints.get(name) ?? ''}`),
    ),
  }) as ManifestMetric;
}

function cohortMetric(definition: CohortMetric, definitions: Definitions, plan: ProjectPlan): ManifestMetric {
  const written = JSON.stringify(definition.knobs);
  return omitUndefined({
    ...commonMetric(definition),
    form: definition.form,
    computed: false,
    notComputed: plan.notComputed.get(definition.name),
    is: `${definition.form}: ${written}`,
    exclude: [],
    timezone: definitions.project.calendar.timezone,
    dimensions: [],
    inputs: [],
    reads: [],
    type: 'double' as const,
    additivity: 'none' as const,
    words: [],
    knobs: Object.entries(definition.knobs).map(([name, value]) => ({
      name,
      value: typeof value === 'string' ? value : JSON.stringify(value),
      from: 'definition' as const,
    })),
    fingerprint: fingerprint(definition.form, written),
  }) as ManifestMetric;
}

function indexColumns(definitions: Definitions): MetricSurroundings['columns'] {
  return new Map(definitions.models.map((m) => [m.name, new Map(m.columns.map((column) => [column.name, column]))]));
}
