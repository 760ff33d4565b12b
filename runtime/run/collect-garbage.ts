import type { Manifest, ManifestModel } from '../../compiler/index.ts';
import type { Engine, Session } from '../engine/engine.ts';
import { type HeldClaim, lockClaims, readHolders } from '../state/claim.ts';
import type { Store } from '../state/open-store.ts';
import { readVersions } from '../state/read-snapshot.ts';
import type { StateSnapshot, VersionRecord } from '../state/records.ts';
import { changesName, inTables, physicalName, rejectedName, scratchName } from './target-names.ts';

/** Who clears up, and what of it is theirs though others are at work. */
export interface Tenure {
  readonly claim: HeldClaim;
  /** Models that are claimed for writing: nobody else makes or reads a version of theirs. */
  readonly writes: ReadonlySet<string>;
  /** Relations that this run makes, or has made in vain. */
  readonly staged: ReadonlySet<string>;
}

/** So long nobody can begin a run meanwhile. Milliseconds. */
const longest = 5_000;

/** What of `etalon_tables` was dropped, what is still there, and the versions that it was judged by. */
export interface Collected {
  readonly dropped: readonly string[];
  readonly left: ReadonlySet<string>;
  readonly versions: readonly VersionRecord[];
}

/** May there be something to drop? Goes by what planning has read, of which older versions that are kept are no part: for those one look more is taken in vain. */
export function mayHaveGarbage({ relations, versions }: StateSnapshot, manifest: Manifest): boolean {
  const live = liveRelations(versions, manifest);
  const own = [...relations].filter((name) => name.startsWith('etalon_tables.'));
  return own.some((name) => !live.has(name.slice('etalon_tables.'.length)));
}

/**
 * Drops what nothing points to: old versions beyond those kept, what failed its tests, what a dead run left. What a relation that nobody has published
 * is for cannot be seen from outside: so everything is dropped only where no other run is at work, and none can begin meanwhile; beside others, only what is this run's own.
 */
export async function collectGarbage(
  engine: Engine,
  store: Store,
  manifest: Manifest,
  tenure: Tenure,
): Promise<Collected> {
  const seen = await lookAround(engine, store, manifest);
  if (seen.dead.length === 0) return without([], seen);
  return engine.transaction(async (session) => {
    await lockClaims(session);
    const { holders } = await readHolders(session);
    const { run } = tenure.claim;
    if (!holders.some((holder) => holder.run === run)) return without([], seen);
    const now = await lookAround(session, store, manifest);
    const isOwn = ({ name, model }: Dead) =>
      tenure.staged.has(name) || (model !== undefined && tenure.writes.has(model));
    const dead = holders.length === 1 ? now.dead : now.dead.filter(isOwn);
    return without(await dropRelations(engine, dead, longest), now);
  });
}

function without(dropped: readonly string[], { tables, versions }: Seen): Collected {
  const gone = new Set(dropped);
  return { dropped, left: new Set(tables.filter((name) => !gone.has(name))), versions };
}

interface Dead {
  readonly name: string;
  readonly view: boolean;
  /** Whose old version it is, or beside whose it stands; absent: never published. */
  readonly model: string | undefined;
}

interface Seen {
  readonly tables: readonly string[];
  readonly versions: readonly VersionRecord[];
  readonly dead: readonly Dead[];
}

async function lookAround(session: Session, store: Store, manifest: Manifest): Promise<Seen> {
  const found = await session.execute(
    "select table_name, table_type from information_schema.tables where table_catalog = current_database() and table_schema = 'etalon_tables' order by table_name",
  );
  const versions = await readVersions({ ...store, session });
  const live = liveRelations(versions, manifest);
  const models = new Map(versions.flatMap(({ model, relation }) => namesOf(relation).map((name) => [name, model])));
  const tables = found.rows.map(([name]) => String(name));
  const dead = found.rows
    .map(([name, type]) => ({ name: String(name), view: String(type) === 'VIEW', model: models.get(String(name)) }))
    .filter(({ name }) => !live.has(name));
  return { tables, versions, dead };
}

/** Drops relations of `etalon_tables`; those that somebody reads stay. Returns the names dropped. */
export async function dropRelations(
  engine: Engine,
  dead: readonly Pick<Dead, 'name' | 'view'>[],
  longest = Number.POSITIVE_INFINITY,
): Promise<readonly string[]> {
  const began = performance.now();
  const dropped: string[] = [];
  // Views first: one that nobody points to may still read a table that nobody points to. Of views that read each other the newest goes first.
  const sorted = [...dead].sort((a, b) => Number(b.view) - Number(a.view) || buildOf(b.name) - buildOf(a.name));
  for (const { name, view } of sorted) {
    if (performance.now() - began > longest) break;
    // What is read right now, or by a view that somebody else made over it, is left to the next run.
    if (await engine.drop(inTables(name), view ? 'view' : 'table')) dropped.push(name);
  }
  return dropped;
}

/** A relation and what stands beside it. */
function namesOf(relation: string): readonly string[] {
  const table = inTables(relation);
  return [table, rejectedName(table), changesName(table)].map((name) => name.table);
}

/** Relations that a step makes, and that it leaves where it fails. */
export function stagedNames(model: ManifestModel, build: number, current: string | undefined): readonly string[] {
  const own = namesOf(physicalName(model, build).table);
  if (current === undefined) return own;
  const table = inTables(current);
  const scratch = (['units', 'rows', 'late'] as const).map((what) => scratchName(table, what, build).table);
  return [...own, ...scratch];
}

function buildOf(relation: string): number {
  return Number(/__(\d+)$/.exec(relation)?.[1] ?? 0);
}

/** Relations of the current versions, of those that `snapshots` keeps, and of all that kept views read. */
export function liveRelations(versions: readonly VersionRecord[], manifest: Manifest): ReadonlySet<string> {
  const keeps = new Map(manifest.models.map((model) => [model.name, model.snapshots]));
  const byBuild = new Map(versions.map((version) => [`${version.model}@${version.build}`, version]));
  const live = new Set<string>();
  const seen = new Map<string, number>();
  const keep = (version: VersionRecord): void => {
    const table = inTables(version.relation);
    if (live.has(table.table)) return;
    for (const name of namesOf(version.relation)) live.add(name);
    if (version.relationKind !== 'view') return;
    for (const [model, build] of Object.entries(version.inputs)) {
      const input = byBuild.get(`${model}@${build}`);
      if (input !== undefined) keep(input);
    }
  };
  for (const version of versions) {
    const place = seen.get(version.model) ?? 0;
    seen.set(version.model, place + 1);
    if (version.validTo === undefined || place < (keeps.get(version.model) ?? 0)) keep(version);
  }
  return live;
}
