import { type Manifest, qualify } from '../../compiler/index.ts';
import { type Engine, EngineError } from '../engine/engine.ts';
import type { Store } from '../state/open-store.ts';
import { readVersions } from '../state/read-snapshot.ts';
import type { VersionRecord } from '../state/records.ts';
import { changesName, inTables, rejectedName } from './target-names.ts';

/** Drops what nothing points to: old versions beyond those kept, what failed its tests, what a dead run left. Returns the names dropped. */
export async function collectGarbage(engine: Engine, store: Store, manifest: Manifest): Promise<readonly string[]> {
  const found = await engine.execute(
    "select table_name, table_type from information_schema.tables where table_catalog = current_database() and table_schema = 'etalon_tables' order by table_name",
  );
  const live = liveRelations(await readVersions(store), manifest);
  const dead = found.rows
    .map(([name, type]) => ({ name: String(name), view: String(type) === 'VIEW' }))
    .filter(({ name }) => !live.has(name));
  return dropRelations(engine, dead);
}

/** Drops relations of `etalon_tables`; those that somebody reads stay. Returns the names dropped. */
export async function dropRelations(
  engine: Engine,
  dead: readonly { readonly name: string; readonly view: boolean }[],
): Promise<readonly string[]> {
  const dropped: string[] = [];
  // Views first: one that nobody points to may still read a table that nobody points to. Of views that read each other the newest goes first.
  for (const { name, view } of [...dead].sort(
    (a, b) => Number(b.view) - Number(a.view) || buildOf(b.name) - buildOf(a.name),
  )) {
    try {
      await engine.execute(`drop ${view ? 'view' : 'table'} if exists ${qualify(inTables(name))}`);
      dropped.push(name);
    } catch (error) {
      // Read right now, or by a view that somebody else made over it: the next run tries again.
      if (!(error instanceof EngineError)) throw error;
    }
  }
  return dropped;
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
    live.add(table.table);
    live.add(rejectedName(table).table);
    live.add(changesName(table).table);
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
