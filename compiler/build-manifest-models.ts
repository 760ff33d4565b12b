import type { IncrementalDefinition, ModelDefinition } from './definition/model.ts';
import { omitUndefined } from './definition/omit-undefined.ts';
import { companionModels, generatedModels, storedModel } from './generated-models.ts';
import { findReachable } from './graph/dependency-graph.ts';
import { fingerprint } from './graph/fingerprint.ts';
import type { Graph } from './graph/resolve.ts';
import type { ManifestIncremental, ManifestModel, ManifestPersonal } from './manifest-types.ts';
import { hashes } from './plan/hash-column.ts';
import type { ModelPlan } from './plan/plan-model.ts';
import type { ProjectPlan } from './plan/plan-project.ts';
import type { TestPlan } from './plan/plan-test.ts';
import { findPersonalColumn, type PersonalColumn } from './plan/privacy/personal-columns.ts';
import { strategyWords } from './plan/strategy.ts';

/** The models of a manifest, each after all that it reads. */
export function buildManifestModels(graph: Graph, plan: ProjectPlan): ManifestModel[] {
  const fingerprints = new Map<string, string>();
  const testsByModel = groupTests(plan.tests);
  const after = findAfter(graph, plan.tests);
  const metrics = new Map(graph.definitions.metrics.map((metric) => [metric.name, metric]));
  const declared = graph.models.flatMap(({ definition }) => {
    const planned = plan.models.get(definition.name);
    if (!planned) return [];
    const tests = testsByModel.get(planned.name) ?? [];
    const companions = companionModels(planned, fingerprints);
    const model = manifestModel(planned, plan, tests, after.get(planned.name) ?? [], fingerprints);
    return [...companions, model, ...generatedModels(planned, model)];
  });
  const stored = plan.stored.map((model) => storedModel(model, metrics.get(model.metric)!, fingerprints));
  return [...declared, ...stored];
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
  return omitUndefined({
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
      return omitUndefined({
        name: column.name,
        type: column.type,
        description: declared?.description ?? column.description,
        pii: declared?.pii,
        personal: manifestPersonal(findPersonalColumn(project.personal, plan.name, column.name)),
        required: declared?.required ?? false,
        zone: declared?.zone,
        from: declared?.from,
        expression: column.expression,
        sources: column.sources,
        tests: tests.filter((t) => t.test.on === 'column' && t.test.column === column.name).map((t) => t.test.name),
        line: declared?.span.start.line,
      });
    }),
    relations: plan.relations.map((r) => ({ ...r, targetKey: project.models.get(r.to)?.key ?? [] })),
    reads: plan.reads,
    after,
    ...keptAs(built),
    strategy: strategyWords(d),
    hashes: hashes(d) || undefined,
    notComputed: plan.notComputed,
    indexes: built?.indexes ?? [],
    partition: built?.partition,
    dedupe: d.form === 'declarative' && d.dedupe ? { keep: d.dedupe.keep, by: d.dedupe.by } : undefined,
    snapshots: built?.snapshots?.keep ?? 0,
    source: d.form === 'source' ? manifestSource(d) : undefined,
    sql: plan.sql,
    authoredSql: plan.authoredSql,
    fingerprint: hash,
    tests: tests.map((t) => t.test.name),
  }) as ManifestModel;
}

/** A map of identities follows new links by its devices, whether or not its author says so. */
function keptAs(
  built: Extract<ModelDefinition, { materialized: unknown }> | undefined,
): Pick<ManifestModel, 'materialized'> & { readonly incremental: ManifestIncremental | undefined } {
  if (!built) return { materialized: 'source', incremental: undefined };
  if (built.form === 'identity' && !built.incremental)
    return { materialized: 'incremental', incremental: { by: 'key' } };
  return { materialized: built.materialized, incremental: built.incremental && manifestIncremental(built.incremental) };
}

function manifestPersonal(column: PersonalColumn | undefined): ManifestPersonal | undefined {
  if (!column) return undefined;
  const { tags, treatment, why, span } = column;
  return omitUndefined({
    tags: [...tags.keys()].sort(),
    treatment,
    why,
    path: span.file,
    line: span.start.line,
  }) as ManifestPersonal;
}

function manifestIncremental({
  by,
  late,
  lookback,
  reads,
  partial,
  batch,
}: IncrementalDefinition): ManifestIncremental {
  const reaches = reads?.map(({ model, before, after }) => [model.value, omitUndefined({ before, after })] as const);
  return omitUndefined({
    by,
    late,
    lookback,
    reads: reaches && Object.fromEntries(reaches),
    partial: partial ? undefined : (false as const),
    batch,
  });
}

function manifestSource(d: Extract<ModelDefinition, { form: 'source' }>): ManifestModel['source'] {
  const { source } = d;
  const from =
    source.from === 'files'
      ? {
          from: 'files' as const,
          pattern: source.pattern,
          format: source.format,
          delimiter: source.delimiter,
          onChange: source.onChange,
        }
      : { from: 'table' as const, table: source.table };
  return omitUndefined({ ...from, loadedAt: d.loadedAt, overlap: d.overlap, freshness: d.freshness, events: d.events });
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
            names: d.columns.some((c) => c.from) ? d.columns.map((c) => c.from ?? null) : undefined,
          }
        : null,
    materialized: d.form === 'declarative' || d.form === 'sql' ? d.materialized : null,
    closed: 'incremental' in d && d.incremental?.partial === false ? [d.incremental.by, plan.time] : undefined,
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
