import type { Diagnostic, Span } from '../diagnostic/diagnostic.ts';
import type { SqlText } from '../source/source-file.ts';

/** Types of the language as an expression may have them; a decimal whose precision is not known has none. */
export type ExpressionType =
  | { readonly name: 'text' | 'integer' | 'double' | 'boolean' | 'date' | 'timestamp' | 'json' | 'interval' }
  | { readonly name: 'decimal'; readonly precision?: number; readonly scale?: number };

/** A table named in SQL: `layer.model`. */
export interface TableReference {
  /** `marts.orders` */
  readonly model: string;
  readonly alias: string;
  readonly span: Span;
}

/** A column named in SQL: `['amount']`, `['o', 'amount']`, `['customer', 'channel']`. */
export interface ColumnReference {
  readonly path: readonly string[];
  readonly span: Span;
}

/** One parsed SELECT. `ast` is libpg-query's SelectStmt node (`{ SelectStmt: … }`), never changed in place. */
export interface ParsedSelect {
  readonly kind: 'select';
  readonly ast: unknown;
  readonly text: SqlText;
  readonly tables: readonly TableReference[];
  /** The same query in one spelling: no comments, one layout. What fingerprints and manifests hold. */
  readonly canonical: string;
}

/** One parsed expression. `ast` is its node (`{ A_Expr: … }`), never changed in place. */
export interface ParsedExpression {
  readonly kind: 'expression';
  readonly ast: unknown;
  readonly text: SqlText;
  /** Columns named outside subqueries. */
  readonly columns: readonly ColumnReference[];
  /** Tables that its subqueries read. */
  readonly tables: readonly TableReference[];
  /** True where an aggregate function stands outside a subquery. */
  readonly aggregate: boolean;
  readonly canonical: string;
}

export interface ShapeColumn {
  readonly name: string;
  readonly type?: ExpressionType;
}

/** Where an output column's value comes from. `same`: the column itself; `changed`: computed from it; `aggregated`: an aggregate over it; `filtered`: read only to choose rows, join or group. */
export interface ColumnSource {
  readonly model: string;
  readonly column: string;
  readonly how: 'same' | 'changed' | 'aggregated' | 'filtered';
  /** Of an aggregate that hands on values of single rows: `max`, `array_agg`. */
  readonly keepsValues?: true;
}

export interface OutputColumn {
  readonly name: string;
  readonly type?: ExpressionType;
  readonly sources: readonly ColumnSource[];
  readonly span: Span;
}

export interface SelectShape {
  readonly columns: readonly OutputColumn[];
  /** Columns read only in WHERE, JOIN, GROUP BY, HAVING, ORDER BY. */
  readonly filters: readonly ColumnSource[];
  readonly diagnostics: readonly Diagnostic[];
}
