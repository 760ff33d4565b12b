import type { Located, Span } from '../diagnostic/diagnostic.ts';
import type { SqlText } from '../source/source-file.ts';

export const measures = ['times', 'days', 'sum', 'avg', 'min', 'max'] as const;
export type Measure = (typeof measures)[number];
export type Comparison = '=' | '<>' | '<' | '<=' | '>' | '>=';

/** `>= 3`; the number keeps its digits. */
export interface Threshold {
  readonly operator: Comparison;
  readonly number: string;
  readonly span: Span;
}

/** Which events count, by their time. */
export type TimingDefinition =
  | { readonly form: 'within'; readonly length: Located<string> }
  | { readonly form: 'between'; readonly from: Located<string>; readonly to: Located<string> }
  | {
      readonly form: 'since';
      readonly which: 'first' | 'last';
      readonly activity: Located<string>;
      readonly within?: Located<string>;
      readonly span: Span;
    };

/** A condition of a segment as written, with its places. */
export type ConditionDefinition =
  | { readonly form: 'all' | 'any'; readonly of: readonly ConditionDefinition[]; readonly span: Span }
  | { readonly form: 'not'; readonly of: ConditionDefinition; readonly span: Span }
  | {
      readonly form: 'did';
      /** Of `did_not`. */
      readonly negated: boolean;
      readonly activity: Located<string>;
      readonly tests: readonly { readonly measure: Measure; readonly threshold: Threshold }[];
      readonly timing?: TimingDefinition;
      readonly where?: SqlText;
      readonly span: Span;
    }
  | {
      readonly form: 'edge';
      readonly which: 'first' | 'last';
      readonly activity: Located<string>;
      readonly timing: TimingDefinition | { readonly form: 'before'; readonly length: Located<string> };
      readonly where?: SqlText;
      readonly span: Span;
    }
  | {
      readonly form: 'sequence';
      readonly steps: readonly Located<string>[];
      readonly within?: Located<string>;
      readonly span: Span;
    }
  | { readonly form: 'property'; readonly is: SqlText; readonly span: Span }
  | {
      readonly form: 'metric';
      readonly metric: Located<string>;
      readonly is: Threshold;
      readonly within?: Located<string>;
      readonly span: Span;
    }
  | { readonly form: 'segment'; readonly segment: Located<string>; readonly span: Span }
  | {
      readonly form: 'list';
      readonly path: Located<string>;
      /** The column named in the file's first line. */
      readonly key: string;
      /** Each once, in the file's order. */
      readonly ids: readonly string[];
      readonly span: Span;
    };

/** Scores of an activity and the parts that are made from them. */
export interface SplitDefinition {
  readonly activity: Located<string>;
  readonly within: Located<string>;
  /** Cuts by score, growing; absent: the score is not there. */
  readonly cuts: Readonly<Partial<Record<'recency' | 'frequency' | 'monetary', Located<readonly string[]>>>>;
  readonly quantiles?: number;
  readonly freeze: 'version' | 'none';
  /** In order; the first that fits is the entity's. */
  readonly parts: readonly { readonly name: string; readonly when: SqlText | 'else'; readonly span: Span }[];
  readonly span: Span;
}
