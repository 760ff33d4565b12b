import { type Manifest, qualify } from '../../compiler/index.ts';
import { type Engine, EngineError } from '../engine/engine.ts';
import { type HeldClaim, holdClaim } from '../state/claim.ts';
import { FencedOff } from '../state/fenced-off.ts';
import { migrate } from '../state/migrate.ts';
import type { Store } from '../state/open-store.ts';
import { readSnapshot } from '../state/read-snapshot.ts';
import { retireFiles, retireVersion } from '../state/record.ts';
import { claimTarget } from './claim-target.ts';
import { collectGarbage } from './collect-garbage.ts';
import { openTargetStore } from './prepare-run.ts';
import { publishedName, rejectedName } from './target-names.ts';

export interface CleanRequest {
  readonly engine: Engine;
  readonly manifest: Manifest;
  /** The target's name; absent: the project's default. */
  readonly target?: string;
}

/** A model that is published and defined no longer. */
export interface Orphan {
  readonly model: string;
  /** Published names that go with it, as `schema.name`. */
  readonly names: readonly string[];
  readonly rows?: number;
}

export interface Cleaned {
  readonly dropped: readonly string[];
  /** Still read by something that Etalon did not make. */
  readonly kept: readonly { readonly model: string; readonly why: string }[];
}

/** What is published and no definition owns; looks only. */
export async function findOrphans(request: CleanRequest): Promise<readonly Orphan[]> {
  return readOrphans(request, await openTargetStore(request));
}

/**
 * Drops what no definition owns: published names first, then the tables behind them. Files of a dropped source count as never loaded.
 * @throws EngineError `busy` where a run holds the target
 */
export async function cleanTarget(request: CleanRequest, owner: string, at: string): Promise<Cleaned> {
  const { engine, manifest } = request;
  const store = await openTargetStore(request);
  if (store.schemaVersion === 0) return { dropped: [], kept: [] };
  await migrate(engine, store.schemaVersion, at);
  const claim = await claimTarget(engine, owner);
  try {
    const dropped: string[] = [];
    const kept: { model: string; why: string }[] = [];
    for (const orphan of await readOrphans(request, store)) {
      const why = await dropOrphan(request, orphan, claim, at);
      if (why === undefined) dropped.push(...orphan.names);
      else kept.push({ model: orphan.model, why });
    }
    const tenure = { claim, writes: new Set<string>(), staged: new Set<string>() };
    const collected = await collectGarbage(engine, store, manifest, tenure);
    return { dropped: [...dropped, ...collected.dropped], kept };
  } finally {
    await claim.release();
  }
}

async function readOrphans({ manifest, target }: CleanRequest, store: Store): Promise<readonly Orphan[]> {
  const defined = new Set(manifest.models.map((model) => model.name));
  const { versions } = await readSnapshot(store);
  return versions
    .filter((version) => !defined.has(version.model))
    .map((version) => {
      const name = publishedName(manifest, target ?? manifest.project.target, version.model);
      const names = [name, rejectedName(name)].map(({ schema, table }) => `${schema}.${table}`);
      return {
        model: version.model,
        names: names.filter((published) => store.relations.has(published)),
        ...(version.rows === undefined ? {} : { rows: version.rows }),
      };
    });
}

/** In one transaction with its marks; never CASCADE, so that a view of somebody else's stays whole. Why not, where it could not. */
async function dropOrphan(
  { engine, manifest, target }: CleanRequest,
  orphan: Orphan,
  claim: HeldClaim,
  at: string,
): Promise<string | undefined> {
  const name = publishedName(manifest, target ?? manifest.project.target, orphan.model);
  try {
    await engine.transaction(async (session) => {
      if (!(await holdClaim(session, claim))) throw new FencedOff();
      for (const view of [rejectedName(name), name]) {
        const published = orphan.names.includes(`${view.schema}.${view.table}`);
        if (published) await session.execute(`drop view ${qualify(view)}`);
      }
      await retireVersion(session, orphan.model, at);
      await retireFiles(session, orphan.model);
    });
    return undefined;
  } catch (error) {
    if (error instanceof EngineError && error.kind === 'sql') return error.message;
    throw error;
  }
}
