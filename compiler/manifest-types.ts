import type { Allowance, TestSeverity } from './definition/data-test.ts';
import type { ExampleDefinition } from './definition/example.ts';
import type { Grain, Status } from './definition/metric.ts';
import type { Calendar, NotifyDefinition, SiteDefinition, TargetDefinition } from './definition/project.ts';
import type { Diagnostic } from './diagnostic/diagnostic.ts';
import type { InEachLanguage } from './expression/words-language.ts';
import type { ManifestModel } from './manifest-model-types.ts';
import type { CohortRule } from './plan/cohort/rule.ts';
import type { Expected } from './plan/segment/expectations.ts';
import type { SegmentRule } from './plan/segment/rule.ts';
import type { RuleLine } from './plan/segment/words.ts';
import type { TestCheck } from './plan/test/test-plan.ts';

export type * from './manifest-model-types.ts';
export type { FollowsRows } from './plan/test/test-plan.ts';

/**
 * All that the compiler knows of a project, as versioned plain JSON; equal input gives equal bytes. Lists are sorted by name; SQL is canonical PostgreSQL over
 * logical names (`marts.orders`), to be rendered for an engine. No secret is in it, no absolute path, no clock.
 */
export interface Manifest {
  readonly manifest: 1;
  readonly etalon: string;
  readonly project: ManifestProject;
  readonly models: readonly ManifestModel[];
  readonly metrics: readonly ManifestMetric[];
  readonly activities: readonly ManifestActivity[];
  readonly cohorts: readonly ManifestCohort[];
  readonly segments: readonly ManifestSegment[];
  readonly tests: readonly ManifestTest[];
  readonly warnings: readonly Diagnostic[];
}

export interface ManifestProject {
  readonly name: string;
  readonly title?: string;
  readonly description?: string;
  readonly calendar: Calendar;
  readonly currency?: string;
  readonly entities: readonly { readonly name: string; readonly key: string; readonly attributes?: string }[];
  readonly exclusions: readonly {
    readonly name: string;
    readonly entity: string;
    readonly key: string;
    readonly in: string;
    readonly where: string;
    readonly usedBy: readonly string[];
  }[];
  readonly targets: readonly ManifestTarget[];
  readonly target: string;
  readonly schemas: { readonly raw: string; readonly clean: string; readonly marts: string };
  readonly site: SiteDefinition;
  /** Who is told of what went wrong, and of what. */
  readonly notify?: NotifyDefinition;
  /** The environment variable with the key of `hash:` columns. */
  readonly hashKeyEnv?: string;
}

type WithoutSpan<T> = T extends unknown ? Omit<T, 'span'> : never;
/** A target without its place; the union stays one, so that `engine` tells the rest. */
export type ManifestTarget = WithoutSpan<TargetDefinition>;

/** A knob with its value and where it came from. */
export interface ManifestKnob {
  readonly name: string;
  readonly value: string;
  readonly from: 'definition' | 'file' | 'project' | 'language';
}

export interface ManifestMetric {
  readonly kind: 'metric';
  readonly name: string;
  readonly title?: string;
  readonly description?: string;
  readonly unit?: string;
  readonly owner?: string;
  readonly tags: readonly string[];
  readonly status: Status;
  readonly replacedBy?: string;
  readonly until?: string;
  readonly version: number;
  readonly changes: Readonly<Record<string, string>>;
  readonly path: string;
  readonly line: number;
  /** `simple`: aggregates over one model; `derived`: over other metrics; the cohort forms by their own names. */
  readonly form:
    | 'simple'
    | 'derived'
    | 'retention'
    | 'churn'
    | 'revenue_retention'
    | 'ltv'
    | 'repeat'
    | 'lifecycle'
    | 'returned'
    | 'stickiness'
    | 'funnel';
  /** False where this version of Etalon reads the definition but does not compute it; `notComputed` says why. */
  readonly computed: boolean;
  readonly notComputed?: string;
  /** The formula as written. */
  readonly is: string;
  /** Canonical formula. */
  readonly expression?: string;
  readonly model?: string;
  readonly time?: string;
  /** Canonical predicate. */
  readonly where?: string;
  readonly exclude: readonly string[];
  /** The zone its periods are cut in: its own or the calendar's. */
  readonly timezone: string;
  /** Where the definition says one itself: a zone, or a column of its rows. */
  readonly ownTimezone?: string;
  /** Allowed dimensions with the model and column each ends at. */
  readonly dimensions: readonly ManifestDimension[];
  /** Metrics it is computed from. */
  readonly inputs: readonly string[];
  /** Models it reads, relations included, sorted. */
  readonly reads: readonly string[];
  readonly type: 'integer' | 'decimal' | 'double' | 'date' | 'timestamp' | 'text' | 'boolean';
  /** Does it add up over groups and over time: `sum` (yes), `min`/`max` (by themselves), `distinct` (no: only by members), `average`, `ratio` and `none`. */
  readonly additivity: 'sum' | 'min' | 'max' | 'distinct' | 'average' | 'ratio' | 'none';
  /** Rows count so far back from the end of a period: `28 days`, `unbounded`. */
  readonly window?: string;
  /** Rows count from the start of this period on. */
  readonly toDate?: Grain;
  readonly compare?: {
    readonly to: string;
    readonly as: 'percent' | 'difference' | 'ratio' | 'value';
    readonly includePartial: boolean;
  };
  readonly fill?: '0' | 'null' | 'none';
  /** With `first()` and `last()`: one pick for each value of these columns. */
  readonly per?: readonly string[];
  /** Dimensions that a question must cut it by, or hold still. */
  readonly requires?: readonly string[];
  /** Of a cohort form: its knobs, resolved. */
  readonly rule?: CohortRule;
  /** The rule in plain words, by language, a sentence each, generated from the definition. */
  readonly words: InEachLanguage<readonly string[]>;
  readonly knobs: readonly ManifestKnob[];
  readonly grains: readonly Grain[];
  readonly examples: readonly ExampleDefinition[];
  /** 16 hex digits over the normalised plan of the metric (not of the models). */
  readonly fingerprint: string;
}

export interface ManifestDimension {
  /** As asked for: `country`, `customer.channel`. */
  readonly name: string;
  /** The column's name in a result: `channel`. */
  readonly label: string;
  readonly model: string;
  readonly column: string;
  readonly type?: string;
  readonly description?: string;
  readonly relations: readonly string[];
}

export interface ManifestActivity {
  readonly kind: 'activity';
  readonly name: string;
  readonly description?: string;
  readonly model?: string;
  readonly entity?: string;
  /** The column of `model` that holds the entity's id. */
  readonly key?: string;
  readonly time?: string;
  /** The column of its end, of one that lasts. */
  readonly until?: string;
  /** Canonical predicate. */
  readonly where?: string;
  /** Canonical expression: what an event is worth. */
  readonly value?: string;
  /** The column with the order that a refund belongs to. */
  readonly order?: string;
  readonly any: readonly string[];
  readonly notComputed?: string;
  readonly path: string;
}

export interface ManifestCohort {
  readonly kind: 'cohort';
  readonly name: string;
  readonly description?: string;
  readonly anchor: string;
  readonly occurrence: 'first_ever' | 'first_matching' | 'every_period' | { readonly nth: number };
  /** Canonical predicate over the anchor's event. */
  readonly where?: string;
  readonly by: readonly string[];
  readonly path: string;
}

export interface ManifestSegment {
  readonly kind: 'segment';
  readonly name: string;
  readonly title?: string;
  readonly description?: string;
  readonly entity: string;
  /** The entity's key. */
  readonly key: string;
  /** The model whose rows are everyone there is; absent: whoever has done anything. */
  readonly attributes?: string;
  readonly owner?: string;
  readonly tags: readonly string[];
  readonly status: 'draft' | 'production' | 'archived';
  readonly version: number;
  readonly changes: Readonly<Record<string, string>>;
  readonly schedule: string;
  /** False where this version of Etalon reads the definition but does not compute it; `notComputed` says why. */
  readonly computed: boolean;
  readonly notComputed?: string;
  /** The rule with its names found; absent where it is not computed. */
  readonly rule?: SegmentRule;
  readonly exclude: readonly string[];
  /** Activities of rows that it looks at. */
  readonly activities: readonly string[];
  readonly metrics: readonly string[];
  /** Segments that are named in it. */
  readonly inputs: readonly string[];
  /** Models it reads, sorted. */
  readonly reads: readonly string[];
  /** The rule in plain words, by language, a line for each condition. */
  readonly words: InEachLanguage<readonly RuleLine[]>;
  readonly examples: readonly ExampleDefinition[];
  /** What may leave the house: columns of its members, at most so many rows, by whom. */
  readonly export?: { readonly columns: readonly string[]; readonly limit?: number; readonly roles: readonly string[] };
  readonly path: string;
  readonly line: number;
  /** 16 hex digits over the rule and what it names. */
  readonly fingerprint: string;
}

export interface ManifestTest {
  readonly kind: 'test';
  readonly name: string;
  readonly description?: string;
  readonly why?: string;
  readonly owner?: string;
  readonly severity: TestSeverity;
  readonly max: Allowance;
  /** The model that it guards; absent: it spans models and runs after all that it reads. */
  readonly model?: string;
  /** The segment whose members it is about. */
  readonly segment?: string;
  /** What is expected of them. */
  readonly expected?: Expected;
  /** The command that shows what a failure comes from. */
  readonly look?: string;
  readonly column?: string;
  readonly rule: string;
  /** The rule in words, by language: "`amount` is at least 0". */
  readonly words: InEachLanguage<string>;
  readonly reads: readonly string[];
  /**
   * `row`: canonical boolean `fails` over the model's columns, batched with others into one scan; a kept failure shows the key, the column and those of `shows`. `query`: canonical SELECTs of the
   * failing rows and of the number of tested rows (one row, one column); `counted` gives both numbers in one look (one row, `failing` and `tested`).
   */
  readonly check: TestCheck;
  /** What is counted, where that is not rows: `days`, `events`, `totals`. */
  readonly counts?: string;
  readonly path: string;
  readonly line: number;
}
