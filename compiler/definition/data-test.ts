import type { Located, Span } from '../diagnostic/diagnostic.ts';
import type { SqlText } from '../source/source-file.ts';

export type TestSeverity = 'error' | 'warn';
/** `max: 10 rows | 0.5%`: how many failing rows are borne. A percentage is of the tested rows. */
export type Allowance = { readonly rows: number } | { readonly share: number };

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

export type ColumnTestRule =
  | { readonly rule: 'not_null' }
  | { readonly rule: 'unique' }
  | { readonly rule: 'accepted'; readonly values: readonly (string | number | boolean)[] }
  | { readonly rule: 'range'; readonly min?: number | string; readonly max?: number | string }
  | { readonly rule: 'matches'; readonly pattern: string }
  | { readonly rule: 'null_share'; readonly share: number }
  | { readonly rule: 'references'; readonly model: string; readonly column: string };

export type ModelTestRule =
  | { readonly rule: 'expression'; readonly expression: SqlText }
  | { readonly rule: 'unique_together'; readonly columns: readonly string[] }
  | { readonly rule: 'rows'; readonly min?: number; readonly max?: number; readonly per?: string }
  | { readonly rule: 'volume'; readonly per: string; readonly within: number; readonly over: number }
  | {
      readonly rule: 'sequence';
      readonly first: string;
      readonly then: string;
      readonly per: string;
      readonly maxViolations: number;
    }
  | { readonly rule: 'sql'; readonly sql: SqlText };

export type ProjectTestRule =
  | {
      readonly rule: 'reconcile';
      readonly left: ReconcileSide;
      readonly right: ReconcileSide;
      /** The column or expression both sides are grouped by; absent: one total each. */
      readonly per?: SqlText;
      /** A fraction of the right side. */
      readonly tolerance: number;
    }
  | { readonly rule: 'sql'; readonly sql: SqlText };

export interface ReconcileSide {
  readonly from: Located<string>;
  readonly value: SqlText;
  readonly where?: SqlText;
}

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
