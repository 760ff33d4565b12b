import type { ColumnsOf } from './block.ts';
import type { Change } from './changes.ts';

/**
 * What changed, and what the tables hold. The theory is that of incremental view maintenance: a row of a query can have changed only where a row of one of its tables
 * came or went, and goes by the values that this row had. Where in doubt more is taken, never less.
 */
export interface Delta {
  readonly columnsOf: ColumnsOf;
  readonly changes: ReadonlyMap<string, Change>;
  /** Told of every step between a change and what it touches, as `kind: words`. */
  readonly note?: (way: string) => void;
}
