import type { Allowance, TestSeverity, Value } from '../../compiler/index.ts';
import type { AccountPart } from './record-account.ts';

export interface TestResult {
  readonly kind: 'test-result';
  readonly test: string;
  readonly model?: string;
  readonly severity: TestSeverity;
  readonly max: Allowance;
  /** `error`: the test itself could not be run. */
  readonly status: 'passed' | 'warned' | 'failed' | 'error';
  readonly tested: number;
  readonly failing: number;
  /** A few failing rows, keys only, tagged columns masked. */
  readonly sample: readonly Readonly<Record<string, Value>>[];
  readonly message?: string;
  readonly seconds: number;
}

/** What is wrong, by root cause. */
export interface Problem {
  /** A model that cannot be built, a data test that fails, a source that went stale, a segment that cannot be evaluated. */
  readonly kind: 'model' | 'test' | 'freshness' | 'segment';
  readonly subject: string;
  readonly model?: string;
  readonly severity: TestSeverity;
  /** In words, without a value of any row. */
  readonly reason: string;
  /** Models that were skipped because of it, when it was first met. */
  readonly skipped: readonly string[];
  /** The run that first met it, and when. */
  readonly run: string;
  readonly since: string;
}

/** What came to a source with a load, or with a look at its table. */
export interface Arrivals {
  /** All that came, those refused among them. */
  readonly rows: number;
  /** Of a day before the last day seen when they came, by business time. */
  readonly late: number;
  /** Stamped later than the run, by business time or arrival. */
  readonly future: number;
  readonly rejected: number;
  /** Business time, the first and the last. */
  readonly first?: string;
  readonly last?: string;
  /** Why rows were refused, without their values, the most frequent first. */
  readonly reasons: readonly { readonly reason: string; readonly rows: number }[];
}

/** A column of a source that is not as declared. */
export interface SourceDrift {
  readonly model: string;
  readonly column: string;
  /** `added`: there and not declared. `removed`: declared and gone. `retyped`: it no longer holds what is declared. */
  readonly kind: 'added' | 'removed' | 'retyped';
  /** What it holds there; absent where it is gone. */
  readonly type?: string;
  readonly message: string;
  /** The run that first met it, and when. */
  readonly run: string;
  readonly since: string;
}

/** What the state tables tell of a target, for `etalon status` and the dictionary. */
export interface History {
  readonly runs: readonly RunRecord[];
  /** By model name. */
  readonly models: Readonly<Record<string, ModelStatus>>;
  /** The last result of each test, by test name. */
  readonly tests: Readonly<Record<string, TestResult & { readonly run: string; readonly at: string }>>;
  /** What is wrong now, the oldest first. */
  readonly problems: readonly Problem[];
  /** Columns of sources that are not as declared, the oldest first. */
  readonly drift: readonly SourceDrift[];
}

export interface RunRecord {
  readonly id: string;
  readonly command: string;
  readonly startedAt: string;
  readonly endedAt?: string;
  readonly status: 'running' | 'done' | 'part' | 'failed' | 'interrupted';
  readonly built: number;
  readonly failed: number;
  readonly skipped: number;
  readonly testsFailed: number;
}

export interface ModelStatus {
  readonly model: string;
  /** `never`: not built yet. `stale`: what is published is older than its definition or inputs. */
  readonly status: 'never' | 'ok' | 'stale' | 'failing';
  readonly reason?: string;
  readonly relation?: string;
  readonly fingerprint?: string;
  readonly rows?: number;
  readonly rejected?: number;
  readonly builtAt?: string;
  readonly run?: string;
  /** Largest business time (or arrival) in it, and the watermark carried from its sources: data is complete strictly before it. ISO instants. */
  readonly freshThrough?: string;
  readonly completeThrough?: string;
  /** Where the rows that it is made from went: in = out + all other parts. */
  readonly account?: readonly AccountPart[];
  /** Of a source: what came with its last load. */
  readonly arrivals?: Arrivals;
}
