import { loadParser, type ManifestModel } from '../../compiler/index.ts';
import { planRun } from '../schedule/plan-run.ts';
import type { RunPlan } from '../schedule/run-plan.ts';
import type { Observed } from '../schedule/target-state.ts';
import { migrate } from '../state/migrate.ts';
import { newestVersion } from '../state/migrations.ts';
import { openStore, type Store } from '../state/open-store.ts';
import { readSnapshot } from '../state/read-snapshot.ts';
import type { StateSnapshot } from '../state/records.ts';
import { observeSources } from './observe-sources.ts';
import { refuseUnmarked } from './refuse-unmarked.ts';
import type { RunOptions } from './run-options.ts';
import { layerSchema, publishedName } from './target-names.ts';

/** Everything that a run looks at before it writes. */
export interface Prepared {
  readonly store: Store;
  readonly snapshot: StateSnapshot;
  readonly observed: Observed;
  readonly plan: RunPlan;
}

/** What a run would do, without writing anything but the state's own schema where it is an earlier one; the run itself gives what it has `observed` already. */
export async function prepareRun(
  options: Omit<RunOptions, 'threads' | 'command'>,
  observed?: Observed,
): Promise<Prepared> {
  await loadParser();
  const { manifest, engine } = options;
  const target = options.target ?? manifest.project.target;
  const schemas = (['raw', 'clean', 'marts'] as const).map((layer) => layerSchema(manifest, target, layer));
  const store = await openCurrent(options, schemas);
  const snapshot = await readSnapshot(store);
  await refuseUnmarked(engine, manifest, target, snapshot);
  const seen = observed ?? (await observe(options, snapshot));
  const plan = planRun(manifest, snapshot, seen, {
    ...(options.select === undefined ? {} : { select: options.select }),
    fullRefresh: options.fullRefresh ?? false,
    acceptLoss: options.acceptLoss ?? false,
    publishedAs: (model) => {
      const name = publishedName(manifest, target, model);
      return `${name.schema}.${name.table}`;
    },
  });
  return { store, snapshot, observed: seen, plan };
}

/** A schema that an earlier Etalon wrote is brought up to date first: nothing can be read from it as it is. */
async function openCurrent(
  { engine, effects }: Pick<RunOptions, 'engine' | 'effects'>,
  schemas: readonly string[],
): Promise<Store> {
  const store = await openStore(engine, schemas);
  if (store.schemaVersion === 0 || store.schemaVersion === newestVersion) return store;
  await migrate(engine, store.schemaVersion, effects.clock());
  return openStore(engine, schemas);
}

function observe(
  options: Pick<RunOptions, 'manifest' | 'engine' | 'effects' | 'select' | 'testsOnly'>,
  snapshot: StateSnapshot,
): Promise<Observed> {
  const selected = options.select === undefined ? undefined : new Set(options.select);
  const wanted = (model: ManifestModel) => !options.testsOnly && (selected?.has(model.name) ?? true);
  const { engine, effects, manifest } = options;
  return observeSources(engine, effects.folder, manifest.models.filter(wanted), snapshot, effects.clock());
}
