import type { Manifest } from '../../compiler/index.ts';
import type { Engine, Session } from '../engine/engine.ts';
import { openTargetStore } from '../run/prepare-run.ts';
import { newestVersion } from '../state/migrations.ts';

export interface StateQuery {
  readonly manifest: Manifest;
  readonly engine: Engine;
  readonly target: string;
}

/** Asks what a target remembers of segments; undefined where it was never written to, or last by an Etalon that remembered nothing of them. Never writes. */
export async function queryState<T>(
  { manifest, engine, target }: StateQuery,
  work: (session: Session) => Promise<T>,
): Promise<T | undefined> {
  const store = await openTargetStore({ manifest, engine, target });
  return store.schemaVersion < newestVersion ? undefined : work(engine);
}
