import { liveRelations } from '../run/collect-garbage.ts';
import { readVersions } from '../state/read-snapshot.ts';
import type { Finding } from './finding.ts';
import { listNames } from './finding.ts';
import type { Standing } from './standing.ts';

/** Relations of `etalon_tables` that no current or kept version is, or reads. */
export async function findStrays(standing: Standing): Promise<readonly string[]> {
  const live = liveRelations(await readVersions(standing.store), standing.manifest);
  return [...standing.catalog.values()]
    .filter(({ name }) => name.schema === 'etalon_tables' && !live.has(name.table))
    .map(({ name }) => name.table);
}

export async function checkStrays(standing: Standing): Promise<readonly Finding[]> {
  const strays = await findStrays(standing);
  if (strays.length === 0) return [];
  const message = `${strays.length === 1 ? '1 relation' : `${strays.length} relations`} of \`etalon_tables\` that nothing points to: ${listNames(strays)}`;
  return [{ kind: 'finding', what: 'stray', message, mend: '`etalon gc` drops what is left over' }];
}
