import {
  type BackfillBatch,
  findBackfill,
  findUnfinished,
  recordBackfill,
  type StoredBackfill,
} from '../../state/backfills.ts';
import { migrate } from '../../state/migrate.ts';
import { StateError } from '../../state/state-error.ts';
import { withHashKey } from '../hash-key.ts';
import { prepareRun } from '../prepare-run.ts';
import { run } from '../run.ts';
import type { RunOptions } from '../run-options.ts';
import type { RunResult } from '../run-types.ts';
import { type BackfillPlan, type BackfillRequest, planBackfill } from './plan-backfill.ts';

export type BackfillOptions = Omit<RunOptions, 'command' | 'select' | 'fullRefresh' | 'testsOnly' | 'backfill'>;

/** A plan that is stored under an id, and what of it is left to do. */
export interface OpenBackfill {
  readonly id: string;
  readonly plan?: BackfillPlan;
  readonly left: readonly BackfillBatch[];
  readonly done: number;
}

/**
 * Plans a backfill and stores the plan, so that whoever is interrupted can go on. A plan of the same window and models that was not finished is taken up again.
 * @throws StateError where nothing can be computed by periods
 */
export async function openBackfill(
  options: BackfillOptions,
  request: BackfillRequest,
): Promise<OpenBackfill & { readonly plan: BackfillPlan }> {
  const { engine, manifest, effects } = withHashKey(options);
  const { store, snapshot } = await prepareRun(options, { files: {}, tables: {} });
  await migrate(engine, store.schemaVersion, effects.clock());
  const versions = new Map(snapshot.versions.map((version) => [version.model, version]));
  const plan = await planBackfill(engine, manifest, versions, request);
  const batches = plan.models.flatMap((model) => model.batches);
  if (batches.length === 0) return { id: '', plan, left: [], done: 0 };
  const unfinished = await findUnfinished(engine);
  const { from, to, newestFirst } = plan;
  const stored =
    unfinished && isSame(unfinished, { from, to, newestFirst, batches })
      ? unfinished
      : await engine.transaction((session) =>
          recordBackfill(session, { from, to, newestFirst, batches }, effects.clock()),
        );
  return { ...openOf(stored), plan };
}

/** A stored plan by its id. @throws StateError where there is none of that id */
export async function reopenBackfill(options: BackfillOptions, id: string): Promise<OpenBackfill> {
  const { store } = await prepareRun(options, { files: {}, tables: {} });
  const stored = store.schemaVersion === 0 ? undefined : await findBackfill(options.engine, id);
  if (!stored)
    throw new StateError(
      `there is no backfill \`${id}\` on this target: \`select * from etalon_state.backfills\` lists them`,
    );
  return openOf(stored);
}

/** Computes what is left of a stored plan, then brings the models below up to date. Both are runs of their own in the journal; killed anywhere, the same call does the rest. */
export async function runBackfill(options: BackfillOptions, id: string): Promise<RunResult> {
  const stored = await findBackfill(options.engine, id);
  if (!stored) throw new StateError(`there is no backfill \`${id}\` on this target`);
  const models = [...new Set(stored.batches.map(({ model }) => model))];
  const computed = await run({ ...options, command: 'backfill', select: models, backfill: stored });
  if (computed.exitCode !== 0) return computed;
  const followed = await run({ ...options, command: 'backfill', select: belowOf(options, models) });
  const steps = [...computed.steps, ...followed.steps.filter(({ status }) => status !== 'fresh')];
  return {
    ...followed,
    id: computed.id,
    startedAt: computed.startedAt,
    steps,
    tests: [...computed.tests, ...followed.tests],
  };
}

function openOf(stored: StoredBackfill): OpenBackfill {
  const left = stored.batches.filter(({ status }) => status === 'planned');
  return { id: stored.id, left, done: stored.batches.length - left.length };
}

function isSame(stored: StoredBackfill, plan: Omit<StoredBackfill, 'id'>): boolean {
  const key = ({ model, relation, from, to }: BackfillBatch) => [model, relation, from, to].join(' ');
  return stored.batches.map(key).join() === plan.batches.map(key).join();
}

/** Models that read one of those given, at any distance; also one of them that reads another. */
function belowOf({ manifest }: BackfillOptions, names: readonly string[]): readonly string[] {
  const above = new Set(names);
  const below = new Set<string>();
  let before = -1;
  while (before !== below.size) {
    before = below.size;
    for (const model of manifest.models) {
      if (!model.reads.some((read) => above.has(read))) continue;
      above.add(model.name);
      below.add(model.name);
    }
  }
  return [...below].sort();
}
