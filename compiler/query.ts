import { catalogOf } from './catalog-of.ts';
import type { Diagnostic } from './diagnostic/diagnostic.ts';
import type { Manifest } from './manifest-types.ts';
import { planQuery as plan } from './plan/plan-query.ts';
import type { QueryPlan, QueryRequest } from './plan/query-types.ts';

/**
 * Plans a question to the metrics of a manifest: canonical SQL, to be rendered for an engine with `renderSql`. The parser must have been loaded.
 *
 * @example
 * const { plan } = planQuery(manifest, { metrics: ['revenue'], by: ['country'], grain: 'month', order: [], asOf: '2025-07-01T00:00:00Z' })
 * const sql = renderSql(plan.sql, 'duckdb', names)
 */
export function planQuery(
  manifest: Manifest,
  request: QueryRequest,
): { readonly plan?: QueryPlan; readonly diagnostics: readonly Diagnostic[] } {
  return plan(catalogOf(manifest), request);
}
