import type { Manifest, ManifestModel } from '../../compiler/index.ts';
import type { Engine } from '../engine/engine.ts';
import { whyOtherDefinition } from '../schedule/keyed-fingerprint.ts';
import { changedBuilds } from '../schedule/test-marks.ts';
import type { History, ModelStatus } from '../state/history-types.ts';
import { openStore } from '../state/open-store.ts';
import { type LastStep, readLastSteps, readRuns, readTestResults } from '../state/read-journal.ts';
import { readSnapshot } from '../state/read-snapshot.ts';
import type { VersionRecord } from '../state/records.ts';
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
  const versions = new Map(snapshot.versions.map((version) => [version.model, version]));
  const steps = new Map((await readLastSteps(store)).map((step) => [step.model, step]));
  const tests = await readTestResults(store);
  return {
    runs: await readRuns(store),
    models: Object.fromEntries(
      manifest.models.map((model) => {
        const { schema, table } = publishedName(manifest, target, model.name);
        return [model.name, statusOf(model, versions, steps.get(model.name), `${schema}.${table}`)];
      }),
    ),
    tests: Object.fromEntries(tests.map((result) => [result.test, result])),
  };
}

function statusOf(
  model: ManifestModel,
  versions: ReadonlyMap<string, VersionRecord>,
  step: LastStep | undefined,
  relation: string,
): ModelStatus {
  const version = versions.get(model.name);
  const broken =
    step !== undefined && (step.status === 'failed' || step.status === 'skipped') ? step.reason : undefined;
  if (version === undefined) {
    return { model: model.name, status: broken === undefined ? 'never' : 'failing', reason: broken ?? 'never built' };
  }
  const stale = whyStale(model, version, versions);
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

function whyStale(
  model: ManifestModel,
  version: VersionRecord,
  versions: ReadonlyMap<string, VersionRecord>,
): string | undefined {
  const other = whyOtherDefinition(version.fingerprint, model.fingerprint);
  if (other !== undefined) return `${other} since it was built`;
  const inputs = Object.fromEntries(
    model.reads.flatMap((name) => {
      const input = versions.get(name);
      return input === undefined ? [] : [[name, input.build]];
    }),
  );
  const changed = changedBuilds(version.inputs, inputs);
  return changed.length === 0 ? undefined : `built before ${changed.map((name) => `\`${name}\``).join(', ')} changed`;
}
