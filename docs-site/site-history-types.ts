import type { Allowance, TestSeverity } from '../compiler/index.ts';

/** Structurally equal to `History` of `runtime/state`, which this room may not import. */
export interface SiteHistory {
  readonly runs: readonly SiteRun[];
  readonly models: Readonly<Record<string, SiteModelStatus>>;
  readonly tests: Readonly<Record<string, SiteTestResult>>;
  /** Columns of sources that are not as declared. */
  readonly drift?: readonly {
    readonly model: string;
    readonly column: string;
    readonly kind: 'added' | 'removed' | 'retyped';
    readonly type?: string;
    readonly since: string;
  }[];
  /** Of the last runs, the newest run first. */
  readonly steps?: readonly SiteStep[];
  /** Events of tracking plans in the last 28 days that have any; `event: null` are rows that name none. */
  readonly events?: readonly {
    readonly model: string;
    readonly event: string | null;
    readonly events: number;
    readonly bad: number;
    readonly unknown: number;
  }[];
}

export interface SiteStep {
  readonly run: string;
  readonly model: string;
  readonly status: 'built' | 'failed' | 'skipped' | 'fresh';
  readonly reason: string;
  readonly seconds: number;
  readonly rows?: number;
  readonly rejected?: number;
  readonly arrived?: number;
  readonly late?: number;
  readonly future?: number;
}

export interface SiteRun {
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

export interface SiteModelStatus {
  readonly model: string;
  readonly status: 'never' | 'ok' | 'stale' | 'failing';
  readonly reason?: string;
  readonly relation?: string;
  readonly rows?: number;
  readonly rejected?: number;
  readonly builtAt?: string;
  readonly run?: string;
  readonly freshThrough?: string;
  readonly completeThrough?: string;
  /** Where the rows that it is made from went: in = out + all other parts. */
  readonly account?: readonly {
    readonly part: 'in' | 'out' | 'duplicate' | 'excluded' | 'rejected' | 'rest';
    readonly rule?: string;
    readonly rows: number;
  }[];
  /** Of a source: what came with its last load. */
  readonly arrivals?: {
    readonly rows: number;
    readonly late: number;
    readonly future: number;
    readonly rejected: number;
    readonly reasons: readonly { readonly reason: string; readonly rows: number }[];
  };
}

export interface SiteTestResult {
  readonly test: string;
  readonly model?: string;
  readonly severity: TestSeverity;
  readonly max: Allowance;
  readonly status: 'passed' | 'warned' | 'failed' | 'error';
  readonly tested: number;
  readonly failing: number;
  readonly message?: string;
  readonly run: string;
  readonly at: string;
}
