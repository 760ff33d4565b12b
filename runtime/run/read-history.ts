import type { Manifest, ManifestModel } from '../../compiler/index.ts';
import type { Engine } from '../engine/engine.ts';
import { inputsOf } from '../schedule/inputs-of.ts';
import { changedBuilds, planTest } from '../schedule/test-marks.ts';
import { whyOther } from '../schedule/why-other.ts';
import { readLastArrivals } from '../state/arrivals.ts';
import type { History, ModelStatus, SourceDrift } from '../state/history-types.ts';
import { openStore } from '../state/open-store.ts';
import { readProblems, toProblem } from '../state/problems.ts';
import { type LastStep, readLastSteps, readRuns, readTestResults } from '../state/read-journal.ts';
import { readSnapshot } from '../state/read-snapshot.ts';
import { readAccounts } from '../state/record-account.ts';
import type { StateSnapshot, VersionRecord } from '../state/records.ts';
import { type DriftRecord, readDrift } from '../state/source-drift.ts';
import { layerSchema, publishedName } from './target-names.ts';

export interface HistoryRequest {
  readonly engine: Engine;
  readonly manifest: Manifest;
  /** The target's name; absent: the project's default. */
  readonly target?: string;
}

/** What the target tells of itself, for `etalon status` and the dictionary; writes nothing. A target never built is a history of nothing. */
export async function readHistory(request: HistoryRequest): Promise<History> {
  const { engine, manifest } = request;
  const target = request.target ?? manifest.project.target;
  const store = await openStore(
    engine,
    (['raw', 'clean', 'marts'] as const).map((layer) => layerSchema(manifest, target, layer)),
  );
  const snapshot = await readSnapshot(store);
  const steps = new Map((await readLastSteps(store)).map((step) => [step.model, step]));
  const look = lookInto(manifest, snapshot, steps);
  const tests = await readTestResults(store);
  const isNew = store.schemaVersion === 0;
  const accounts: Awaited<ReturnType<typeof readAccounts>> = isNew ? new Map() : await readAccounts(engine);
  const arrivals: Awaited<ReturnType<typeof readLastArrivals>> = isNew ? new Map() : await readLastArrivals(engine);
  return {
    runs: await readRuns(store),
    models: Object.fromEntries(
      manifest.models.map((model) => {
        const { schema, table } = publishedName(manifest, target, model.name);
        const status = statusOf(model, look, `${schema}.${table}`);
        const account = accounts.get(model.name);
        const arrived = model.form === 'source' ? arrivals.get(model.name) : undefined;
        return [model.name, { ...status, ...(account ? { account } : {}), ...(arrived ? { arrivals: arrived } : {}) }];
      }),
    ),
    tests: Object.fromEntries(tests.map((result) => [result.test, result])),
    problems: (await readProblems(store)).filter(({ endedAt }) => endedAt === undefined).map(toProblem),
    drift: isNew ? [] : listDrift(manifest, await readDrift(engine)),
  };
}

/** Of sources and declarations as they are now: what was taken out or declared since the last load is told of no longer. */
function listDrift(manifest: Manifest, drift: readonly DriftRecord[]): readonly SourceDrift[] {
  const models = new Map(manifest.models.map((model) => [model.name, model]));
  return drift.flatMap(({ declaredType: _, accepted: __, ...one }) => {
    const model = models.get(one.model);
    if (model?.form !== 'source') return [];
    const isDeclared = model.columns.some(
      ({ name, from }) => (one.kind === 'added' ? (from ?? name) : name) === one.column,
    );
    return isDeclared === (one.kind !== 'added') ? [one] : [];
  });
}

interface Look {
  readonly models: ReadonlyMap<string, ManifestModel>;
  readonly versions: ReadonlyMap<string, VersionRecord>;
  readonly steps: ReadonlyMap<string, LastStep>;
  /** Models whose last build failed. */
  readonly failures: StateSnapshot['failures'];
  /** Models with a test that last failed, and is the same today. */
  readonly refused: ReadonlySet<string>;
}

function lookInto(manifest: Manifest, snapshot: StateSnapshot, steps: ReadonlyMap<string, LastStep>): Look {
  const marks = new Map(snapshot.tests.map((mark) => [mark.test, mark]));
  const refusing = manifest.tests.filter((test) => {
    const mark = marks.get(test.name);
    const isFailure = mark?.status === 'failed' || mark?.status === 'error';
    return isFailure && mark.checkHash === planTest(test).checkHash;
  });
  return {
    models: new Map(manifest.models.map((model) => [model.name, model])),
    versions: new Map(snapshot.versions.map((version) => [version.model, version])),
    steps,
    failures: snapshot.failures,
    refused: new Set(refusing.flatMap(({ model }) => model ?? [])),
  };
}

function statusOf(model: ManifestModel, look: Look, relation: string): ModelStatus {
  const version = look.versions.get(model.name);
  const broken = whyBroken(model, look);
  if (version === undefined) {
    return { model: model.name, status: broken === undefined ? 'never' : 'failing', reason: broken ?? 'never built' };
  }
  const stale = whyStale(model, version, look.versions);
  return {
    model: model.name,
    status: broken !== undefined ? 'failing' : stale !== undefined ? 'stale' : 'ok',
    ...(broken === undefined && stale === undefined ? {} : { reason: (broken ?? stale)! }),
    relation,
    fingerprint: version.fingerprint,
    ...(version.rows === undefined ? {} : { rows: version.rows }),
    ...(version.rejected === undefined ? {} : { rejected: version.rejected }),
    builtAt: version.validFrom,
    run: version.run,
    ...(version.freshThrough === undefined ? {} : { freshThrough: version.freshThrough }),
    ...(version.completeThrough === undefined ? {} : { completeThrough: version.completeThrough }),
  };
}

/**
 * What stopped the last step of a model, unless it has passed without another step: the definition or the test that failed is no more, and a run finds what is published
 * fresh.
 */
function whyBroken(model: ManifestModel, look: Look): string | undefined {
  const step = look.steps.get(model.name);
  const version = look.versions.get(model.name);
  if (step === undefined || (step.status !== 'failed' && step.status !== 'skipped')) return undefined;
  const { reason } = step;
  if (version === undefined || look.failures[model.name] !== undefined) return reason;
  if (step.status === 'failed') return look.refused.has(model.name) ? reason : undefined;
  if (model.form === 'source' || whyStale(model, version, look.versions) !== undefined) return reason;
  return model.reads.some((name) => isBroken(name, look)) ? reason : undefined;
}

function isBroken(name: string, look: Look): boolean {
  const model = look.models.get(name);
  return model !== undefined && whyBroken(model, look) !== undefined;
}

function whyStale(
  model: ManifestModel,
  version: VersionRecord,
  versions: ReadonlyMap<string, VersionRecord>,
): string | undefined {
  const other = whyOther(version, model);
  if (other !== undefined) return `${other} since it was built`;
  const inputs = Object.fromEntries(
    inputsOf(model).flatMap((name) => {
      const input = versions.get(name);
      return input === undefined ? [] : [[name, input.build]];
    }),
  );
  const changed = changedBuilds(version.inputs, inputs);
  return changed.length === 0 ? undefined : `built before ${changed.map((name) => `\`${name}\``).join(', ')} changed`;
}
