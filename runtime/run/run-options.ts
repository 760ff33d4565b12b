import type { Manifest } from '../../compiler/index.ts';
import type { Engine } from '../engine/engine.ts';
import type { StoredBackfill } from '../state/backfills.ts';
import type { HashKey } from './hash-key.ts';
import type { SegmentOptions } from './run-segments.ts';
import type { Effects } from './run-types.ts';

export interface RunOptions {
  readonly manifest: Manifest;
  readonly engine: Engine;
  readonly effects: Effects;
  /** The target's name in project.yml; absent: the project's default. */
  readonly target?: string;
  /** As the journal shall call it: `run`, `build`, `test`, `dev`. */
  readonly command: string;
  /** Names of models; absent: all. */
  readonly select?: readonly string[];
  /** Tests named themselves, besides those of `select`; for `testsOnly`. */
  readonly selectTests?: readonly string[];
  /** Models at a time. */
  readonly threads: number;
  readonly fullRefresh?: boolean;
  /** Rows that a source has no longer may go when it is read anew. */
  readonly acceptLoss?: boolean;
  /** Needed where a model that is built has columns of `hash:`. */
  readonly hashKey?: HashKey;
  /** What to do where another run holds what this one needs: wait and then do the rest, do what it leaves, or (the default) fail at once. */
  readonly ifBusy?: 'wait' | 'skip' | 'fail';
  /** How long to wait before it fails after all; absent: half an hour. */
  readonly waitSeconds?: number;
  /** Only the data tests, all of them, on what is published. */
  readonly testsOnly?: boolean;
  /** Segments that are evaluated after the models, where they are due; absent: none. */
  readonly segments?: SegmentOptions;
  /** Only what is left of a backfill, in place of what is due. */
  readonly backfill?: StoredBackfill;
}
