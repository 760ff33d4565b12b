import type { QueryRequest } from '../../compiler/index.ts';
import type { RunResult } from '../../runtime/run/run-types.ts';
import type { SampleModel, SampleTest } from './sample-manifest.ts';

/** A story of a target: what arrives, what is run, what readers then see. The same on every engine. */
export interface Scenario {
  readonly title: string;
  readonly models?: readonly SampleModel[];
  /** In place of models: the texts of a project, by path, as the compiler reads them. */
  readonly project?: Readonly<Record<string, string>>;
  readonly tests?: readonly SampleTest[];
  readonly steps: readonly ScenarioStep[];
  /** False where readers rightly see something else than a rebuild of the last files would give; with the reason. */
  readonly rebuild?: { readonly equal: false; readonly because: string };
}

export interface ScenarioStep {
  /** Files written below the project's folder; null deletes. */
  readonly files?: Readonly<Record<string, string | null>>;
  /** Statements that somebody else runs on the target. */
  readonly sql?: readonly string[];
  /** Statements that break the target, with `{marts.totals}` for the relation behind a published name; a rebuild on an empty target is spared them. */
  readonly tamper?: readonly string[];
  /** In place of a run. */
  readonly upkeep?: Upkeep;
  /** From here on the project is this one. */
  readonly models?: readonly SampleModel[];
  readonly tests?: readonly SampleTest[];
  readonly project?: Readonly<Record<string, string>>;
  /** Whoever is to be told of problems cannot be reached. */
  readonly unreachable?: boolean;
  readonly run?: {
    readonly select?: readonly string[];
    readonly fullRefresh?: boolean;
    readonly acceptLoss?: boolean;
    readonly testsOnly?: boolean;
    readonly threads?: number;
  };
  /** In place of a run. */
  readonly backfill?: {
    readonly from: string;
    readonly to: string;
    readonly select?: readonly string[];
    readonly newestFirst?: boolean;
  };
  readonly expect: Expected;
}

/** What is done about the target itself. */
export type Upkeep =
  | { readonly do: 'verify'; readonly deep?: boolean; readonly select?: readonly string[] }
  | { readonly do: 'adopt'; readonly deep?: boolean }
  | { readonly do: 'rebuild'; readonly select?: readonly string[] }
  | { readonly do: 'collect'; readonly olderThan: string; readonly dryRun?: boolean };

export interface Expected {
  /** 0 unless told. */
  readonly exit?: RunResult['exitCode'] | 'any';
  /** By model: status and, after a colon, a part of the reason: `failed: positive`. */
  readonly steps?: Readonly<Record<string, string>>;
  /** By model: how many rows of it came or went, brought up to date in place; null: it was built whole. */
  readonly repaired?: Readonly<Record<string, number | null>>;
  /** Warnings of the run: a part of each, in order. */
  readonly warnings?: readonly string[];
  /** Notices of the run: a part of each, in order. */
  readonly offers?: readonly string[];
  /** Columns of sources that `etalon status` tells are not as declared, sorted: `added raw.orders.channel`. */
  readonly drift?: readonly string[];
  /** By model: what `etalon status` says afterwards, and after a colon a part of the reason: `failing: positive`. */
  readonly status?: Readonly<Record<string, string>>;
  /** What is told of problems, in order: `+ marts.totals` came, `- marts.totals` is over. */
  readonly notices?: readonly string[];
  /** By test: status. */
  readonly tests?: Readonly<Record<string, string>>;
  /** By published name: rows in the order of all columns, values as text; null stays. */
  readonly tables?: Readonly<Record<string, readonly (readonly (string | null)[])[]>>;
  /** Answers of questions to metrics. */
  readonly answers?: readonly {
    /** In the order of the question's columns. */
    readonly ask: QueryRequest;
    readonly rows: readonly (readonly (string | null)[])[];
  }[];
  /** Answers of single-row queries over the state tables, as text. */
  readonly state?: Readonly<Record<string, readonly (string | null)[]>>;
  /** Of upkeep: lines that it tells, each beginning with one of these, in order and all of them. */
  readonly told?: readonly string[];
  /** How many statements wrote. */
  readonly writes?: number;
  /** Statements in all, at most. */
  readonly queries?: number;
  /** The run throws, and says this. */
  readonly error?: string;
}
