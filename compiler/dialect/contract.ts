/** A value bound to a statement or read from a result. Integers beyond 2^53 are bigint; decimals, dates, instants and JSON are text. */
export type Value = null | boolean | number | bigint | string;

/** What an engine executes. */
export interface Statement {
  readonly sql: string;
  readonly parameters: readonly Value[];
}

export type DialectName = 'duckdb' | 'postgres';

export interface QualifiedName {
  readonly schema: string;
  readonly table: string;
}

/** From a logical name (`marts.orders`) to the relation that a statement shall read. */
export type NameResolver = (model: string) => QualifiedName;
