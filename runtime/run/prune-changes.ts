import { type QualifiedName, qualify } from '../../compiler/index.ts';
import type { Engine } from '../engine/engine.ts';
import { openStore, type Store } from '../state/open-store.ts';
import { readVersions } from '../state/read-snapshot.ts';
import { changesName, inTables } from './target-names.ts';

/** Forgets changes that everybody has seen who follows the table. */
export async function pruneChanges(engine: Engine): Promise<void> {
  for (const { log, build } of await findSeenChanges(await openStore(engine, []))) {
    await engine.execute(`delete from ${qualify(log)} where _build <= ${build}`);
  }
}

/**
 * Logs of changes, each with the last build that all have seen who follow its table. Goes by what the state says of every published version, not by the definitions: a model that is
 * defined no longer may come back.
 */
export async function findSeenChanges(
  store: Store,
): Promise<readonly { readonly log: QualifiedName; readonly build: number }[]> {
  const versions = (await readVersions(store)).filter((version) => version.validTo === undefined);
  return versions.flatMap((version) => {
    const log = changesName(inTables(version.relation));
    if (!store.relations.has(`${log.schema}.${log.table}`)) return [];
    const seen = versions.flatMap((reader) => reader.inputs[version.model] ?? []);
    return [{ log, build: Math.min(version.build, ...seen) }];
  });
}
