import type { Located, Span } from '../diagnostic/diagnostic.ts';
import type { SourceFile, SqlText } from '../source/source-file.ts';

export type TestSeverity = 'error' | 'warn';
/** `max: 10 rows | 0.5%`: how many failing rows are borne. A percentage is of the tested rows. */
export type Allowance = { readonly rows: number } | { readonly share: number };

/** What rows are counted by, of a model's time. */
export type TestPeriod = 'hour' | 'day' | 'week' | 'month';

export interface DataTestCommon {
  readonly kind: 'data-test';
  /** Stable and unique in the project: `marts.orders.amount.range`, `marts.orders.rows`, `finance_agrees` in tests/data; a rule repeated at one place gets `_2`. */
  readonly name: string;
  readonly description?: string;
  readonly severity: TestSeverity;
  readonly max: Allowance;
  readonly where?: SqlText;
  readonly owner?: string;
  readonly why?: string;
  /** False for those that the compiler adds (a declared key is tested always). */
  readonly declared: boolean;
  readonly span: Span;
}

/** As the file has it: `1` is a number, `"1"` a text. */
export type TestValue = string | number | boolean;

export type ColumnTestRule =
  | { readonly rule: 'not_null' }
  | { readonly rule: 'unique' }
  | { readonly rule: 'accepted'; readonly values: readonly Located<TestValue>[] }
  | { readonly rule: 'range'; readonly min?: Located<TestValue>; readonly max?: Located<TestValue> }
  | { readonly rule: 'matches'; readonly pattern: string }
  | { readonly rule: 'null_share'; readonly share: number }
  | { readonly rule: 'references'; readonly model: string; readonly column: string };

export type ModelTestRule =
  | { readonly rule: 'expression'; readonly expression: SqlText }
  | { readonly rule: 'unique_together'; readonly columns: readonly string[] }
  | { readonly rule: 'rows'; readonly min?: number; readonly max?: number; readonly per?: TestPeriod }
  | { readonly rule: 'volume'; readonly per: TestPeriod; readonly within: number; readonly over: number }
  | {
      readonly rule: 'sequence';
      readonly first: string;
      readonly then: string;
      readonly per: string;
      /** The column with the event's name; absent: found by the tracking plan. */
      readonly event?: string;
      readonly maxViolations: number;
    }
  | { readonly rule: 'references_key'; readonly on: readonly string[]; readonly to: Located<string> }
  /** Of a tracking plan: every event is in it. */
  | { readonly rule: 'known_event' }
  /** Of a tracking plan: the event carries what it requires. */
  | { readonly rule: 'event'; readonly event: string }
  | { readonly rule: 'sql'; readonly sql: SqlText };

export type ProjectTestRule =
  | {
      readonly rule: 'reconcile';
      readonly left: ReconcileSide;
      readonly right: ReconcileSide;
      /** The column or expression both sides are grouped by; absent: one total each. */
      readonly per?: SqlText;
      /** How far the left may be off: a fraction of the right, an amount, or the larger of both. */
      readonly tolerance: { readonly share?: number; readonly amount?: number };
    }
  | { readonly rule: 'sql'; readonly sql: SqlText };

export type ReconcileSide = (
  | { readonly from: Located<string> }
  /** Control totals: a CSV file of the project. */
  | { readonly file: SourceFile; readonly span: Span }
) & { readonly value: SqlText; readonly where?: SqlText };

export type ColumnTest = DataTestCommon & {
  readonly on: 'column';
  readonly model: string;
  readonly column: string;
  readonly test: ColumnTestRule;
};
export type ModelTest = DataTestCommon & { readonly on: 'model'; readonly model: string; readonly test: ModelTestRule };
/** A test that spans models. An SQL file in tests/data is one too: the rows it returns are the failures. */
export type ProjectTest = DataTestCommon & { readonly on: 'project'; readonly test: ProjectTestRule };
export type DataTestDefinition = ColumnTest | ModelTest | ProjectTest;
