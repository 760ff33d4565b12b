import { loadParser, type ManifestModel } from '../../compiler/index.ts';
import { planRun } from '../schedule/plan-run.ts';
import type { RunPlan } from '../schedule/run-plan.ts';
import type { Observed } from '../schedule/target-state.ts';
import { migrate } from '../state/migrate.ts';
import { newestVersion } from '../state/migrations.ts';
import { listRelations, openStore, type Store } from '../state/open-store.ts';
import { readSnapshot } from '../state/read-snapshot.ts';
import type { StateSnapshot } from '../state/records.ts';
import { readSegmentMarks, type SegmentMark } from '../state/segment-marks.ts';
import { observeSources } from './observe-sources.ts';
import { refuseUnmarked } from './refuse-unmarked.ts';
import type { RunOptions } from './run-options.ts';
import type { Effects } from './run-types.ts';
import { layerSchema, publishedName } from './target-names.ts';

/** Everything that a run looks at before it writes. */
export interface Prepared {
  readonly store: Store;
  readonly snapshot: StateSnapshot;
  readonly observed: Observed;
  readonly plan: RunPlan;
  /** The last cut of each segment, where the run is to see to any. */
  readonly segments: ReadonlyMap<string, SegmentMark>;
}

type LookOptions = Omit<RunOptions, 'threads' | 'command'>;

/** What a run would do, without writing anything but the state's own schema where it is an earlier one; sources that were `observed` already are not looked at. */
export async function prepareRun(options: LookOptions, observed?: Observed): Promise<Prepared> {
  return prepareFrom(options, await openCurrentStore(options), observed);
}

type WhichTarget = Pick<LookOptions, 'manifest' | 'engine' | 'target'>;

export function openTargetStore(options: WhichTarget): Promise<Store> {
  return openStore(options.engine, layerSchemas(options));
}

/** What is there now of what `openTargetStore` lists. */
export function listTarget(options: WhichTarget): Promise<Store['relations']> {
  return listRelations(options.engine, layerSchemas(options));
}

function layerSchemas({ manifest, target }: WhichTarget): readonly string[] {
  const layers = ['raw', 'clean', 'marts'] as const;
  return layers.map((layer) => layerSchema(manifest, target ?? manifest.project.target, layer));
}

/** As `prepareRun`, where the target's store has been opened. */
export async function prepareFrom(options: LookOptions, store: Store, observed?: Observed): Promise<Prepared> {
  await loadParser();
  const { manifest, engine } = options;
  const target = options.target ?? manifest.project.target;
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
  const marks = options.segments === undefined ? [] : await readSegmentMarks(store);
  const segments = new Map(marks.map((mark) => [mark.segment, mark]));
  return { store, snapshot, observed: seen, plan, segments };
}

/** A schema that an earlier Etalon wrote is brought up to date first: nothing can be read from it as it is. */
export async function openCurrentStore(
  options: WhichTarget & { readonly effects: Pick<Effects, 'clock'> },
): Promise<Store> {
  const store = await openTargetStore(options);
  if (store.schemaVersion === 0 || store.schemaVersion === newestVersion) return store;
  await migrate(options.engine, store.schemaVersion, options.effects.clock());
  return openTargetStore(options);
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
