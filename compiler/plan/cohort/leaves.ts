import type { CatalogActivity } from '../catalog.ts';

/** The activities of rows that an activity is made of: itself, or those below `any`, each once. */
export function leavesOf(
  activity: CatalogActivity,
  activities: ReadonlyMap<string, CatalogActivity>,
): readonly CatalogActivity[] {
  if (activity.model !== undefined) return [activity];
  const leaves = activity.any.flatMap((name) => leavesOf(activities.get(name)!, activities));
  return [...new Set(leaves)];
}
