import type { ManifestTest } from '../../compiler/index.ts';
import type { ObservedFile, ObservedTable } from './target-state.ts';

/** What a run will do, in an order that respects what reads what. Plain data: `describeRunPlan` reads it aloud, `runtime/run` carries it out. */
export interface RunPlan {
  readonly kind: 'run-plan';
  readonly steps: readonly PlannedStep[];
  /** Tests that span models, or read what is built from their own model: run after everything, they hold nothing back. */
  readonly lateTests: readonly PlannedTest[];
}

export interface PlannedStep {
  readonly kind: 'planned-step';
  readonly model: string;
  /**
   * `fresh`: nothing to do. `load`: files to be read or remembered, or a source table that moved. `build`: a new version. `test`: what is published stands, tests of it are due.
   * `blocked`: cannot be done; the reason says why.
   */
  readonly action: 'fresh' | 'load' | 'build' | 'test' | 'blocked';
  readonly reason: string;
  /** The build number of the version that is made, or of the one that is there. */
  readonly build: number;
  /** Models of this plan that come before: what it reads, and what its tests read. */
  readonly after: readonly string[];
  /** Data tests to run before the publish, or on what is published. */
  readonly tests: readonly PlannedTest[];
  readonly files?: FilePlan;
  /** Of a blocked step: loaded files that are gone, whose rows would go with them. */
  readonly gone?: readonly string[];
  /** A source is read anew, and a loss of its history was not accepted: what it has now is compared with what it had, before the publish. */
  readonly guarded?: boolean;
  readonly table?: ObservedTable;
  /** Of a source table: what came or went is known row by row. */
  readonly appended?: boolean;
  /** The version that is there is brought up to date, row by row; absent: a new one is built beside it. */
  readonly inPlace?: InPlace;
}

/**
 * `increment`: only what changes of inputs touch is computed; `seen` is the build of each changed input that the model knows. `merge`: all of it is computed, and what differs written,
 * so that those who follow the model see what changed. `backfill`: the periods from one to before another, whatever changed.
 */
export type InPlace =
  | {
      readonly kind: 'backfill';
      readonly id: string;
      readonly number: number;
      readonly from: string;
      readonly to: string;
    }
  | { readonly kind: 'increment'; readonly seen: Readonly<Record<string, number>> }
  | { readonly kind: 'merge' };

export interface PlannedTest {
  readonly test: ManifestTest;
  /** Of what the test checks and what it bears: another hash is another test. */
  readonly checkHash: string;
}

export interface FilePlan {
  /** Into a new relation: everything is loaded again. */
  readonly anew: boolean;
  readonly load: readonly ObservedFile[];
  /** Paths whose rows are taken out before their files are loaded again. */
  readonly replace: readonly string[];
  /** Same content under another time or name: remembered, not loaded. */
  readonly remember: readonly { readonly file: ObservedFile; readonly was: string }[];
}
