import type { Calendar } from '../../definition/project.ts';

/** A model as far as its increments go. */
export interface IncrementalModel {
  readonly name: string;
  readonly sql: string;
  readonly key: readonly string[];
  readonly time?: { readonly column: string; readonly type: 'timestamp' | 'date' };
  readonly by: 'hour' | 'day' | 'week' | 'month' | 'key';
  readonly calendar: Calendar;
  /** Stored tables that it reads, also those behind views. */
  readonly inputs: readonly IncrementalInput[];
  /** Canonical SQL of the views that it reads, also those behind views. */
  readonly views: ReadonlyMap<string, string>;
  /** Periods always computed again, since of some inputs nothing says which rows are new: `2 days`. */
  readonly lookback?: string;
  /** Inputs of which the author says how far around a period its query reads. */
  readonly reads?: ReadonlyMap<string, Reach>;
}

/** How far around a period of the model an input is read, and the input's column that says when a row is. */
export interface Reach {
  readonly before?: string;
  readonly after?: string;
  readonly time: { readonly column: string; readonly type: 'timestamp' | 'date' };
}

export interface IncrementalInput {
  readonly name: string;
  readonly columns: readonly string[];
  /** `files`: a raw table whose rows have a batch. `table`: a table that a run writes. `foreign`: nothing is written down of what changes there. */
  readonly kind: 'files' | 'table' | 'foreign';
}

/** What of a model is computed anew where something changed: all rows of a key, or of a period. */
export interface Unit {
  readonly kind: 'key' | 'period';
  /** The columns of the model that it goes by. */
  readonly columns: readonly string[];
}
