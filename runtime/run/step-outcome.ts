import type { TestOutcome } from './test-relation.ts';

/** What came of a unit of work, before it is told as a `StepResult`. */
export interface StepOutcome {
  readonly status: 'built' | 'fresh' | 'failed';
  readonly tests: readonly TestOutcome[];
  readonly rows?: number;
  readonly rejected?: number;
  readonly filesLoaded?: number;
  /** Its journal rows were written with the publish, in one transaction. */
  readonly published?: boolean;
}
