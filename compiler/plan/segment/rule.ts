import type { Comparison, Measure } from '../../definition/condition.ts';

/** Which events count, by their time. Lengths as written; between instants a day is 24 hours. */
export type Timing =
  | { readonly form: 'within' | 'before'; readonly length: string }
  | { readonly form: 'between'; readonly from: string; readonly to: string }
  | { readonly form: 'since'; readonly which: 'first' | 'last'; readonly activity: string; readonly within?: string };

/** A condition whose names have been found. SQL in it is canonical. */
export type Condition =
  | { readonly kind: 'all' | 'any'; readonly of: readonly Condition[] }
  | { readonly kind: 'not'; readonly of: Condition }
  | DidCondition
  | EdgeCondition
  | { readonly kind: 'sequence'; readonly steps: readonly string[]; readonly within?: string }
  | { readonly kind: 'property'; readonly is: string }
  | MetricCondition
  | { readonly kind: 'segment'; readonly segment: string }
  | { readonly kind: 'list'; readonly path: string; readonly ids: readonly string[] };

export interface MeasureTest {
  readonly measure: Measure;
  readonly operator: Comparison;
  readonly number: string;
}

export interface DidCondition {
  readonly kind: 'did';
  readonly negated: boolean;
  readonly activity: string;
  readonly tests: readonly MeasureTest[];
  readonly timing?: Timing;
  readonly where?: string;
}

export interface EdgeCondition {
  readonly kind: 'edge';
  readonly which: 'first' | 'last';
  readonly activity: string;
  readonly timing: Timing;
  readonly where?: string;
}

export interface MetricCondition {
  readonly kind: 'metric';
  readonly metric: string;
  readonly operator: Comparison;
  readonly number: string;
  readonly within?: string;
}

export const scores = ['recency', 'frequency', 'monetary'] as const;
export type Score = (typeof scores)[number];

export type Breaks = Readonly<Partial<Record<Score, readonly (string | null)[]>>>;

export interface Split {
  readonly activity: string;
  readonly within: string;
  readonly cuts: Readonly<Partial<Record<Score, readonly string[]>>>;
  readonly quantiles?: number;
  readonly freeze: 'version' | 'none';
  /** With quantiles, once they are frozen: from where on a score is 2, 3 …; null where nobody reached it. Of recency elapsed microseconds, at most so many. */
  readonly breaks?: Breaks;
  /** In order; the first that fits. `when` is canonical over r, f and m. */
  readonly parts: readonly { readonly name: string; readonly when: string }[];
}

export type SegmentRule =
  | { readonly form: 'where'; readonly where: Condition }
  | { readonly form: 'split'; readonly split: Split };

/** A segment as the planner looks it up. */
export interface CatalogSegment {
  readonly name: string;
  readonly computed: boolean;
  readonly notComputed?: string;
  readonly entity: string;
  /** The entity's key. */
  readonly key: string;
  /** The model with the entity's properties: its rows are the population. */
  readonly attributes?: string;
  readonly exclude: readonly string[];
  /** Absent where it is not computed. */
  readonly rule?: SegmentRule;
}
