import { catalogOf } from './catalog-of.ts';
import type { ExampleDefinition } from './definition/example.ts';
import type { Diagnostic } from './diagnostic/diagnostic.ts';
import type { Manifest, ManifestModel } from './manifest-types.ts';
import { planExample as plan } from './plan/plan-example.ts';
import type { QueryPlan } from './plan/query-types.ts';

export type { ExampleOutcome } from './plan/compare-example.ts';
export { compareExample } from './plan/compare-example.ts';

const modelMaps = new WeakMap<Manifest, ReadonlyMap<string, ManifestModel>>();

/**
 * An example of a metric as one SELECT over its own given rows: it reads no table. The parser must have been loaded.
 *
 * @example
 * const { plan } = planExample(manifest, 'revenue', manifest.metrics[0].examples[0])
 */
export function planExample(
  manifest: Manifest,
  metric: string,
  example: ExampleDefinition,
): { readonly plan?: QueryPlan; readonly diagnostics: readonly Diagnostic[] } {
  let models = modelMaps.get(manifest);
  if (!models) {
    models = new Map(manifest.models.map((m) => [m.name, m]));
    modelMaps.set(manifest, models);
  }
  return plan(catalogOf(manifest), models, metric, example);
}
