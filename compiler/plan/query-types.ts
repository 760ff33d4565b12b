import type { Grain } from '../definition/metric.ts';
import type { Calendar } from '../definition/project.ts';

/**
 * A question to the metrics, as `etalon query`, an example or the dictionary asks it.
 *
 * @example
 * { metrics: ['revenue', 'orders'], by: ['country'], grain: 'month', from: '2025-01-01', to: '2025-07-01', order: ['-revenue'], asOf: '2025-07-01T00:00:00Z' }
 */
export interface QueryRequest {
  readonly metrics: readonly string[];
  /** Dimensions; a grain's name among them is the grain. */
  readonly by: readonly string[];
  readonly grain?: Grain;
  /** A predicate over dimensions; applied to the rows of every metric, before aggregation. */
  readonly where?: string;
  /** A date of the calendar, included. */
  readonly from?: string;
  /** A date of the calendar, not included. */
  readonly to?: string;
  /** Result columns, `-` for descending. */
  readonly order: readonly string[];
  readonly limit?: number;
  /** ISO instant: rows at or after it do not count, and it decides each row's `state`. */
  readonly asOf: string;
  /** Instead of the project's. */
  readonly calendar?: Calendar;
}

export interface QueryColumn {
  readonly name: string;
  /** As `formatType` writes it; `decimal` without precision where arithmetic decides. */
  readonly type: string;
  readonly role: 'grain' | 'dimension' | 'metric' | 'state';
}

/** A question as canonical SQL, not yet rendered for an engine. */
export interface QueryPlan {
  readonly kind: 'query-plan';
  readonly sql: string;
  readonly columns: readonly QueryColumn[];
  /** Models read, sorted. */
  readonly reads: readonly string[];
  /** Those of them that are made for a metric; absent: none. */
  readonly stored?: readonly string[];
}
