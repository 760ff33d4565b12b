import { catalogOf } from './catalog-of.ts';
import type { Manifest } from './manifest-types.ts';
import { type EntitiesPlan, planEntities as plan } from './plan/drill/plan-entities.ts';
import type { EntitiesRequest } from './plan/query-types.ts';

/** Why ids may not be shown as they are. */
export interface PersonalId {
  readonly model: string;
  readonly column: string;
  readonly tags: readonly string[];
}

/**
 * Plans the opening of a cell: who is in it. `personal` names the columns of ids that say who somebody is (tagged, and neither a pseudonym nor hashed): such ids are not to be shown.
 *
 * @example
 * const { plan, personal } = planEntities(manifest, { metric: 'signup_retention', cell: { cohort: '2025-01', k: '2' }, limit: 100, asOf })
 */
export function planEntities(
  manifest: Manifest,
  request: EntitiesRequest,
): EntitiesPlan & { readonly personal: readonly PersonalId[] } {
  const planned = plan(catalogOf(manifest), manifest.project.entities, request);
  const personal = planned.ids.flatMap(({ model, column }) => {
    const found = manifest.models.find(({ name }) => name === model)?.columns.find(({ name }) => name === column);
    const tags = (found?.personal?.tags ?? []).filter((tag) => tag !== 'id');
    return tags.length > 0 ? [{ model, column, tags }] : [];
  });
  return { ...planned, personal };
}
