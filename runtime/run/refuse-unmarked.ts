import type { Manifest } from '../../compiler/index.ts';
import type { Engine } from '../engine/engine.ts';
import { howToMend } from '../state/open-store.ts';
import type { StateSnapshot } from '../state/records.ts';
import { StateError } from '../state/state-error.ts';
import { publishedName } from './target-names.ts';

/**
 * Views and marks are written in one transaction: a published name over a built table that no mark knows means that marks were lost. One query, and only where such a name is there.
 * @throws StateError before anything is dropped or built under a name that is taken
 */
export async function refuseUnmarked(
  engine: Engine,
  manifest: Manifest,
  target: string,
  snapshot: Pick<StateSnapshot, 'versions' | 'relations'>,
): Promise<void> {
  const marked = new Set(snapshot.versions.map((version) => version.model));
  const suspects = manifest.models
    .filter((model) => !marked.has(model.name))
    .map((model) => publishedName(manifest, target, model.name))
    .filter(({ schema, table }) => snapshot.relations.has(`${schema}.${table}`));
  if (suspects.length === 0) return;
  const names = new Set(suspects.map(({ schema, table }) => `${schema}.${table}`));
  const catalog = await engine.readCatalog([...new Set(suspects.map(({ schema }) => schema))]);
  const unmarked = catalog.filter(
    ({ name, reads }) =>
      names.has(`${name.schema}.${name.table}`) && reads.some(({ schema }) => schema === 'etalon_tables'),
  );
  const first = unmarked[0];
  if (first === undefined) return;
  const more = unmarked.length > 1 ? ` and ${unmarked.length - 1} more` : '';
  throw new StateError(
    `\`${first.name.schema}.${first.name.table}\`${more} is published, and \`etalon_state\` has no record of it: ${howToMend}`,
  );
}
