import { catalogOf } from './catalog-of.ts';
import type { Diagnostic } from './diagnostic/diagnostic.ts';
import type { Manifest } from './manifest-types.ts';
import { segmentOfCell } from './plan/drill/segment-of-cell.ts';
import type { EntitiesRequest } from './plan/query-types.ts';
import { renderYaml } from './schema/render-yaml.ts';

/**
 * A cell of a retention as the text of a segment's file. Days stand for themselves: the segment stays that of the cell, whenever it is asked.
 *
 * @example
 * const { text } = writeCellSegment(manifest, 'came_back', { metric: 'signup_retention', cell: { cohort: '2025-01', k: '2' } })
 */
export function writeCellSegment(
  manifest: Manifest,
  name: string,
  request: Omit<EntitiesRequest, 'asOf' | 'limit'>,
): { readonly text?: string; readonly diagnostics: readonly Diagnostic[] } {
  const { segment, diagnostics } = segmentOfCell(catalogOf(manifest), request);
  if (!segment) return { diagnostics };
  const { metric } = request;
  const { rule } = manifest.metrics.find((one) => one.name === metric)!;
  const { anchor } = manifest.cohorts.find((one) => rule && 'cohort' in rule && one.name === rule.cohort)!;
  const definition = {
    description: segment.description,
    entity: entityOf(manifest, anchor),
    schedule: 'on_demand',
    where: segment.where,
    ...(segment.exclude.length > 0 ? { exclude: segment.exclude } : {}),
  };
  return { text: `${renderYaml({ segments: { [name]: definition } })}\n`, diagnostics };
}

/** Whose the anchor is; an activity made of others is of whom they are. */
function entityOf(manifest: Manifest, name: string): string {
  const { entity, any } = manifest.activities.find((one) => one.name === name)!;
  return entity ?? entityOf(manifest, any[0]!);
}
