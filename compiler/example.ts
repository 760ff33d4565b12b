import { catalogOf } from './catalog-of.ts';
import type { ExampleDefinition } from './definition/example.ts';
import type { Diagnostic } from './diagnostic/diagnostic.ts';
import type { Value } from './dialect/contract.ts';
import type { Manifest, ManifestModel, ManifestSegment } from './manifest-types.ts';
import { compareExample as compare, type ExampleOutcome } from './plan/compare-example.ts';
import { planExample as plan, planSegmentExample as planOfSegment } from './plan/plan-example.ts';
import type { QueryPlan } from './plan/query-types.ts';

import { asRows } from './plan/segment/example-rows.ts';

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
  return plan(catalogOf(manifest), modelsOf(manifest), metric, example);
}

/**
 * The same of a segment; its rows are compared by `compareSegmentExample`.
 *
 * @example
 * const { plan } = planSegmentExample(manifest, 'vip', manifest.segments[0].examples[0])
 */
export function planSegmentExample(
  manifest: Manifest,
  segment: string,
  example: ExampleDefinition,
): { readonly plan?: QueryPlan; readonly diagnostics: readonly Diagnostic[] } {
  return planOfSegment(catalogOf(manifest), modelsOf(manifest), segment, example);
}

/** Does a result say what the example of a segment expects: members, rows, or the attrition that is counted from it? */
export function compareSegmentExample(
  segment: ManifestSegment,
  example: ExampleDefinition,
  columns: readonly string[],
  rows: readonly (readonly Value[])[],
): ExampleOutcome {
  const asked = asRows(segment, example, columns, rows);
  return compare(asked.example, asked.columns, asked.rows);
}

function modelsOf(manifest: Manifest): ReadonlyMap<string, ManifestModel> {
  let models = modelMaps.get(manifest);
  if (!models) {
    models = new Map(manifest.models.map((m) => [m.name, m]));
    modelMaps.set(manifest, models);
  }
  return models;
}
