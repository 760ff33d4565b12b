import { loadParser, type Manifest, type ManifestModel, type QualifiedName } from '../../compiler/index.ts';
import type { CatalogEntry, Engine } from '../engine/engine.ts';
import { type HashKey, withHashKey } from '../run/hash-key.ts';
import type { Naming } from '../run/run-context.ts';
import { changesName, inTables, layerSchema, publishedName, rejectedName } from '../run/target-names.ts';
import { newestVersion } from '../state/migrations.ts';
import { lookAtStore, type Store } from '../state/open-store.ts';
import { readSnapshot } from '../state/read-snapshot.ts';
import type { CurrentVersion, StateSnapshot } from '../state/records.ts';

export interface UpkeepRequest {
  readonly engine: Engine;
  readonly manifest: Manifest;
  /** The target's name; absent: the project's default. */
  readonly target?: string;
  /** Names of models; absent: all, and what belongs to none. */
  readonly select?: readonly string[];
  /** The project's folder, absolute. */
  readonly folder: string;
  /** The instant now, ISO text in UTC. */
  readonly clock: () => string;
  /** The key of `hash:` columns: who has none does not compute them. */
  readonly hashKey?: HashKey;
}

/** What stands in a target, and what its state says of it. */
export interface Standing {
  readonly engine: Engine;
  readonly hashKey?: HashKey;
  readonly manifest: Manifest;
  readonly target: string;
  readonly models: ReadonlyMap<string, ManifestModel>;
  readonly store: Store;
  /** Empty where the state is not `current`. */
  readonly snapshot: StateSnapshot;
  readonly versions: ReadonlyMap<string, CurrentVersion>;
  /** `older`: the next run brings the state's schema up to date. `none`: there is none, or it was emptied. */
  readonly state: 'current' | 'older' | 'none';
  /** Every relation of the layers and of `etalon_tables`, by `schema.name`. */
  readonly catalog: ReadonlyMap<string, CatalogEntry>;
}

const layers = ['raw', 'clean', 'marts'] as const;

/** Looks, and writes nothing. */
export async function readStanding(
  request: Pick<UpkeepRequest, 'engine' | 'manifest' | 'target' | 'hashKey'>,
): Promise<Standing> {
  await loadParser();
  const { engine, manifest, hashKey } = withHashKey(request);
  const target = request.target ?? manifest.project.target;
  const schemas = [...new Set(layers.map((layer) => layerSchema(manifest, target, layer)))];
  const store = await lookAtStore(engine, schemas);
  const state = store.schemaVersion === 0 ? 'none' : store.schemaVersion < newestVersion ? 'older' : 'current';
  const snapshot = await readSnapshot(state === 'current' ? store : { ...store, schemaVersion: 0 });
  const catalog = await engine.readCatalog([...schemas, 'etalon_tables']);
  return {
    engine,
    ...(hashKey === undefined ? {} : { hashKey }),
    manifest,
    target,
    models: new Map(manifest.models.map((model) => [model.name, model])),
    store,
    snapshot,
    versions: new Map(snapshot.versions.map((version) => [version.model, version])),
    state,
    catalog: new Map(catalog.map((entry) => [nameOf(entry.name), entry])),
  };
}

export function nameOf({ schema, table }: QualifiedName): string {
  return `${schema}.${table}`;
}

export function findEntry({ catalog }: Pick<Standing, 'catalog'>, name: QualifiedName): CatalogEntry | undefined {
  return catalog.get(nameOf(name));
}

/** How SQL over models is rendered for what stands, as of an instant. */
export function namingOf(
  standing: Standing,
  startedAt: string,
  published: Naming['published'] = standing.versions,
): Naming {
  const { manifest, models, engine, target } = standing;
  return { manifest, models, engine, target, startedAt, published };
}

/** A published view over a built relation. */
export interface PublishedView {
  readonly model: string;
  readonly view: QualifiedName;
  /** The relation in `etalon_tables`; absent: what the view reads is gone. */
  readonly relation?: CatalogEntry;
}

/** Every published name that reads a built relation, whether a record knows it or not. Names of rejected rows go with their model's. */
export function findPublished(standing: Standing): readonly PublishedView[] {
  const { manifest, target, catalog } = standing;
  const rejected = new Set([...catalog.values()].map(({ name }) => nameOf(rejectedName(name))));
  const found: PublishedView[] = [];
  for (const layer of layers) {
    const schema = layerSchema(manifest, target, layer);
    for (const { name: view, reads } of catalog.values()) {
      const over = reads[0];
      if (view.schema !== schema || reads.length !== 1 || over?.schema !== 'etalon_tables') continue;
      if (rejected.has(nameOf(view)) && rejected.has(nameOf(over))) continue;
      const relation = catalog.get(nameOf(over));
      found.push({ model: `${layer}.${view.table}`, view, ...(relation === undefined ? {} : { relation }) });
    }
  }
  return found.sort((a, b) => (a.model < b.model ? -1 : 1));
}

export function viewOf(standing: Standing, model: string): QualifiedName {
  return publishedName(standing.manifest, standing.target, model);
}

/** The log of changes of the relation, where there is one. */
export function findLog(standing: Standing, relation: string): CatalogEntry | undefined {
  return findEntry(standing, changesName(inTables(relation)));
}

export function isSelected(request: Pick<UpkeepRequest, 'select'>, model: string): boolean {
  return request.select === undefined || request.select.includes(model);
}
