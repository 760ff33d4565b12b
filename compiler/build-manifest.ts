import type { Definitions } from './definition/definitions.ts';
import type { CohortMetric, MetricDefinition, PlainMetric } from './definition/metric.ts';
import type { ModelDefinition } from './definition/model.ts';
import type { Diagnostic } from './diagnostic/diagnostic.ts';
import { findReachable } from './graph/dependency-graph.ts';
import { fingerprint } from './graph/fingerprint.ts';
import type { Graph } from './graph/resolve.ts';
import { incrementOf } from './increment.ts';
import type {
  Manifest,
  ManifestActivity,
  ManifestCohort,
  ManifestMetric,
  ManifestModel,
  ManifestProject,
  ManifestSegment,
  ManifestTest,
} from './manifest-types.ts';
import type { AnalysedMetric } from './plan/metric/analyse-metric.ts';
import { describeMetric, knobsOf } from './plan/metric/describe-metric.ts';
import type { ModelPlan } from './plan/plan-model.ts';
import type { ProjectPlan } from './plan/plan-project.ts';
import type { TestPlan } from './plan/plan-test.ts';
import { incrementWords, strategyWords } from './plan/strategy.ts';

/** The manifest of a project that compiled without errors. */
export function buildManifest(
  graph: Graph,
  plan: ProjectPlan,
  warnings: readonly Diagnostic[],
  version: string,
): Manifest {
  const { definitions } = graph;
  const fingerprints = new Map<string, string>();
  const testsByModel = groupTests(plan.tests);
  const after = findAfter(graph, plan.tests);
  const models = graph.models.flatMap(({ definition }) => {
    const model = plan.models.get(definition.name);
    return model
      ? [manifestModel(model, plan, testsByModel.get(model.name) ?? [], after.get(model.name) ?? [], fingerprints)]
      : [];
  });
  const metrics = manifestMetrics(definitions, plan);
  return withIncrements({
    manifest: 1,
    etalon: version,
    project: manifestProject(definitions, plan, metrics),
    models: byName(models),
    metrics: byName(metrics),
    activities: definitions.activities.map(manifestActivity),
    cohorts: definitions.cohorts.map(manifestCohort),
    segments: definitions.segments.map(manifestSegment),
    tests: byName(plan.tests.map(manifestTest)),
    warnings,
  });
}

/** How models follow their inputs shows only once all of them are planned. */
function withIncrements(manifest: Manifest): Manifest {
  const models = manifest.models.map((model) => {
    const increment = incrementOf(manifest, model);
    return increment ? { ...model, increment, strategy: incrementWords(model, increment) } : model;
  });
  return { ...manifest, models };
}

function byName<T extends { readonly name: string }>(items: readonly T[]): T[] {
  return [...items].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** Leaves out keys whose value is undefined, so that JSON and types agree. */
function defined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}

function manifestProject(
  definitions: Definitions,
  plan: ProjectPlan,
  metrics: readonly ManifestMetric[],
): ManifestProject {
  const { project } = definitions;
  const usedBy = (name: string) => [
    ...definitions.models
      .filter((m) => m.form === 'declarative' && m.exclude.some((e) => e.value === name))
      .map((m) => m.name),
    ...metrics.filter((m) => m.exclude.includes(name)).map((m) => m.name),
    ...definitions.segments.filter((s) => s.exclude.some((e) => e.value === name)).map((s) => s.name),
  ];
  return defined({
    name: project.name,
    title: project.title,
    description: project.description,
    calendar: project.calendar,
    currency: project.currency,
    entities: project.entities.map((e) => defined({ name: e.name, key: e.key, attributes: e.attributes?.value })),
    exclusions: project.exclusions.map((e) => ({
      name: e.name,
      entity: e.entity.value,
      key: plan.exclusions.get(e.name)?.key ?? '',
      in: e.in.value,
      where: plan.exclusions.get(e.name)?.where ?? e.where.text,
      usedBy: usedBy(e.name),
    })),
    targets: project.targets.map(({ span: _, ...target }) => target),
    target: project.target,
    schemas: project.schemas,
    site: project.site,
  }) as ManifestProject;
}

function manifestModel(
  plan: ModelPlan,
  project: ProjectPlan,
  tests: readonly TestPlan[],
  after: readonly string[],
  fingerprints: Map<string, string>,
): ManifestModel {
  const d = plan.definition;
  const built = d.form === 'declarative' || d.form === 'sql' || d.form === 'identity' ? d : undefined;
  const hash = modelFingerprint(plan, fingerprints);
  fingerprints.set(plan.name, hash);
  return defined({
    kind: 'model' as const,
    name: plan.name,
    layer: d.layer,
    form: d.form,
    title: d.title,
    description: d.description,
    owner: d.owner,
    tags: d.tags,
    path: d.path,
    sqlPath: d.form === 'sql' ? d.sqlPath : undefined,
    key: plan.key,
    time: plan.time,
    columns: plan.columns.map((column) => {
      const declared = d.columns.find((c) => c.name === column.name);
      return defined({
        name: column.name,
        type: column.type,
        description: declared?.description,
        pii: declared?.pii,
        required: declared?.required ?? false,
        zone: declared?.zone,
        expression: column.expression,
        sources: column.sources,
        tests: tests.filter((t) => t.test.on === 'column' && t.test.column === column.name).map((t) => t.test.name),
      });
    }),
    relations: plan.relations.map((r) => ({ ...r, targetKey: project.models.get(r.to)?.key ?? [] })),
    reads: plan.reads,
    after,
    materialized: built ? built.materialized : ('source' as const),
    incremental: built?.incremental
      ? defined({ by: built.incremental.by, late: built.incremental.late, lookback: built.incremental.lookback })
      : undefined,
    strategy: strategyWords(d),
    notComputed: plan.notComputed,
    indexes: built?.indexes ?? [],
    partition: built?.partition,
    snapshots: built?.snapshots?.keep ?? 0,
    source: d.form === 'source' ? manifestSource(d) : undefined,
    sql: plan.sql,
    authoredSql: plan.authoredSql,
    fingerprint: hash,
    tests: tests.map((t) => t.test.name),
  }) as ManifestModel;
}

function manifestSource(d: Extract<ModelDefinition, { form: 'source' }>): ManifestModel['source'] {
  const { source } = d;
  const from =
    source.from === 'files'
      ? { from: 'files' as const, pattern: source.pattern, format: source.format, onChange: source.onChange }
      : { from: 'table' as const, table: source.table };
  return defined({ ...from, loadedAt: d.loadedAt, freshness: d.freshness, events: d.events });
}

/** What the rows depend on: the query, the columns' types, how it is kept, and all that it reads. Not its words, owner, tests or layout. */
function modelFingerprint(plan: ModelPlan, fingerprints: ReadonlyMap<string, string>): string {
  const d = plan.definition;
  const own = {
    form: d.form,
    columns: plan.columns.map((c) => [c.name, c.type ?? null]),
    sql: plan.sql ?? null,
    source:
      d.form === 'source'
        ? {
            ...d.source,
            span: undefined,
            required: d.columns.filter((c) => c.required).map((c) => c.name),
            zones: d.columns.map((c) => c.zone ?? null),
          }
        : null,
    materialized: d.form === 'declarative' || d.form === 'sql' ? d.materialized : null,
    identity:
      d.form === 'identity' ? JSON.stringify(d.identity, (key, value) => (key === 'span' ? undefined : value)) : null,
  };
  return fingerprint(JSON.stringify(own), ...plan.reads.map((read) => `${read}=${fingerprints.get(read) ?? ''}`));
}

function groupTests(tests: readonly TestPlan[]): Map<string, TestPlan[]> {
  const byModel = new Map<string, TestPlan[]>();
  for (const plan of tests) {
    if (plan.test.on === 'project') continue;
    const list = byModel.get(plan.test.model);
    if (list) list.push(plan);
    else byModel.set(plan.test.model, [plan]);
  }
  return byModel;
}

/** Models that a model's tests read besides, less those that are built from it themselves: waiting for these would never end. */
function findAfter(graph: Graph, tests: readonly TestPlan[]): Map<string, string[]> {
  const before = new Map(graph.models.map((m) => [m.definition.name, new Set(m.reads)]));
  const after = new Map<string, string[]>();
  for (const { test, reads } of tests) {
    if (test.on === 'project') continue;
    for (const read of reads) {
      const own = before.get(test.model);
      if (read === test.model || !own || own.has(read)) continue;
      const above = findReachable(read, (name) => [...(before.get(name) ?? [])]);
      if (above.has(test.model)) continue;
      own.add(read);
      after.set(test.model, [...(after.get(test.model) ?? []), read].sort());
    }
  }
  return after;
}

function manifestMetrics(definitions: Definitions, plan: ProjectPlan): ManifestMetric[] {
  const fingerprints = new Map<string, string>();
  const ordered = [...plan.metrics.keys()];
  const position = new Map(ordered.map((name, i) => [name, i]));
  const inOrder = [...definitions.metrics].sort((a, b) => (position.get(a.name) ?? -1) - (position.get(b.name) ?? -1));
  return inOrder.flatMap((definition) => {
    const analysed = plan.metrics.get(definition.name);
    if (definition.form === 'plain' && !analysed) return [];
    const metric =
      definition.form === 'plain'
        ? plainMetric(definition, analysed!, definitions, plan, fingerprints)
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
    grains: definition.grains,
    examples: definition.examples,
  };
}

function plainMetric(
  definition: PlainMetric,
  metric: AnalysedMetric,
  definitions: Definitions,
  plan: ProjectPlan,
  fingerprints: ReadonlyMap<string, string>,
): ManifestMetric {
  const { calendar } = definitions.project;
  return defined({
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
      defined({ ...d, description: describeColumn(definitions, d.model, d.column) }),
    ),
    inputs: metric.inputs,
    reads: metric.reads,
    type: metric.type,
    additivity: metric.additivity,
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
        definition.window?.value,
        definition.toDate?.value,
        definition.compare && { ...definition.compare, span: undefined },
        definition.fill?.value,
        definition.per?.value,
      ]),
      ...metric.exclude.map((name) => JSON.stringify(plan.exclusions.get(name))),
      ...metric.inputs.map((name) => `${name}=${fingerprints.get(name) ?? ''}`),
    ),
  }) as ManifestMetric;
}

function cohortMetric(definition: CohortMetric, definitions: Definitions, plan: ProjectPlan): ManifestMetric {
  const written = JSON.stringify(definition.knobs);
  return defined({
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

function describeColumn(definitions: Definitions, model: string, column: string): string | undefined {
  return definitions.models.find((m) => m.name === model)?.columns.find((c) => c.name === column)?.description;
}

function manifestTest({ test, words, rule, check, reads }: TestPlan): ManifestTest {
  return defined({
    kind: 'test' as const,
    name: test.name,
    description: test.description,
    why: test.why,
    owner: test.owner,
    severity: test.severity,
    max: test.on === 'column' && test.test.rule === 'null_share' ? { share: test.test.share } : test.max,
    model: test.on === 'project' ? undefined : test.model,
    column: test.on === 'column' ? test.column : undefined,
    rule,
    words,
    reads,
    check,
    path: test.span.file,
    line: test.span.start.line,
  }) as ManifestTest;
}

function manifestActivity(a: Definitions['activities'][number]): ManifestActivity {
  const rows =
    a.body.form === 'rows'
      ? { model: a.body.from.value, entity: a.body.entity.value, time: a.body.time, where: a.body.where?.text }
      : {};
  return defined({
    kind: 'activity' as const,
    name: a.name,
    description: a.description,
    ...rows,
    any: a.body.form === 'any' ? a.body.of.map((n) => n.value) : [],
    path: a.path,
  }) as ManifestActivity;
}

function manifestCohort(c: Definitions['cohorts'][number]): ManifestCohort {
  const occurrence = typeof c.occurrence === 'string' ? c.occurrence : `nth: ${c.occurrence.nth}`;
  return defined({
    kind: 'cohort' as const,
    name: c.name,
    description: c.description,
    anchor: c.anchor.value,
    occurrence,
    by: c.by,
    path: c.path,
  }) as ManifestCohort;
}

function manifestSegment(s: Definitions['segments'][number]): ManifestSegment {
  return defined({
    kind: 'segment' as const,
    name: s.name,
    title: s.title,
    description: s.description,
    entity: s.entity.value,
    owner: s.owner,
    tags: s.tags,
    status: s.status,
    version: s.version,
    path: s.path,
  }) as ManifestSegment;
}
