import type { Manifest, ManifestModel } from '../../compiler/index.ts';
import { inputsOf } from './inputs-of.ts';
import { readsOfSegment } from './needs.ts';
import { orderModels } from './order-models.ts';
import { planInPlace } from './plan-in-place.ts';
import { scheduledSegments } from './plan-segments.ts';
import { planSource, type SourceVerdict } from './plan-source.ts';
import type { InPlace, PlannedStep, PlannedTest, RunPlan } from './run-plan.ts';
import type { KnownTest, Observed, PublishedVersion, TargetState } from './target-state.ts';
import { changedBuilds, isDue, planTest } from './test-marks.ts';
import { whyOther } from './why-other.ts';

export interface RunRequest {
  /** Names of models; absent: all. */
  readonly select?: readonly string[];
  readonly fullRefresh?: boolean;
  /** Rows that a source has no longer may go when it is read anew. */
  readonly acceptLoss?: boolean;
  /** The name under which a model is published on this target, as `schema.name`. */
  readonly publishedAs: (model: string) => string;
}

interface Planning {
  readonly manifest: Manifest;
  readonly state: TargetState;
  readonly observed: Observed;
  readonly request: RunRequest;
  readonly versions: ReadonlyMap<string, PublishedVersion>;
  /** The build that each model will have after the run, as far as planned. */
  readonly builds: Map<string, number>;
  /** Models whose build moves in this run. */
  readonly moving: Set<string>;
  /** The build since which the changes of each model are known, as it will be after the run. */
  readonly since: Map<string, number>;
  /** Models that an incremental one reads, or, also behind views, a segment that goes by a schedule. */
  readonly followed: ReadonlySet<string>;
}

/** What a run has to do and why, from the definitions, what the target remembers and what the sources hold. Reads nothing, writes nothing. */
export function planRun(manifest: Manifest, state: TargetState, observed: Observed, request: RunRequest): RunPlan {
  const versions = new Map(state.versions.map((version) => [version.model, version]));
  const builds = new Map(state.versions.map((version) => [version.model, version.build]));
  const since = new Map(state.versions.map((version) => [version.model, version.since]));
  const models = new Map(manifest.models.map((model) => [model.name, model]));
  const followed = new Set([
    ...manifest.models.flatMap((model) => (model.increment?.kind === 'increment' ? inputsOf(model) : [])),
    ...scheduledSegments(manifest).flatMap((segment) => [...readsOfSegment({ models, versions: new Map() }, segment)]),
  ]);
  const planning: Planning = {
    manifest,
    state,
    observed,
    request,
    versions,
    builds,
    moving: new Set(),
    since,
    followed,
  };
  const order = orderModels(manifest.models, manifest.tests);
  const selected = new Set(request.select ?? models.keys());
  const names = order.names.filter((name) => selected.has(name));
  const guards = groupGuards(manifest, order.late);
  const marks = new Map(state.tests.map((known) => [known.test, known]));
  const steps = names.map((name): PlannedStep => {
    const after = [...findBefore(name, order.after, selected)].sort();
    return planStep(planning, models.get(name)!, after, guards.get(name) ?? [], marks);
  });
  return { kind: 'run-plan', steps, lateTests: planLateTests(planning, order.late, selected, marks) };
}

/** The models of a run that one waits for: those that it comes after, also through models that are not of the run, such as a view. */
function findBefore(
  name: string,
  after: ReadonlyMap<string, ReadonlySet<string> | readonly string[]>,
  selected: ReadonlySet<string>,
  found: Set<string> = new Set(),
  seen: Set<string> = new Set(),
): ReadonlySet<string> {
  for (const other of after.get(name) ?? []) {
    if (seen.has(other)) continue;
    seen.add(other);
    if (selected.has(other)) found.add(other);
    else findBefore(other, after, selected, found, seen);
  }
  return found;
}

/** Tests by the model whose publish they guard. */
function groupGuards(manifest: Manifest, late: ReadonlySet<string>): ReadonlyMap<string, readonly PlannedTest[]> {
  const guards = new Map<string, PlannedTest[]>();
  for (const test of manifest.tests) {
    if (test.model === undefined || late.has(test.name)) continue;
    const group = guards.get(test.model);
    if (group === undefined) guards.set(test.model, [planTest(test)]);
    else group.push(planTest(test));
  }
  return guards;
}

function planStep(
  planning: Planning,
  model: ManifestModel,
  after: readonly string[],
  tests: readonly PlannedTest[],
  marks: ReadonlyMap<string, KnownTest>,
): PlannedStep {
  const { versions, builds, moving } = planning;
  const current = versions.get(model.name)?.build ?? 0;
  const verdict: BuildVerdict =
    model.form === 'source' ? planSource(model, sourceContext(planning, model)) : planBuild(planning, model);
  const step = { kind: 'planned-step', model: model.name, after, ...verdict } as const;
  if (verdict.action === 'build') {
    builds.set(model.name, current + 1);
    moving.add(model.name);
    if (verdict.inPlace === undefined && (verdict.files?.anew ?? verdict.appended !== true))
      planning.since.set(model.name, current + 1);
    return { ...step, build: current + 1, tests };
  }
  if (verdict.action === 'blocked') return { ...step, build: current, tests: [] };
  const due = tests.filter((planned) => isDue(planned, marks.get(planned.test.name), builds));
  if (verdict.action === 'fresh' && due.length > 0) {
    return { ...step, action: 'test', reason: dueReason(due, marks), build: current, tests: due };
  }
  return { ...step, build: current, tests: due };
}

function dueReason(due: readonly PlannedTest[], marks: ReadonlyMap<string, KnownTest>): string {
  const failed = due.filter(({ test }) => marks.has(test.name)).length;
  const count = due.length === 1 ? '1 data test is' : `${due.length} data tests are`;
  return failed === 0 ? `${count} new` : `${count} due: new, edited, failed before, or over other rows`;
}

function sourceContext(planning: Planning, model: ManifestModel): Parameters<typeof planSource>[1] {
  return {
    state: planning.state,
    observed: planning.observed,
    version: planning.versions.get(model.name),
    fullRefresh: planning.request.fullRefresh ?? false,
    acceptLoss: planning.request.acceptLoss ?? false,
    standing: stands(planning, model.name),
  };
}

/** Is what the state says was published still there? */
function stands({ versions, state, request }: Planning, model: string): boolean {
  const version = versions.get(model);
  if (version === undefined) return false;
  return state.relations.has(`etalon_tables.${version.relation}`) && state.relations.has(request.publishedAs(model));
}

type BuildVerdict = SourceVerdict & { readonly inPlace?: InPlace };

function planBuild(planning: Planning, model: ManifestModel): BuildVerdict {
  const reason = whyBuild(planning, model);
  if (reason === undefined) return { action: 'fresh', reason: 'nothing changed' };
  const version = planning.versions.get(model.name);
  const isSame = version !== undefined && whyOther(version, model) === undefined && stands(planning, model.name);
  const inPlace = isSame && !planning.request.fullRefresh ? planInPlace(planning, model, version) : undefined;
  return { action: 'build', reason, ...(inPlace === undefined ? {} : { inPlace }) };
}

function whyBuild(planning: Planning, model: ManifestModel): string | undefined {
  const { versions, state, request, moving, builds } = planning;
  const version = versions.get(model.name);
  if (version === undefined) return 'never built';
  if (!stands(planning, model.name)) return 'its table is gone';
  const other = whyOther(version, model);
  if (other !== undefined) return other;
  if (request.fullRefresh) return 'forced by --full-refresh';
  const inputs = Object.fromEntries(
    inputsOf(model).flatMap((name) => (builds.has(name) ? [[name, builds.get(name)!]] : [])),
  );
  const changed = changedBuilds(version.inputs, inputs);
  if (changed.length > 0) {
    const names = changed.map((name) => `\`${name}\``).join(', ');
    const coming = changed.some((name) => moving.has(name));
    return `${changed.length === 1 ? 'input' : 'inputs'} ${names} ${coming ? 'change' : 'changed'}${changed.length === 1 && coming ? 's' : ''}`;
  }
  const failure = state.failures[model.name];
  return failure === undefined ? undefined : `the last build failed: ${failure}`;
}

function planLateTests(
  planning: Planning,
  late: ReadonlySet<string>,
  selected: ReadonlySet<string>,
  marks: ReadonlyMap<string, KnownTest>,
): readonly PlannedTest[] {
  const partial = planning.request.select !== undefined;
  return planning.manifest.tests
    .filter((test) => late.has(test.name))
    .filter((test) => {
      const names = test.model === undefined ? test.reads : [test.model, ...test.reads];
      return !partial || (names.some((name) => selected.has(name)) && names.every((name) => planning.builds.has(name)));
    })
    .map(planTest)
    .filter((planned) => isDue(planned, marks.get(planned.test.name), planning.builds));
}
