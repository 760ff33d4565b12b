import { buildManifestMetrics } from './build-manifest-metrics.ts';
import { buildManifestModels } from './build-manifest-models.ts';
import { buildManifestSegments } from './build-manifest-segments.ts';
import type { Allowance, DataTestDefinition } from './definition/data-test.ts';
import type { Definitions } from './definition/definitions.ts';
import { omitUndefined } from './definition/omit-undefined.ts';
import type { Diagnostic } from './diagnostic/diagnostic.ts';
import type { Graph } from './graph/resolve.ts';
import { incrementOf } from './increment.ts';
import type {
  Manifest,
  ManifestActivity,
  ManifestCohort,
  ManifestMetric,
  ManifestProject,
  ManifestTest,
} from './manifest-types.ts';
import type { ProjectPlan } from './plan/plan-project.ts';
import type { TestPlan } from './plan/plan-test.ts';
import type { SegmentTest } from './plan/segment/expectations.ts';
import type { StoredModel } from './plan/stored/stored-model.ts';
import { incrementWords } from './plan/strategy.ts';

/** The manifest of a project that compiled without errors. */
export function buildManifest(
  graph: Graph,
  plan: ProjectPlan,
  warnings: readonly Diagnostic[],
  version: string,
): Manifest {
  const { definitions } = graph;
  const metrics = byName(buildManifestMetrics(definitions, plan));
  return withIncrements({
    manifest: 1,
    etalon: version,
    project: manifestProject(definitions, plan, metrics),
    models: byName(buildManifestModels(graph, plan)),
    metrics,
    activities: definitions.activities.map((activity) => manifestActivity(activity, plan)),
    cohorts: definitions.cohorts.map((cohort) => manifestCohort(cohort, plan)),
    segments: buildManifestSegments(definitions, plan, metrics),
    tests: byName([
      ...plan.tests.map(manifestTest),
      ...plan.stored.flatMap((model) => storedTests(model, metrics)),
      ...plan.segmentTests.map((test) => segmentTest(test, definitions)),
    ]),
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
  return omitUndefined({
    name: project.name,
    title: project.title,
    description: project.description,
    calendar: project.calendar,
    currency: project.currency,
    entities: project.entities.map((e) => omitUndefined({ name: e.name, key: e.key, attributes: e.attributes?.value })),
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
    notify: project.notify,
    hashKeyEnv: project.hashKeyEnv,
  }) as ManifestProject;
}

function manifestTest({ test, words, rule, check, reads, counts }: TestPlan): ManifestTest {
  return omitUndefined({
    kind: 'test' as const,
    name: test.name,
    description: test.description,
    why: test.why,
    owner: test.owner,
    severity: test.severity,
    max: maxOf(test),
    model: test.on === 'project' ? undefined : test.model,
    column: test.on === 'column' ? test.column : undefined,
    rule,
    words,
    reads,
    check,
    counts,
    path: test.span.file,
    line: test.span.start.line,
  }) as ManifestTest;
}

/** Tests that come with a table made for a metric stand where the metric does. */
function storedTests({ name, metric, tests }: StoredModel, metrics: readonly ManifestMetric[]): ManifestTest[] {
  const { path, line, owner } = metrics.find((one) => one.name === metric)!;
  return tests.map((test) => ({
    kind: 'test',
    name: test.name,
    description: `Comes with \`grains\` of \`${metric}\`.`,
    ...(owner === undefined ? {} : { owner }),
    severity: 'error',
    max: { rows: 0 },
    model: name,
    rule: 'parts',
    words: test.words,
    reads: test.reads,
    check: test.check,
    counts: test.counts,
    path,
    line,
  }));
}

/** What a segment expects of its members stands where the segment does. A draft is at work: what it misses stops nothing. */
function segmentTest({ segment, name, ...test }: SegmentTest, { segments }: Definitions): ManifestTest {
  const { owner, status, span } = segments.find((one) => one.name === segment)!;
  return {
    // These two first: by them an entry is found in what is kept (kept/entry-lines.ts).
    kind: 'test',
    name,
    ...test,
    segment,
    description: `Comes with \`expect\` of the segment \`${segment}\`.`,
    ...(owner === undefined ? {} : { owner }),
    severity: status === 'draft' ? 'warn' : 'error',
    max: { rows: 0 },
    counts: 'members',
    path: span.file,
    line: span.start.line,
  };
}

/** Some rules say themselves how much is borne. */
function maxOf({ test, max }: DataTestDefinition): Allowance {
  if (test.rule === 'null_share') return { share: test.share };
  return test.rule === 'sequence' && test.maxViolations > 0 ? { share: test.maxViolations } : max;
}

function manifestActivity(a: Definitions['activities'][number], plan: ProjectPlan): ManifestActivity {
  const rows =
    a.body.form === 'rows'
      ? { model: a.body.from.value, entity: a.body.entity.value, time: a.body.time.value, where: a.body.where?.text }
      : {};
  return omitUndefined({
    kind: 'activity' as const,
    name: a.name,
    description: a.description,
    ...rows,
    any: a.body.form === 'any' ? a.body.of.map((n) => n.value) : [],
    ...plan.activities.get(a.name),
    path: a.path,
  }) as ManifestActivity;
}

function manifestCohort(c: Definitions['cohorts'][number], plan: ProjectPlan): ManifestCohort {
  return omitUndefined({
    kind: 'cohort' as const,
    name: c.name,
    description: c.description,
    anchor: c.anchor.value,
    occurrence: c.occurrence,
    by: c.by.map(({ value }) => value),
    ...plan.cohorts.get(c.name),
    path: c.path,
  }) as ManifestCohort;
}
