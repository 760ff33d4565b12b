import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import type { Node } from './ast.ts';
import type { ColumnSource, ExpressionType, ParsedExpression, ShapeColumn } from './contract.ts';
import { inferNode } from './infer-node.ts';
import { startInference } from './infer-select.ts';
import type { ShapeOf } from './inference.ts';
import type { Resolution, Scope } from './scope.ts';
import { emptyFrom, fromRelation, relationOfModel, resolveColumn, uniqueSources } from './scope.ts';
import { languageType } from './sql-type.ts';

export interface ResolvedColumn {
  readonly type?: ExpressionType;
  readonly sources: readonly ColumnSource[];
}

/** What a column reference means where an expression stands: `['amount']`, `['customer', 'channel']`; undefined: nothing. */
export type ColumnResolver = (path: readonly string[]) => ResolvedColumn | undefined;

export interface ExpressionOptions {
  /** The model whose columns `scope` lists: sources name it, and `orders.amount` finds it. */
  readonly model?: string;
  /** For tables read by subqueries. */
  readonly shapeOf?: ShapeOf;
  /** With a resolver: the names to suggest from. */
  readonly available?: readonly string[];
}

export interface InferredExpression {
  readonly type?: ExpressionType;
  readonly sources: readonly ColumnSource[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Type and sources of an expression over the columns of one model, or over whatever a resolver knows.
 *
 * @example
 * inferExpression(expression, [{ name: 'amount', type: { name: 'decimal', precision: 12, scale: 2 } }], { model: 'marts.orders' })
 */
export function inferExpression(
  expression: ParsedExpression,
  scope: readonly ShapeColumn[] | ColumnResolver,
  options: ExpressionOptions = {},
): InferredExpression {
  const model = options.model ?? '';
  const own: Scope = {
    from:
      typeof scope === 'function'
        ? emptyFrom
        : fromRelation(relationOfModel(model, model.split('.').at(-1) ?? '', scope)),
    ctes: new Map(),
  };
  const resolve = (path: readonly string[], at: Scope): Resolution => {
    const usual = resolveColumn(path, at);
    if (typeof scope !== 'function' || 'found' in usual || usual.failure === 'ambiguous') return usual;
    const resolved = scope(path);
    if (resolved) return { found: { name: path.at(-1) ?? '', type: resolved.type, sources: resolved.sources } };
    return { failure: 'unknown-column', among: options.available ?? usual.among };
  };
  const inference = startInference(expression.text, options.shapeOf ?? (() => undefined), resolve);
  const inferred = inferNode(expression.ast as Node, own, inference);
  const type = languageType(inferred.type);
  return { ...(type ? { type } : {}), sources: uniqueSources(inferred.sources), diagnostics: inference.diagnostics };
}
