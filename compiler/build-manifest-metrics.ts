import type { Definitions } from './definition/definitions.ts';
import type { CohortMetric, MetricDefinition, PlainMetric } from './definition/metric.ts';
import type { ColumnDefinition } from './definition/model.ts';
import { omitUndefined } from './definition/omit-undefined.ts';
import type { Calendar } from './definition/project.ts';
import { inEachLanguage } from './expression/words-language.ts';
import { fingerprint } from './graph/fingerprint.ts';
import type { ManifestMetric } from './manifest-types.ts';
import type { AnalysedCohortMetric } from './plan/cohort/analyse-cohort-metric.ts';
import { describeRule } from './plan/cohort/describe-rule.ts';
import type { CohortRule } from './plan/cohort/rule.ts';
import type { AnalysedMetric } from './plan/metric/analysed-metric.ts';
import { describeExclusions, describeMetric, type ExclusionWords, knobsOf } from './plan/metric/describe-metric.ts';
import { inferUnit } from './plan/metric/infer-unit.ts';
import type { ProjectPlan } from './plan/plan-project.ts';

/** The metrics of a manifest, each after those that it is computed from. */
export function buildManifestMetrics(definitions: Definitions, plan: ProjectPlan): ManifestMetric[] {
  const fingerprints = new Map<string, string>();
  const units = new Map<string, string>();
  const columns = indexColumns(definitions);
  const exclusions = describeExclusions(plan.exclusions);
  const ordered = [...plan.metrics.keys()];
  const position = new Map(ordered.map((name, i) => [name, i]));
  const inOrder = [...definitions.metrics].sort((a, b) => (position.get(a.name) ?? -1) - (position.get(b.name) ?? -1));
  return inOrder.flatMap((definition) => {
    const surroundings = { calendar: definitions.project.calendar, columns, exclusions, fingerprints, units };
    const plain = plan.metrics.get(definition.name);
    const cohort = plan.cohortMetrics.get(definition.name);
    const metric =
      definition.form === 'plain'
        ? plain && plainMetric(definition, plain, plan, surroundings)
        : cohort && cohortMetric(definition, cohort, plan, surroundings);
    if (!metric) return [];
    fingerprints.set(metric.name, metric.fingerprint);
    if (metric.unit !== undefined) units.set(metric.name, metric.unit);
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
  readonly exclusions: ExclusionWords;
  /** Of metrics before this one. */
  readonly fingerprints: ReadonlyMap<string, string>;
  /** The same, of those that have one. */
  readonly units: ReadonlyMap<string, string>;
}

function plainMetric(
  definition: PlainMetric,
  metric: AnalysedMetric,
  plan: ProjectPlan,
  { calendar, columns, exclusions, fingerprints, units }: MetricSurroundings,
): ManifestMetric {
  return omitUndefined({
    ...commonMetric(definition),
    unit: definition.unit ?? inferUnit(metric, (name) => units.get(name)),
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
    words: describeMetric(metric, exclusions),
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

function cohortMetric(
  definition: CohortMetric,
  metric: AnalysedCohortMetric,
  plan: ProjectPlan,
  { calendar, columns, exclusions }: Omit<MetricSurroundings, 'fingerprints' | 'units'>,
): ManifestMetric {
  const words = describeRule(metric.rule, plan.cohorts);
  return omitUndefined({
    ...commonMetric(definition),
    form: definition.form,
    computed: metric.computed,
    notComputed: metric.notComputed,
    is: `${definition.form}: ${JSON.stringify(definition.knobs)}`,
    rule: metric.rule,
    exclude: metric.exclude,
    timezone: metric.timezone,
    ownTimezone: metric.ownTimezone,
    dimensions: metric.dimensions.map((d) =>
      omitUndefined({ ...d, description: columns.get(d.model)?.get(d.column)?.description }),
    ),
    inputs: [],
    reads: metric.reads,
    type: metric.type as ManifestMetric['type'],
    additivity: 'none' as const,
    words: inEachLanguage((language) => [
      ...words[language],
      ...metric.exclude.map((name) => exclusions.get(name)![language]),
    ]),
    knobs: [
      ...metric.knobs,
      { name: 'timezone', value: metric.timezone, from: definition.timezone?.from ?? ('project' as const) },
      { name: 'exclude', value: metric.exclude.join(', ') || 'none', from: definition.exclude.from },
      { name: 'week_start', value: calendar.weekStart, from: 'project' as const },
    ],
    fingerprint: fingerprint(
      JSON.stringify([metric.rule, metric.timezone, calendar]),
      ...namesIn(metric.rule, plan).map((one) => JSON.stringify(one)),
      ...metric.exclude.map((name) => JSON.stringify(plan.exclusions.get(name))),
    ),
  }) as ManifestMetric;
}

/** The activities and cohorts behind a rule, as they are planned: a change of theirs is one of the metric's meaning. */
function namesIn(rule: CohortRule, { activities, cohorts }: ProjectPlan): object[] {
  const cohort = 'cohort' in rule ? cohorts.get(rule.cohort) : undefined;
  const found: object[] = cohort ? [cohort] : [];
  const add = (name: string): void => {
    const activity = activities.get(name);
    if (!activity || found.includes(activity)) return;
    found.push(activity);
    for (const part of activity.any) add(part);
  };
  for (const name of 'steps' in rule ? rule.steps : [rule.activity]) add(name);
  if (cohort) add(cohort.anchor);
  return found;
}

function indexColumns(definitions: Definitions): MetricSurroundings['columns'] {
  return new Map(definitions.models.map((m) => [m.name, new Map(m.columns.map((column) => [column.name, column]))]));
}
