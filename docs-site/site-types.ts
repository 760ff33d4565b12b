import type { Allowance, DialectName, Grain, Manifest, TestSeverity } from '../compiler/index.ts';

/** A file of the site. `path` is relative to the site's folder, with forward slashes. */
export interface SiteFile {
  readonly path: string;
  readonly content: string | Uint8Array;
}

/**
 * All that the dictionary is made from. Only `manifest`, `builtAt`, `language` and `etalonVersion` must be there; an
 * absence of the rest is explained on the pages.
 */
export interface DictionaryInput {
  readonly manifest: Manifest;
  /** What the state tables tell of the target; absent before the first `etalon build`. */
  readonly history?: SiteHistory;
  /** The SQL of a definition as an engine runs it, for reading; undefined where there is none. */
  readonly sql?: (kind: 'model' | 'metric', name: string, dialect: DialectName) => string | undefined;
  readonly values?: readonly MetricValues[];
  readonly exampleResults?: readonly ExampleResult[];
  readonly exclusionCounts?: readonly ExclusionCount[];
  /** ISO instant; shown on the home and health pages only, so that other pages keep their bytes from build to build. */
  readonly builtAt: string;
  readonly language: SiteLanguage;
  readonly overrides?: SiteOverrides;
  readonly etalonVersion: string;
}

export type SiteLanguage = 'en' | 'ru';

/** Structurally equal to `History` of `runtime/state`, which this room may not import. */
export interface SiteHistory {
  readonly runs: readonly SiteRun[];
  readonly models: Readonly<Record<string, SiteModelStatus>>;
  readonly tests: Readonly<Record<string, SiteTestResult>>;
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

/** The values of one metric, each as `etalon query` gives it. */
export interface MetricValues {
  readonly metric: string;
  /** ISO instant: the data are complete strictly before it. */
  readonly asOf?: string;
  /** One per grain; the chart takes days or weeks, the headline the longest grain that has two whole periods. */
  readonly series: readonly MetricSeries[];
  /** Totals by the first dimensions, each over one whole period. */
  readonly breakdowns?: readonly MetricBreakdown[];
  /** Of a cohort form, which has no series of one value: rows as `etalon query` gives them. */
  readonly table?: MetricTable;
}

export interface MetricTable {
  /** `overall`: over all cohorts, of closed cells alone. `periods`: the latest periods. `whole`: the one answer to the whole question. */
  readonly of: 'overall' | 'periods' | 'whole';
  readonly columns: readonly {
    readonly name: string;
    readonly role: 'grain' | 'dimension' | 'metric' | 'state' | 'entity';
    readonly type: string;
    readonly unit?: string;
  }[];
  /** Exact text; null where there is no value. */
  readonly rows: readonly (readonly (string | null)[])[];
}

export interface MetricSeries {
  readonly grain: Grain;
  /** Oldest first, and sparse: a period without rows is left out, never zero. */
  readonly points: readonly MetricPoint[];
}

export interface MetricPoint {
  /** First day of the period in the metric's zone, `2025-01-06`; at hour grain `2025-01-06T14:00`. */
  readonly period: string;
  /** As decimal text (`1234.50`), so that no digit is lost; null where nothing counts or it cannot be observed. */
  readonly value: string | null;
  readonly state: 'final' | 'partial' | 'unobservable' | 'empty';
}

export interface MetricBreakdown {
  readonly dimension: string;
  readonly grain: Grain;
  readonly period: string;
  /** Largest first; `member: null` is the group of rows without one. */
  readonly rows: readonly { readonly member: string | null; readonly value: string | null }[];
  /** Members beyond those given. */
  readonly more?: number;
}

export interface ExampleResult {
  readonly metric: string;
  readonly title: string;
  readonly status: 'passed' | 'failed' | 'error';
  /** The rows that came out; shown where they differ from those expected. */
  readonly actual: readonly Readonly<Record<string, string | number | bigint | boolean | null>>[];
  readonly message?: string;
  readonly run?: string;
  readonly at?: string;
}

export interface ExclusionCount {
  readonly metric: string;
  readonly exclusion: string;
  /** Rows that this exclusion takes from the metric. */
  readonly rows: number;
}

/** What a project may put in the place of our own. */
export interface SiteOverrides {
  /** Template name (`metric`, `home`, `partials/chart` …) → text. */
  readonly templates?: Readonly<Record<string, string>>;
  /** Custom properties of the style sheet: `accent: '#7a1f5c'`, `font-text: 'Inter, sans-serif'`. */
  readonly tokens?: Readonly<Record<string, string>>;
  readonly logo?: { readonly file: 'logo.svg' | 'logo.png'; readonly content: Uint8Array };
  /** Markdown pages of the project's `docs/`; `name` is a slug. */
  readonly pages?: readonly { readonly name: string; readonly title: string; readonly markdown: string }[];
}
