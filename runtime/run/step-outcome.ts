import type { Arrivals } from '../state/history-types.ts';
import type { Waiting } from './late-rows.ts';
import type { TestOutcome } from './test-relation.ts';

/** What came of a unit of work, before it is told as a `StepResult`. */
export interface StepOutcome {
  readonly status: 'built' | 'fresh' | 'failed';
  readonly tests: readonly TestOutcome[];
  readonly rows?: number;
  readonly rejected?: number;
  readonly arrivals?: Arrivals;
  readonly filesLoaded?: number;
  readonly repaired?: Repaired;
  /** Its journal rows were written with the publish, in one transaction. */
  readonly published?: boolean;
}

/** What a run did to a table that it brought up to date where it stands. */
export interface Repaired {
  readonly unit: 'period' | 'key' | 'all';
  /** Units computed again; -1: all of them. */
  readonly units: number;
  /** The grain of periods, with the first and the last that were computed again. */
  readonly periods?: { readonly by: string; readonly first: string; readonly last: string };
  /** Rows that came or went. */
  readonly rows: number;
  /** Periods that late rows touch and that wait for a backfill. */
  readonly waiting?: Waiting;
}
