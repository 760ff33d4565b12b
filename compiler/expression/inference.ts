import type { Code } from '../diagnostic/codes.ts';
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import { diagnostic } from '../diagnostic/diagnostic.ts';
import type { SqlText } from '../source/source-file.ts';
import type { Node, SelectStmt } from './ast.ts';
import type { ColumnSource, ShapeColumn } from './contract.ts';
import type { Resolution, Scope, ScopeColumn } from './scope.ts';
import type { SqlType } from './sql-type.ts';
import { spanInText, tokenEnd } from './text-position.ts';

export type ShapeOf = (model: string) => readonly ShapeColumn[] | undefined;

/** An output column of a query while it is being inferred. */
export interface QueryColumn extends ScopeColumn {
  readonly at: number;
}

export interface Inferred {
  readonly type?: SqlType | undefined;
  readonly sources: readonly ColumnSource[];
}

/** What one inference carries through the tree. */
export interface Inference {
  readonly text: SqlText;
  readonly shapeOf: ShapeOf;
  readonly diagnostics: Diagnostic[];
  /** Columns read to choose, join, group or order rows. */
  readonly filters: ColumnSource[];
  /** The type found for each node of the tree; a dialect rewrites by them. */
  readonly types: Map<Node, SqlType>;
  /** Type and sources of an expression; what is certainly wrong with it is reported on the way. */
  readonly inferNode: (node: Node | undefined, scope: Scope) => Inferred;
  readonly resolve: (path: readonly string[], scope: Scope) => Resolution;
  /** Columns of a subquery; undefined where its `*` cannot be expanded. */
  readonly inferQuery: (select: SelectStmt, outer: Scope) => readonly QueryColumn[] | undefined;
}

export function report(
  inference: Inference,
  code: Code,
  at: number | undefined,
  message: string,
  hints: readonly string[] = [],
): void {
  const start = at ?? 0;
  const span = spanInText(inference.text, start, tokenEnd(inference.text.text, start));
  inference.diagnostics.push(diagnostic(code, message, { span, hints }));
}
