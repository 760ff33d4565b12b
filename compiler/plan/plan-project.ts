import type { DataTestDefinition } from '../definition/data-test.ts';
import type { PlainMetric } from '../definition/metric.ts';
import type { SegmentDefinition } from '../definition/segment.ts';
import { type Diagnostic, diagnostic, hasErrors } from '../diagnostic/diagnostic.ts';
import type { Graph } from '../graph/resolve.ts';
import { topologicalOrder } from '../graph/topological-order.ts';
import type { Catalog, CatalogActivity, CatalogCohort, CatalogExclusion, CatalogMetric } from './catalog.ts';
import { checkExamples, checkSegmentExamples } from './check-examples.ts';
import { checkIncremental } from './check-incremental.ts';
import { checkTime } from './check-time.ts';
import { type AnalysedCohortMetric, analyseCohortMetric } from './cohort/analyse-cohort-metric.ts';
import { planActivities } from './cohort/plan-activities.ts';
import { checkExclusions, planExclusions } from './exclusion.ts';
import { checkHashes } from './hash-column.ts';
import { analyseMetric } from './metric/analyse-metric.ts';
import type { AnalysedMetric } from './metric/analysed-metric.ts';
import { readFormula } from './metric/formula.ts';
import { exampleModels } from './plan-example.ts';
import { type ModelPlan, planModel } from './plan-model.ts';
import { planTest, type TestPlan } from './plan-test.ts';
import { checkMetricsPersonal } from './privacy/check-metrics.ts';
import { checkPersonal } from './privacy/check-personal.ts';
import type { PersonalColumns } from './privacy/personal-columns.ts';
import { tracePersonal } from './privacy/trace-personal.ts';
import { type AnalysedSegment, analyseSegments } from './segment/analyse-segments.ts';
import { checkExport } from './segment/check-export.ts';
import { planExpectations, type SegmentTest } from './segment/expectations.ts';
import { createSqlReader, type SqlReader, type TextRenderer } from './sql-reader.ts';
import { planStored } from './stored/plan-stored.ts';
import type { StoredModel } from './stored/stored-model.ts';

/** Everything planned: what the manifest is made of. */
export interface ProjectPlan {
  readonly models: ReadonlyMap<string, ModelPlan>;
  readonly metrics: ReadonlyMap<string, AnalysedMetric>;
  readonly cohortMetrics: ReadonlyMap<string, AnalysedCohortMetric>;
  readonly activities: ReadonlyMap<string, CatalogActivity>;
  readonly cohorts: ReadonlyMap<string, CatalogCohort>;
  readonly segments: ReadonlyMap<string, AnalysedSegment>;
  /** Why a metric is not computed by this version, by name; also of metrics that cannot be analysed. */
  readonly notComputed: ReadonlyMap<string, string>;
  readonly exclusions: ReadonlyMap<string, CatalogExclusion>;
  readonly tests: readonly TestPlan[];
  /** What segments expect of their members. */
  readonly segmentTests: readonly SegmentTest[];
  readonly personal: PersonalColumns;
  /** Tables that are made for metrics. */
  readonly stored: readonly StoredModel[];
}

/** Plans models in order, then metrics in order, then data tests. */
export function planProject(
  graph: Graph,
  templates: TextRenderer,
): { readonly plan: ProjectPlan; readonly diagnostics: readonly Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  const models = new Map<string, ModelPlan>();
  const sql = createSqlReader(templates, models);
  const exclusions = new Map<string, CatalogExclusion>();
  diagnostics.push(...checkExclusions(graph.definitions));
  for (const model of graph.models) {
    const { plan, diagnostics: found } = planModel(model, {
      planned: models,
      exclusions,
      sql,
      project: graph.definitions.project,
    });
    diagnostics.push(...found);
    if (plan) diagnostics.push(...checkIncremental(plan, models));
    if (plan?.time !== undefined) diagnostics.push(...checkTime(plan, plan.time, plan.definition.span));
    if (plan) models.set(plan.name, plan);
    // Right after the model it looks into, since models below may use it.
    if (plan) diagnostics.push(...planExclusions(plan, graph.definitions.project, exclusions, sql));
  }
  const contracts = new Set([...models.values()].filter((m) => m.definition.form === 'contract').map((m) => m.name));
  const { definitions } = graph;
  const { activities, cohorts } = planActivities({ definitions, models, contracts, sql, diagnostics });
  const notComputed = new Map<string, string>();
  const setting = { graph, models, exclusions, contracts, sql, notComputed, diagnostics };
  const cohortMetrics = planCohortMetrics(setting, activities, cohorts);
  const metrics = planMetrics(setting);
  warnNotComputed(graph, notComputed, diagnostics);
  const { project } = definitions;
  const all = new Map<string, CatalogMetric>([...metrics, ...cohortMetrics]);
  const known = { calendar: project.calendar, models, metrics: all, exclusions, activities, cohorts };
  const declared = new Set(definitions.models.map(({ name }) => name));
  const found = analyseSegments(definitions.segments, { project, catalog: known, declared, contracts, sql });
  const { segments } = found;
  diagnostics.push(...found.diagnostics, ...warnUncomputedSegments(definitions.segments, segments));
  const catalog: Catalog = { ...known, segments };
  diagnostics.push(...checkMetrics(graph, models, metrics, catalog));
  const personal = planPrivacy(graph, models, metrics, catalog, sql, diagnostics);
  const tests = planTests(graph, models, sql, diagnostics);
  const segmentTests = definitions.segments.flatMap((segment) => {
    const expected = planExpectations(segment, catalog);
    diagnostics.push(...expected.diagnostics, ...checkExport(segment, catalog));
    return expected.tests;
  });
  const { models: stored, diagnostics: refused } = hasErrors(diagnostics)
    ? { models: [], diagnostics: [] }
    : planStored(definitions.metrics, { catalog, personal });
  diagnostics.push(...refused);
  return {
    plan: {
      models,
      metrics,
      cohortMetrics,
      activities,
      cohorts,
      segments,
      notComputed,
      exclusions,
      tests,
      segmentTests,
      personal,
      stored,
    },
    diagnostics,
  };
}

interface MetricSetting {
  readonly graph: Graph;
  readonly models: ReadonlyMap<string, ModelPlan>;
  readonly exclusions: ReadonlyMap<string, CatalogExclusion>;
  readonly contracts: ReadonlySet<string>;
  readonly sql: SqlReader;
  readonly notComputed: Map<string, string>;
  readonly diagnostics: Diagnostic[];
}

function planCohortMetrics(
  { graph, models, exclusions, notComputed, diagnostics }: MetricSetting,
  activities: ReadonlyMap<string, CatalogActivity>,
  cohorts: ReadonlyMap<string, CatalogCohort>,
): Map<string, AnalysedCohortMetric> {
  const { metrics: definitions, project } = graph.definitions;
  const keys = new Map(project.entities.map((entity) => [entity.name, entity.key]));
  const context = { calendar: project.calendar, models, exclusions, activities, cohorts, keys };
  const analysed = new Map<string, AnalysedCohortMetric>();
  for (const definition of definitions) {
    if (definition.form === 'plain') continue;
    const outcome = analyseCohortMetric(definition, context);
    diagnostics.push(...outcome.diagnostics);
    if (!outcome.metric) continue;
    if (outcome.metric.notComputed !== undefined) notComputed.set(definition.name, outcome.metric.notComputed);
    analysed.set(definition.name, outcome.metric);
  }
  return analysed;
}

function planMetrics({
  graph,
  models,
  exclusions,
  contracts,
  sql,
  notComputed,
  diagnostics,
}: MetricSetting): Map<string, AnalysedMetric> {
  const { metrics: definitions, project } = graph.definitions;
  const names = new Set(definitions.map((m) => m.name));
  const forms = new Map(definitions.map((m) => [m.name, m.form]));
  const plain = new Map(definitions.flatMap((m) => (m.form === 'plain' ? [[m.name, m] as const] : [])));
  const inputs = new Map([...plain.values()].map((m) => [m.name, inputsOf(m, sql, names)]));
  const ordered = topologicalOrder([...plain.keys()], (name) => inputs.get(name)!.filter((input) => input !== name));
  if (ordered.cycle) {
    const first = plain.get(ordered.cycle[0]!)!;
    diagnostics.push(
      diagnostic('E1502', `cycle: ${ordered.cycle.map((name) => `\`${name}\``).join(' is computed from ')}`, {
        span: first.is.span,
        hints: ['one of them must be computed from aggregates, such as `sum(amount)`'],
      }),
    );
    return new Map();
  }
  const analysed = new Map<string, AnalysedMetric>();
  for (const name of ordered.order) {
    const definition = plain.get(name)!;
    const outcome = analyseMetric(definition, {
      calendar: project.calendar,
      models,
      exclusions,
      analysed,
      contracts,
      names,
      forms,
      notComputed,
      sql,
    });
    diagnostics.push(...outcome.diagnostics);
    if (outcome.metric?.notComputed !== undefined) notComputed.set(name, outcome.metric.notComputed);
    // What hangs on a metric with errors, however far, is not to report them once more.
    const whole = inputs.get(name)!.every((input) => analysed.has(input) || !plain.has(input));
    if (outcome.metric && whole && !hasErrors(outcome.diagnostics)) analysed.set(name, outcome.metric);
  }
  return analysed;
}

/** What only shows once all metrics are known: a column of time that holds none, examples. */
function checkMetrics(
  graph: Graph,
  models: ReadonlyMap<string, ModelPlan>,
  metrics: ReadonlyMap<string, AnalysedMetric>,
  catalog: Catalog,
): Diagnostic[] {
  const { definitions } = graph;
  const readable = exampleModels(models.values());
  const ofSegments = definitions.segments.flatMap((segment) =>
    catalog.segments.get(segment.name)?.computed ? checkSegmentExamples(segment, catalog, readable) : [],
  );
  const ofMetrics = definitions.metrics.flatMap((metric) => {
    const analysed = metrics.get(metric.name);
    if (metric.form !== 'plain')
      return catalog.metrics.get(metric.name)?.computed ? checkExamples(metric, catalog, readable) : [];
    if (!analysed?.computed) return [];
    const model = analysed.model === undefined ? undefined : models.get(analysed.model);
    const time = model && analysed.time !== undefined ? checkTime(model, analysed.time, metric.time?.span) : [];
    return time.length > 0 ? time : checkExamples(metric, catalog, readable);
  });
  return [...ofMetrics, ...ofSegments];
}

/** Where personal data goes; told where it must not go. */
function planPrivacy(
  { definitions }: Graph,
  models: ReadonlyMap<string, ModelPlan>,
  metrics: ReadonlyMap<string, AnalysedMetric>,
  catalog: Catalog,
  sql: SqlReader,
  diagnostics: Diagnostic[],
): PersonalColumns {
  const { personal, diagnostics: found } = tracePersonal(models.values());
  diagnostics.push(
    ...found,
    ...checkHashes(definitions.models, definitions.project),
    ...checkPersonal(definitions, catalog, personal),
    ...checkMetricsPersonal(definitions.metrics, { catalog, metrics, personal, sql }),
  );
  return personal;
}

function warnNotComputed(graph: Graph, notComputed: ReadonlyMap<string, string>, diagnostics: Diagnostic[]): void {
  for (const metric of graph.definitions.metrics) {
    const why = notComputed.get(metric.name);
    if (why === undefined) continue;
    const message = `metric \`${metric.name}\` is read but not computed by this version of Etalon: ${why}`;
    diagnostics.push(diagnostic('E1901', message, { span: metric.span, severity: 'warning' }));
  }
}

function warnUncomputedSegments(
  definitions: readonly SegmentDefinition[],
  segments: ReadonlyMap<string, AnalysedSegment>,
): Diagnostic[] {
  return definitions.flatMap(({ name, span }) => {
    const why = segments.get(name)?.notComputed;
    if (why === undefined) return [];
    const message = `segment \`${name}\` is read but not computed by this version of Etalon: ${why}`;
    return [diagnostic('E1901', message, { span, severity: 'warning' })];
  });
}

/** The metrics that a formula names; syntax errors are said when it is analysed. */
function inputsOf(metric: PlainMetric, sql: SqlReader, names: ReadonlySet<string>): string[] {
  const { parsed } = sql.parse(metric.is);
  return parsed ? readFormula(parsed).metrics.filter((name) => names.has(name)) : [];
}

function planTests(
  graph: Graph,
  models: ReadonlyMap<string, ModelPlan>,
  sql: SqlReader,
  diagnostics: Diagnostic[],
): TestPlan[] {
  const { definitions } = graph;
  const all: DataTestDefinition[] = [
    ...definitions.models.flatMap((model) => [...model.columns.flatMap((column) => column.tests), ...model.tests]),
    ...definitions.tests,
  ];
  return all.flatMap((test) => {
    const { plan, diagnostics: found } = planTest(test, { models, calendar: definitions.project.calendar, sql });
    diagnostics.push(...found);
    return plan ?? [];
  });
}
