import { type Manifest, type QualifiedName, qualify } from '../../compiler/index.ts';
import type { Engine } from '../engine/engine.ts';
import { scheduledSegments } from '../schedule/plan-segments.ts';
import { lockClaims } from '../state/claim.ts';
import type { Store } from '../state/open-store.ts';
import { readVersions } from '../state/read-snapshot.ts';
import type { VersionRecord } from '../state/records.ts';
import { forgetInputs, hasOtherInputs, readSegmentMarks, type SegmentMark } from '../state/segment-marks.ts';
import type { Collected } from './collect-garbage.ts';
import { changesName, inTables } from './target-names.ts';

interface Pruning {
  readonly engine: Engine;
  readonly store: Store;
  readonly manifest: Manifest;
  readonly run: string;
}

/** A log of changes, and the last build that all have seen who follow its table. */
interface Seen {
  readonly log: QualifiedName;
  readonly build: number;
}

/** Forgets changes that everybody has seen who follows the table: models and, of those segments that the project evaluates by a schedule, the last evaluations. */
export async function pruneChanges(
  { engine, store, manifest, run }: Pruning,
  { left, versions }: Pick<Collected, 'left' | 'versions'>,
): Promise<void> {
  const scheduled = scheduledSegments(manifest).map(({ name }) => name);
  let marks = await readSegmentMarks(store);
  if (hasOtherInputs(marks, scheduled)) {
    await engine.transaction(async (session) => {
      await lockClaims(session);
      await forgetInputs(session, run, scheduled);
    });
    marks = await readSegmentMarks(store);
  }
  for (const { log, build } of seenChanges(versions, ({ table }) => left.has(table), marks)) {
    await engine.execute(`delete from ${qualify(log)} where _build <= ${build}`);
  }
}

/** What everybody has seen, of every log there is. */
export async function findSeenChanges(store: Store): Promise<readonly Seen[]> {
  const isKept = store.relations.has('etalon_state.segment_evaluations');
  const marks = isKept ? await readSegmentMarks(store) : [];
  const isThere = ({ schema, table }: QualifiedName) => store.relations.has(`${schema}.${table}`);
  return seenChanges(await readVersions(store), isThere, marks);
}

/** Goes by what the state says of every published version, not by the definitions: a model that is defined no longer may come back. */
function seenChanges(
  all: readonly VersionRecord[],
  isThere: (log: QualifiedName) => boolean,
  marks: readonly SegmentMark[],
): readonly Seen[] {
  const versions = all.filter((version) => version.validTo === undefined);
  const followed = [...versions, ...marks].map(({ inputs }) => inputs ?? {});
  return versions.flatMap((version) => {
    const log = changesName(inTables(version.relation));
    if (!isThere(log)) return [];
    const seen = followed.flatMap((inputs) => inputs[version.model] ?? []);
    return [{ log, build: Math.min(version.build, ...seen) }];
  });
}
