import type { GeneratedModel } from '../../compiler/index.ts';
import type { TestResult } from '../state/history-types.ts';
import type { AccountPart } from '../state/record-account.ts';
import type { Repaired } from './step-outcome.ts';

/** One unit of work and its outcome. */
export interface StepResult {
  readonly kind: 'step';
  readonly model: string;
  /** `fresh`: nothing to do. `built`: computed, tested, published. `failed`: nothing published. `skipped`: something above failed. */
  readonly status: 'fresh' | 'built' | 'failed' | 'skipped';
  /** Why it was built, failed or skipped, in words. */
  readonly reason: string;
  readonly rows?: number;
  readonly rejected?: number;
  readonly filesLoaded?: number;
  readonly repaired?: Repaired;
  /** Of a table that comes with a model: that model, and what the table is. */
  readonly generated?: GeneratedModel;
  /** Of an account: where the rows of its model went. */
  readonly account?: readonly AccountPart[];
  readonly seconds: number;
  readonly tests: readonly TestResult[];
  readonly error?: string;
}

export interface RunResult {
  readonly kind: 'run';
  readonly id: string;
  readonly command: string;
  readonly target: string;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly steps: readonly StepResult[];
  /** Tests that span models, and those of `etalon test`. */
  readonly tests: readonly TestResult[];
  readonly status: 'done' | 'part' | 'failed' | 'interrupted';
  readonly exitCode: 0 | 1 | 3 | 4 | 5 | 70 | 130;
}

/** What a run tells while it goes on: one NDJSON line each with `--events`. */
export type RunEvent =
  | {
      readonly event: 'run_started';
      readonly run: string;
      readonly at: string;
      readonly models: number;
      readonly target: string;
    }
  | {
      readonly event: 'warning';
      readonly run: string;
      readonly at: string;
      readonly model: string;
      readonly message: string;
    }
  | { readonly event: 'step_started'; readonly run: string; readonly at: string; readonly model: string }
  | { readonly event: 'step_ended'; readonly run: string; readonly at: string; readonly step: StepResult }
  | { readonly event: 'test_ended'; readonly run: string; readonly at: string; readonly result: TestResult }
  | {
      readonly event: 'run_ended';
      readonly run: string;
      readonly at: string;
      readonly status: RunResult['status'];
      readonly seconds: number;
    };

/** Effects of a run. Instants are ISO text in UTC with microseconds' room; tests pass their own. */
export interface Effects {
  readonly clock: () => string;
  readonly emit: (event: RunEvent) => void;
  /** The project's folder, absolute. */
  readonly folder: string;
  readonly signal?: AbortSignal;
}
