import { qualify } from '../../compiler/index.ts';
import type { Engine } from '../engine/engine.ts';
import { openStore } from '../state/open-store.ts';
import { readVersions } from '../state/read-snapshot.ts';
import { changesName, inTables } from './target-names.ts';

/**
 * Forgets changes that everybody has seen who follows the table. Goes by what the state says of every published version, not by the definitions: a model that is
 * defined no longer may come back.
 */
export async function pruneChanges(engine: Engine): Promise<void> {
  const store = await openStore(engine, []);
  const versions = (await readVersions(store)).filter((version) => version.validTo === undefined);
  for (const version of versions) {
    const log = changesName(inTables(version.relation));
    if (!store.relations.has(`${log.schema}.${log.table}`)) continue;
    const seen = versions.flatMap((reader) => reader.inputs[version.model] ?? []);
    const known = Math.min(version.build, ...seen);
    await engine.execute(`delete from ${qualify(log)} where _build <= ${known}`);
  }
}
