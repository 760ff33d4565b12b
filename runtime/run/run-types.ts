import type { GeneratedModel } from '../../compiler/index.ts';
import type { Freshness } from '../schedule/judge-freshness.ts';
import type { Arrivals, Problem, TestResult } from '../state/history-types.ts';
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
  /** Of a source: what came. */
  readonly arrivals?: Arrivals;
  readonly filesLoaded?: number;
  readonly repaired?: Repaired;
  /** Of a table that comes with a model: that model, and what the table is. */
  readonly generated?: GeneratedModel;
  /** Of an account: where the rows of its model went. */
  readonly account?: readonly AccountPart[];
  readonly seconds: number;
  readonly tests: readonly TestResult[];
  readonly error?: string;
  /** Of one that was skipped: the model that failed, however far above. */
  readonly cause?: string;
}

/** What came of a segment. */
export interface SegmentResult {
  readonly kind: 'segment';
  readonly segment: string;
  /** Of the rule that was taken. */
  readonly version: number;
  /**
   * `evaluated`: written down. `unchanged`: computed again, and known already. `fresh`: nothing is due. `waiting`: a tick has come and its models are not complete so far. `failed`, `skipped`: nothing was
   * written.
   */
  readonly status: 'evaluated' | 'unchanged' | 'fresh' | 'waiting' | 'failed' | 'skipped';
  readonly reason: string;
  readonly asOf?: string;
  readonly population?: number;
  readonly size?: number;
  readonly unknown?: number;
  /** Against the cut before. */
  readonly entered?: number;
  readonly left?: number;
  /** How many entities were looked at, and why all of them. */
  readonly lookedAt?: number;
  readonly whyAll?: string;
  readonly seconds: number;
  readonly error?: string;
}

/** What an evaluation found. */
export type Evaluated = Required<
  Pick<SegmentResult, 'version' | 'population' | 'size' | 'unknown' | 'entered' | 'left' | 'lookedAt'>
> &
  Pick<SegmentResult, 'whyAll'> & { readonly status: 'evaluated' | 'unchanged' };

/** How old a source is, of those that say how old they may be. */
export interface SourceAge {
  readonly model: string;
  readonly state: Freshness['state'];
  /** Of a stale one: "nothing has arrived for 26 hours …". */
  readonly words?: string;
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
  /** Segments that the run was to see to. */
  readonly segments: readonly SegmentResult[];
  /** Sources with `freshness`, by the clock of the run. */
  readonly ages: readonly SourceAge[];
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
  /** Something that nobody need mend: a column that could be read, a file that lacks one. */
  | {
      readonly event: 'notice';
      readonly run: string;
      readonly at: string;
      readonly model: string;
      readonly message: string;
    }
  /** Another run holds what this one needs: who, what, and since when. */
  | { readonly event: 'waiting'; readonly run: string; readonly at: string; readonly message: string }
  | { readonly event: 'step_started'; readonly run: string; readonly at: string; readonly model: string }
  | { readonly event: 'step_ended'; readonly run: string; readonly at: string; readonly step: StepResult }
  | { readonly event: 'segment_ended'; readonly run: string; readonly at: string; readonly segment: SegmentResult }
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
  /** Tells somebody what went wrong and what is over; false where it could not be told: it is tried again by the next run. Absent: nobody is told. */
  readonly notify?: (notice: Notice) => Promise<boolean>;
}

/** What a run has to tell: each problem once when it is there, and once when it is over. */
export interface Notice {
  readonly project: string;
  readonly target: string;
  readonly command: string;
  readonly run: string;
  readonly opened: readonly Problem[];
  readonly ended: readonly EndedProblem[];
}

/** A problem that is over: what failed passed, or it has left the project. */
export type EndedProblem = Problem & { readonly outcome: 'passed' | 'gone' };
