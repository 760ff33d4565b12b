import type { Manifest } from '../../compiler/index.ts';
import type { Engine } from '../engine/engine.ts';
import { openTargetStore } from '../run/prepare-run.ts';
import { isDueByClock, scheduledSegments } from '../schedule/plan-segments.ts';
import { newestVersion } from '../state/migrations.ts';
import { readSegmentMarks } from '../state/segment-marks.ts';

export interface DueRequest {
  readonly manifest: Manifest;
  readonly engine: Engine;
  readonly target: string;
  /** Names of segments. */
  readonly among: ReadonlySet<string>;
  /** The wall clock. */
  readonly now: string;
}

/** Segments for which a tick has come that was not evaluated, or a new rule, and the models that they are made from, all the way up. */
export interface Due {
  readonly segments: readonly string[];
  readonly models: readonly string[];
}

/** Looks and never writes. */
export async function findDue({ manifest, engine, target, among, now }: DueRequest): Promise<Due> {
  const store = await openTargetStore({ manifest, engine, target });
  // What an earlier Etalon left remembers no segment.
  const marks = store.schemaVersion < newestVersion ? [] : await readSegmentMarks(store);
  const last = new Map(marks.map((mark) => [mark.segment, mark]));
  const due = scheduledSegments(manifest)
    .filter(({ name }) => among.has(name))
    .filter((segment) => isDueByClock({ manifest, last: last.get(segment.name), now }, segment));
  return {
    segments: due.map(({ name }) => name),
    models: modelsAbove(
      manifest,
      due.flatMap(({ reads }) => reads),
    ),
  };
}

function modelsAbove({ models }: Manifest, names: readonly string[]): readonly string[] {
  const byName = new Map(models.map((model) => [model.name, model]));
  const found = new Set<string>();
  const visit = (name: string): void => {
    if (found.has(name)) return;
    found.add(name);
    byName.get(name)?.reads.forEach(visit);
  };
  names.forEach(visit);
  return models.map(({ name }) => name).filter((name) => found.has(name));
}
