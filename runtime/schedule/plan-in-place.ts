import { type Manifest, type ManifestModel, tellsArrival } from '../../compiler/index.ts';
import type { InPlace } from './run-plan.ts';
import type { PublishedVersion } from './target-state.ts';

export interface Followed {
  readonly manifest: Manifest;
  /** The build that each model will have, and the build since which its changes are known. */
  readonly builds: ReadonlyMap<string, number>;
  readonly since: ReadonlyMap<string, number>;
  /** Models that an incremental one reads. */
  readonly followed: ReadonlySet<string>;
}

/** Can the version that is there be brought up to date row by row? Undefined: a new one is built. */
export function planInPlace(
  { manifest, builds, since, followed }: Followed,
  model: ManifestModel,
  version: PublishedVersion,
): InPlace | undefined {
  if (model.materialized === 'view' || model.key.length === 0 || model.snapshots > 0) return undefined;
  if (model.increment?.kind === 'increment') {
    const followed = model.increment.edges.map(({ input }) => input);
    const changed = followed.filter((name) => builds.get(name) !== version.inputs[name]);
    const isKnown = (name: string) => {
      // Nothing tells what is new there; the author says how many periods are done again instead.
      if (model.incremental?.lookback !== undefined && !isLogged(manifest, name)) return true;
      const seen = version.inputs[name];
      return seen !== undefined && isLogged(manifest, name) && (since.get(name) ?? Number.POSITIVE_INFINITY) <= seen;
    };
    if (changed.length > 0 && changed.every(isKnown)) {
      return { kind: 'increment', seen: Object.fromEntries(changed.map((name) => [name, version.inputs[name] ?? 0])) };
    }
  }
  return followed.has(model.name) ? { kind: 'merge' } : undefined;
}

/** Of which models is it written down which rows changed? */
export function isLogged(manifest: Manifest, name: string): boolean {
  const model = manifest.models.find((one) => one.name === name);
  if (model?.form === 'source') return model.source?.from === 'files' || tellsArrival(model);
  return model !== undefined && model.materialized !== 'view';
}
