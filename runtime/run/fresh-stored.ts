import type { Manifest, ManifestModel } from '../../compiler/index.ts';
import type { Engine } from '../engine/engine.ts';
import { inputsOf } from '../schedule/inputs-of.ts';
import { changedBuilds } from '../schedule/test-marks.ts';
import { whyOther } from '../schedule/why-other.ts';
import { openStore } from '../state/open-store.ts';
import { readSnapshot } from '../state/read-snapshot.ts';
import { layerSchema } from './target-names.ts';

/**
 * Tables made for metrics (`grains`) that hold what the tables that they are made from hold now: a question may be answered from these. While a run has not come to one yet, or could not build it,
 * it is not among them, and the question reads the rows.
 *
 * @example
 * planQuery(manifest, request, await readFreshStored({ engine, manifest }))
 */
export async function readFreshStored(on: {
  readonly engine: Engine;
  readonly manifest: Manifest;
  /** The target's name; absent: the project's default. */
  readonly target?: string;
}): Promise<ReadonlySet<string>> {
  const { engine, manifest, target = manifest.project.target } = on;
  const stored = new Map(manifest.models.flatMap((model) => (model.generated?.metric ? [[model.name, model]] : [])));
  if (stored.size === 0) return new Set();
  const schemas = (['raw', 'clean', 'marts'] as const).map((layer) => layerSchema(manifest, target, layer));
  const { versions } = await readSnapshot(await openStore(engine, schemas));
  const current = new Map(versions.map((version) => [version.model, version]));
  const isFresh = (model: ManifestModel): boolean => {
    const version = current.get(model.name);
    if (!version || whyOther(version, model) !== undefined) return false;
    const builds = inputsOf(model).flatMap((name) => {
      const input = current.get(name);
      return input ? [[name, input.build] as const] : [];
    });
    if (changedBuilds(version.inputs, Object.fromEntries(builds)).length > 0) return false;
    return model.reads.every((name) => !stored.has(name) || isFresh(stored.get(name)!));
  };
  return new Set([...stored.values()].filter(isFresh).map(({ name }) => name));
}
