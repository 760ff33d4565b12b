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
  /** Beside each plain metric its value in an earlier period, and the change: `previous` (the period before), `year`, or `3 months ago`. */
  readonly compare?: string;
  /** ISO instant: rows at or after it do not count, and it decides each row's `state`. */
  readonly asOf: string;
  /** Instead of the project's. */
  readonly calendar?: Calendar;
}

/** A cell of a result that is to be opened: who is in it. */
export interface EntitiesRequest extends Pick<QueryRequest, 'where' | 'from' | 'to' | 'asOf'> {
  readonly metric: string;
  /** The cell by the columns of its row, as text: `{cohort: '2025-01', k: '2'}`, `{month: '2025-03', country: 'DE'}`. */
  readonly cell: Readonly<Record<string, string>>;
  readonly limit: number;
}

export interface QueryColumn {
  readonly name: string;
  /** As `formatType` writes it; `decimal` without precision where arithmetic decides. */
  readonly type: string;
  /** `entity`: who a row is about, where a cell is opened. */
  readonly role: 'grain' | 'dimension' | 'metric' | 'state' | 'entity';
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
