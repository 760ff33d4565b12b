import { matchFiles, PatternError } from '../run/match-files.ts';
import { newestVersion } from '../state/migrations.ts';
import { giveUpVersion } from '../state/record.ts';
import { restoreState } from '../state/restore-state.ts';
import { StateError } from '../state/state-error.ts';
import { createOwner, withClaim, withJournal } from './claimed.ts';
import { recordGivenUp } from './record-standing.ts';
import { findPublished, isSelected, readStanding, type Standing, type UpkeepRequest } from './standing.ts';

/** A model whose marks and table are given up. */
export interface GivenUp {
  readonly model: string;
  readonly rows?: number;
  /** Of a source: loaded files that are gone, so that their rows cannot come back. */
  readonly gone: readonly string[];
  /** False: it is published, and no record of it is left. */
  readonly recorded: boolean;
}

export interface RebuildPlan {
  readonly models: readonly GivenUp[];
  /** Models that read them, and are built anew as they are. */
  readonly below: readonly string[];
  /** The state is gone: everything that stands is given up, whatever was selected. */
  readonly everything: boolean;
}

/**
 * What `rebuildState` would do; looks only.
 * @throws StateError where the state is an earlier Etalon's
 */
export async function planRebuild(request: UpkeepRequest): Promise<RebuildPlan> {
  const standing = await readStanding(request);
  if (standing.state === 'older') {
    throw new StateError(
      `the schema \`etalon_state\` of this target has version ${standing.store.schemaVersion}, this Etalon wants ${newestVersion}: \`etalon run\` brings it up to date`,
    );
  }
  return planOf(request, standing);
}

function planOf(request: UpkeepRequest, standing: Standing): RebuildPlan {
  const everything = standing.state === 'none';
  const chosen = (model: string) => everything || isSelected(request, model);
  const recorded = standing.snapshot.versions
    .filter(({ model }) => standing.models.has(model) && chosen(model))
    .map(
      ({ model, rows }): GivenUp => ({
        model,
        ...(rows === undefined ? {} : { rows }),
        gone: findGone(request, standing, model),
        recorded: true,
      }),
    );
  const unmarked = findPublished(standing)
    .filter(({ model, relation }) => relation !== undefined && !standing.versions.has(model) && chosen(model))
    .map(({ model }): GivenUp => ({ model, gone: [], recorded: false }));
  const models = [...recorded, ...unmarked].sort((a, b) => (a.model < b.model ? -1 : 1));
  return {
    models,
    below: findBelow(
      standing,
      models.map(({ model }) => model),
    ),
    everything,
  };
}

function findGone(request: UpkeepRequest, { models, snapshot }: Standing, name: string): readonly string[] {
  const pattern = models.get(name)?.source?.pattern;
  if (pattern === undefined) return [];
  try {
    const here = new Set(matchFiles(request.folder, pattern));
    return snapshot.files.filter(({ model, path }) => model === name && !here.has(path)).map(({ path }) => path);
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    return [];
  }
}

function findBelow({ manifest }: Standing, names: readonly string[]): readonly string[] {
  const found = new Set(names);
  for (let before = -1; before !== found.size; ) {
    before = found.size;
    for (const model of manifest.models) if (model.reads.some((read) => found.has(read))) found.add(model.name);
  }
  return [...found].filter((name) => !names.includes(name)).sort();
}

/**
 * Gives up marks and tables, so that the next run builds them whole. Readers keep what is published until then, and where the state was gone it is there again.
 * @throws EngineError `busy` where a run holds the target
 */
export async function rebuildState(request: UpkeepRequest): Promise<RebuildPlan> {
  const { engine } = request;
  const at = request.clock();
  const plan = await planRebuild(request);
  if (plan.models.length === 0) return plan;
  await restoreState(engine, (await readStanding(request)).store, at);
  const id = createOwner('rebuild', at);
  await withClaim(engine, { owner: id, command: 'state rebuild' }, async (write) => {
    const standing = await readStanding(request);
    const views = new Map(findPublished(standing).map((view) => [view.model, view]));
    const chosen = plan.everything ? { ...request, select: plan.models.map(({ model }) => model) } : request;
    await withJournal(request, standing, write, { id, command: 'state rebuild', at }, async (run) => {
      for (const { model } of planOf(chosen, standing).models) {
        const view = views.get(model);
        if (standing.versions.has(model)) await write((session) => giveUpVersion(session, model));
        else if (view?.relation !== undefined) {
          await recordGivenUp(standing, write, run, { ...view, relation: view.relation }, at);
        }
      }
    });
  });
  return plan;
}
