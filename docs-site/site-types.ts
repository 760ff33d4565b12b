import type { Attrition, Confusions, DialectName, Grain, Manifest } from '../compiler/index.ts';
import type { SiteHistory } from './site-history-types.ts';

export type * from './site-history-types.ts';

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
  readonly sql?: (kind: 'model' | 'metric' | 'segment', name: string, dialect: DialectName) => string | undefined;
  /** Definitions that may be taken for one another: `findConfusions` of the compiler. */
  readonly confusions?: () => Confusions;
  /** The columns that a metric reads itself. */
  readonly columnsOf?: (kind: 'metric' | 'segment', name: string) => readonly SiteColumnUse[];
  /** Definitions as their author wrote them, by `segment:NAME`. */
  readonly authored?: Readonly<Record<string, string>>;
  readonly values?: readonly MetricValues[];
  readonly segments?: readonly SegmentValues[];
  /** What the builds so far found, to be compared; absent where none is stored. */
  readonly builds?: SiteBuilds;
  readonly exampleResults?: readonly ExampleResult[];
  readonly metricRows?: readonly MetricRows[];
  /** Metrics whose question the target refused, in the order of the manifest. */
  readonly unread?: readonly UnreadMetric[];
  /** ISO instant; shown on the home and health pages only, so that other pages keep their bytes from build to build. */
  readonly builtAt: string;
  readonly language: SiteLanguage;
  readonly overrides?: SiteOverrides;
  /** Where the site is published, with a slash at the end; absent: its links are relative. */
  readonly baseUrl?: string;
  /** Whom the site is for; absent: everyone in the house. */
  readonly audience?: SiteAudience;
  readonly etalonVersion: string;
}

/** What a metric does with a column: as `ColumnUse` of the compiler, which knows of tests as well. */
export interface SiteColumnUse {
  readonly model: string;
  readonly column: string;
  readonly how: 'aggregated' | 'filtered' | 'time' | 'dimension';
}

export interface SiteAudience {
  /** The tag of the definitions that are shown. */
  readonly name: string;
  /** Set by `forAudience`: how far each can be trusted, judged on all that it is computed from. By `metric:NAME`. */
  readonly states?: Readonly<Record<string, string>>;
  /** Set by `forAudience`: definitions whose rule names what is not shown. */
  readonly withheld?: readonly string[];
}

export type SiteLanguage = 'en' | 'ru';

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
  /** Of a form of cohorts and intervals: a row for each cell, as `etalon query NAME` gives them. */
  readonly cells?: MetricTable;
  /** Set by `withoutSmall`. `some`: numbers of few people are left out; `all`: none is shown, since how many people they are of is not known. */
  readonly hides?: 'some' | 'all';
}

export interface UnreadMetric {
  readonly metric: string;
  /** In the engine's words, without values of rows; absent: not told to the audience. */
  readonly why?: string;
}

export interface MetricTable {
  /** `overall`: over all cohorts, of closed cells alone. `periods`: the latest periods. `whole`: the one answer to the whole question. `cells`: of each cohort. */
  readonly of: 'overall' | 'periods' | 'whole' | 'cells';
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
  /** Of a metric whose rows reach back, the fewest people who are in the rows of any period alone. */
  readonly peopleAlone?: number;
}

export interface MetricPoint {
  /** First day of the period in the metric's zone, `2025-01-06`; at hour grain `2025-01-06T14:00`. */
  readonly period: string;
  /** As decimal text (`1234.50`), so that no digit is lost; null where nothing counts, it cannot be observed or may not be shown. */
  readonly value: string | null;
  /** `hidden`: set by `withoutSmall`. */
  readonly state: 'final' | 'partial' | 'unobservable' | 'empty' | 'hidden';
  /** The fewest people that a part of it comes from; 0: nobody. Absent: nobody is counted. */
  readonly people?: number;
  /** Of a day or a week: the fewest people of any day in the months that it touches. */
  readonly peopleOfDay?: number;
}

export interface MetricBreakdown {
  readonly dimension: string;
  readonly grain: Grain;
  readonly period: string;
  /** Largest first, what is hidden last; `member: null` is the group of rows without one. `people`: as of a point. */
  readonly rows: readonly {
    readonly member: string | null;
    readonly value: string | null;
    readonly people?: number;
    readonly hidden?: true;
  }[];
  /** Members beyond those given, and how many people the largest of them is of. */
  readonly more?: number;
  readonly morePeople?: number;
}

/** The numbers of one segment at a cut, each as `etalon segment` gives it. */
export interface SegmentValues {
  readonly segment: string;
  /** ISO instant: the cut. */
  readonly asOf: string;
  /** Of a rule: `members`, `unknown` and `population`; of a split each part and `none`. */
  readonly sizes: readonly { readonly part: string; readonly entities: number; readonly share: number | null }[];
  /** Absent of a split. */
  readonly attrition?: Attrition;
  /** With other segments of the same entity, and parts of splits; the largest first. */
  readonly overlaps?: readonly SegmentOverlap[];
  /** Sizes at earlier cuts, the oldest first; absent where membership is not stored. */
  readonly history?: readonly {
    readonly day: string;
    readonly size: number;
    readonly version: number;
    readonly entered?: number;
    readonly left?: number;
  }[];
}

export interface SegmentOverlap {
  /** The segment itself, or the part of it: `rfm.champions`. */
  readonly set: string;
  readonly with: string;
  readonly both: number;
  readonly onlySet: number;
  readonly onlyWith: number;
}

/** Structurally equal to `BuildHistory` of `runtime/state`; each list oldest first. */
export interface SiteBuilds {
  readonly builds: readonly { readonly number: number; readonly at: string }[];
  readonly changes: readonly SiteChange[];
  /** Of metrics that had more than one meaning: the last value of each period under each. */
  readonly values: readonly SiteBuiltValue[];
  /** Values of periods that were over and are others now, though the meaning is the same. */
  readonly restated: readonly (SiteBuiltValue & { readonly previous: string })[];
}

export interface SiteChange {
  readonly build: number;
  readonly kind: 'metric' | 'segment' | 'model';
  readonly name: string;
  readonly change: 'added' | 'changed' | 'removed';
  readonly fingerprint?: string;
  readonly version?: number;
  readonly title?: string;
  readonly reason?: string;
}

export interface SiteBuiltValue {
  readonly build: number;
  readonly metric: string;
  readonly fingerprint: string;
  readonly version: number;
  readonly grain: string;
  readonly period: string;
  readonly value: string;
}

export interface ExampleResult {
  /** Absent: `metric`. */
  readonly of?: 'metric' | 'segment';
  /** The metric, or the segment. */
  readonly metric: string;
  readonly title: string;
  readonly status: 'passed' | 'failed' | 'error';
  /** The rows that came out; shown where they differ from those expected. */
  readonly actual: readonly Readonly<Record<string, string | number | bigint | boolean | null>>[];
  readonly message?: string;
  readonly run?: string;
  readonly at?: string;
}

/** How many rows of its model a metric counts, and what takes the others away, one thing after the other: all = filtered + removed + untimed + counted. */
export interface MetricRows {
  readonly metric: string;
  /** Of its model. */
  readonly all: number;
  /** Those that do not meet `where`, or of which that is not known. */
  readonly filtered: number;
  /** In the order of the definition. `rows`: what it takes alone; `removed`: what of them those before it have left. */
  readonly exclusions: readonly { readonly name: string; readonly rows: number; readonly removed: number }[];
  /** Without a time, and so in no period. */
  readonly untimed: number;
  readonly counted: number;
}

/** What a project may put in the place of our own. */
export interface SiteOverrides {
  /** Template name (`metric`, `home`, `partials/chart` …) → text. */
  readonly templates?: Readonly<Record<string, string>>;
  /** Custom properties of the style sheet: `accent: '#7a1f5c'`, `font-text: 'Inter, sans-serif'`. */
  readonly tokens?: Readonly<Record<string, string>>;
  readonly logo?: { readonly file: 'logo.svg' | 'logo.png'; readonly content: Uint8Array };
  /** Markdown pages of the project's `docs/pages/`; `name` is the page's address, `path` the file from there: `teams/rules.md`. */
  readonly pages?: readonly {
    readonly name: string;
    readonly path: string;
    readonly title: string;
    readonly markdown: string;
  }[];
}
