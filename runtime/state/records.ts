import type { Value } from '../../compiler/index.ts';
import type { Problem, TestResult } from './history-types.ts';

/** What a published name points to, from when to when. `build` counts up per model and is never used twice. */
export interface VersionRecord {
  readonly model: string;
  readonly build: number;
  readonly fingerprint: string;
  /** The physical relation in the schema `etalon_tables`. */
  readonly relation: string;
  readonly relationKind: 'table' | 'view';
  /** The build of each model that was read. */
  readonly inputs: Readonly<Record<string, number>>;
  readonly rows?: number;
  readonly rejected?: number;
  readonly freshThrough?: string;
  readonly completeThrough?: string;
  readonly validFrom: string;
  readonly validTo?: string;
  readonly run: string;
}

/** A version that is published now. */
export interface CurrentVersion extends VersionRecord {
  /** The build that made its relation. */
  readonly since: number;
}

/** A file as it was when its rows were loaded. */
export interface LoadedFileRecord {
  readonly model: string;
  readonly relation: string;
  readonly path: string;
  readonly size: number;
  /** Modification time in nanoseconds as text: it only spares hashing, identity is the hash. */
  readonly modified: string;
  readonly sha256: string;
  readonly rows: number;
  readonly rejected: number;
  readonly batch: number;
}

/** Rows by when they arrived, seen from a watermark. */
export interface ArrivalCounts {
  /** Arrived so long before it that no more can come. */
  readonly settled: number;
  /** Arrived up to it. */
  readonly arrived: number;
  /** Without an arrival. */
  readonly absent: number;
}

/** What a source table held when it was last looked at. */
export interface CursorRecord {
  readonly model: string;
  readonly build: number;
  readonly rows: number;
  readonly watermark?: string;
  readonly counts?: ArrivalCounts;
}

/** Rows of a source table by the month in which they arrived, as it was last published. */
export interface SourceHistoryRecord {
  /** The column that says when a row arrived; absent: nothing does, and there is one count of all rows. */
  readonly arrival?: string;
  readonly months: readonly { readonly month?: string; readonly rows: number }[];
}

/** The last verdict on a test: of which check, over which builds. */
export interface TestMark {
  readonly test: string;
  readonly checkHash: string;
  readonly inputs: Readonly<Record<string, number>>;
  readonly status: TestResult['status'];
}

/** A problem as it is written down. */
export interface ProblemRecord extends Problem {
  readonly id: string;
  /** What makes it the same problem as before. */
  readonly essence: string;
  readonly toldAt?: string;
  readonly endedAt?: string;
  /** What failed passed, something else is wrong with it now, or it has left the project. */
  readonly outcome?: 'passed' | 'replaced' | 'gone';
  readonly endToldAt?: string;
}

export interface StepRecord {
  readonly model: string;
  readonly status: 'built' | 'failed' | 'skipped' | 'fresh';
  readonly reason: string;
  readonly seconds: number;
  readonly build?: number;
  readonly rows?: number;
  /** What came to a source, or what a model that was built whole read. */
  readonly rowsIn?: number;
  readonly rejected?: number;
  readonly late?: number;
  readonly future?: number;
  readonly filesLoaded?: number;
  readonly sqlHash?: string;
  readonly error?: string;
}

export interface TestRecord {
  readonly result: TestResult;
  readonly checkHash: string;
  readonly inputs: Readonly<Record<string, number>>;
  /** The keys of failing rows, capped, tagged columns masked. */
  readonly kept: readonly Readonly<Record<string, Value>>[];
  /** The rule that they break, in words. */
  readonly reason: string;
}

/** All that a run must know of the target before it starts. */
export interface StateSnapshot {
  readonly versions: readonly CurrentVersion[];
  readonly files: readonly LoadedFileRecord[];
  readonly cursors: readonly CursorRecord[];
  readonly tests: readonly TestMark[];
  /** Models whose last step failed before it could publish, with its reason. */
  readonly failures: Readonly<Record<string, string>>;
  /** `schema.name` of every table and view in the target's schemas asked for. */
  readonly relations: ReadonlySet<string>;
  /** Problems that are open, or whose end has not been told. */
  readonly problems: readonly ProblemRecord[];
}
