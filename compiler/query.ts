import { catalogOf } from './catalog-of.ts';
import type { Diagnostic } from './diagnostic/diagnostic.ts';
import type { Manifest } from './manifest-types.ts';
import { planQuery as plan } from './plan/plan-query.ts';
import type { QueryPlan, QueryRequest } from './plan/query-types.ts';
import { withStored } from './plan/stored/read-stored.ts';

/**
 * Plans a question to the metrics of a manifest: canonical SQL, to be rendered for an engine with `renderSql`. The parser must have been loaded. `stored`: tables made for metrics that hold what
 * the tables that they are made from hold now; where one answers the question, it is read.
 *
 * @example
 * const { plan } = planQuery(manifest, { metrics: ['revenue'], by: ['country'], grain: 'month', order: [], asOf: '2025-07-01T00:00:00Z' })
 * const sql = renderSql(plan.sql, 'duckdb', names)
 */
export function planQuery(
  manifest: Manifest,
  request: QueryRequest,
  stored: ReadonlySet<string> = new Set(),
): { readonly plan?: QueryPlan; readonly diagnostics: readonly Diagnostic[] } {
  const { catalog, used } = withStored(catalogOf(manifest), request, stored);
  const outcome = plan(catalog, request);
  if (!outcome.plan || used.length === 0) return outcome;
  // Of the period of `asOf` the rows themselves may be read, too.
  const made = new Set(
    manifest.models.flatMap(({ name, generated }) => (used.includes(name) ? (generated?.metric ?? []) : [])),
  );
  const behind = manifest.metrics.filter(({ name }) => made.has(name)).flatMap(({ reads }) => reads);
  const reads = [...new Set([...outcome.plan.reads, ...behind])].sort();
  return { ...outcome, plan: { ...outcome.plan, reads, stored: [...used].sort() } };
}
