import type { Located, Span } from '../diagnostic/diagnostic.ts';
import type { SqlText } from '../source/source-file.ts';
import type { ExampleDefinition } from './example.ts';

export type Status = 'draft' | 'production' | 'deprecated';
export const grains = ['hour', 'day', 'week', 'month', 'quarter', 'year'] as const;
export type Grain = (typeof grains)[number];

/** A value and where it came from: the definition itself, the file's defaults, the project, or the language. */
export interface Resolved<T> {
  readonly value: T;
  readonly from: 'definition' | 'file' | 'project' | 'language';
  readonly span?: Span;
}

/** The forms of language.md with their knobs as written; each has its own JSON Schema. */
export const cohortForms = [
  'retention',
  'churn',
  'revenue_retention',
  'ltv',
  'repeat',
  'lifecycle',
  'returned',
  'stickiness',
  'funnel',
] as const;
export type CohortForm = (typeof cohortForms)[number];

export interface MetricCommon {
  readonly kind: 'metric';
  readonly name: string;
  readonly title?: string;
  readonly description?: string;
  readonly unit?: string;
  readonly owner?: string;
  readonly tags: readonly string[];
  readonly status: Status;
  readonly replacedBy?: Located<string>;
  readonly until?: string;
  readonly version: number;
  readonly changes: Readonly<Record<string, string>>;
  readonly examples: readonly ExampleDefinition[];
  /** For which results are kept as tables. */
  readonly grains: readonly Grain[];
  /** Where the metric says them itself. */
  readonly grainsSpan?: Span;
  readonly exclude: Resolved<readonly Located<string>[]>;
  /** An IANA zone, or a column that holds one. Absent: the calendar's. */
  readonly timezone?: Resolved<string>;
  readonly path: string;
  readonly span: Span;
}

/** `is:` an expression over aggregates of `from`, or over other metrics. */
export interface PlainMetric extends MetricCommon {
  readonly form: 'plain';
  readonly is: SqlText;
  readonly from?: Resolved<string>;
  readonly time?: Resolved<string>;
  /** The file's `where` does not add to the metric's: a metric overrides it. */
  readonly where?: Resolved<SqlText>;
  /** Allowed dimensions, dotted through relations; absent in a derived metric: all that its inputs allow. */
  readonly by?: Resolved<readonly Located<string>[]>;
  readonly per?: Resolved<readonly string[]>;
  readonly requires: readonly Located<string>[];
  readonly window?: Located<string>;
  readonly toDate?: Located<Grain>;
  readonly compare?: {
    readonly to: string;
    readonly as: 'percent' | 'difference' | 'ratio' | 'value';
    readonly includePartial: boolean;
    readonly span: Span;
  };
  readonly fill?: { readonly value: '0' | 'null' | 'none'; readonly span: Span };
}

export interface CohortMetric extends MetricCommon {
  readonly form: CohortForm;
  /** The knobs as written. */
  readonly knobs: Readonly<Record<string, unknown>>;
  /** Where each of them is written. */
  readonly places: Readonly<Record<string, Span>>;
}

export type MetricDefinition = PlainMetric | CohortMetric;

export interface ActivityDefinition {
  readonly kind: 'activity';
  readonly name: string;
  readonly description?: string;
  readonly body:
    | {
        readonly form: 'rows';
        readonly from: Located<string>;
        readonly entity: Located<string>;
        readonly time: Located<string>;
        readonly until?: Located<string>;
        readonly where?: SqlText;
        readonly value?: SqlText;
        readonly order?: Located<string>;
      }
    | { readonly form: 'any'; readonly of: readonly Located<string>[] };
  readonly path: string;
  readonly span: Span;
}

export interface CohortDefinition {
  readonly kind: 'cohort';
  readonly name: string;
  readonly description?: string;
  readonly anchor: Located<string>;
  readonly occurrence: 'first_ever' | 'first_matching' | 'every_period' | { readonly nth: number };
  readonly where?: SqlText;
  readonly by: readonly Located<string>[];
  readonly path: string;
  readonly span: Span;
}
