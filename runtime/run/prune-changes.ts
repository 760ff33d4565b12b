import { type Manifest, type QualifiedName, qualify } from '../../compiler/index.ts';
import type { Engine } from '../engine/engine.ts';
import { scheduledSegments } from '../schedule/plan-segments.ts';
import { lockClaims } from '../state/claim.ts';
import { openStore, type Store } from '../state/open-store.ts';
import { readVersions } from '../state/read-snapshot.ts';
import { forgetInputs, hasOtherInputs, readSeenBySegments } from '../state/segment-marks.ts';
import { changesName, inTables } from './target-names.ts';

/** Forgets changes that everybody has seen who follows the table: models and, of those segments that the project evaluates by a schedule, the last evaluations. */
export async function pruneChanges(engine: Engine, manifest: Manifest, run: string): Promise<void> {
  const scheduled = scheduledSegments(manifest).map(({ name }) => name);
  if (await hasOtherInputs(engine, scheduled)) {
    await engine.transaction(async (session) => {
      await lockClaims(session);
      await forgetInputs(session, run, scheduled);
    });
  }
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
  const isKept = store.relations.has('etalon_state.segment_evaluations');
  const evaluations = isKept ? await readSeenBySegments(store.session) : [];
  return versions.flatMap((version) => {
    const log = changesName(inTables(version.relation));
    if (!store.relations.has(`${log.schema}.${log.table}`)) return [];
    const readers = [...versions.map(({ inputs }) => inputs), ...evaluations];
    const seen = readers.flatMap((inputs) => inputs[version.model] ?? []);
    return [{ log, build: Math.min(version.build, ...seen) }];
  });
}
