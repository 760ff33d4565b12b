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

/**
 * The same with those joined that read the same rows: an event that two of them ask for is one event. Where they tell different things of it, such as a value, each has its own.
 */
export function eventSources(
  activity: CatalogActivity,
  activities: ReadonlyMap<string, CatalogActivity>,
): readonly CatalogActivity[] {
  const sources = new Map<string, CatalogActivity>();
  for (const leaf of leavesOf(activity, activities)) {
    const { model, key, time, until, value, order } = leaf;
    const name = JSON.stringify([model, key, time, until, value, order]);
    const known = sources.get(name);
    sources.set(name, known ? either(known, leaf) : leaf);
  }
  return [...sources.values()];
}

function either({ where: one, ...rows }: CatalogActivity, { where: other }: CatalogActivity): CatalogActivity {
  return one === undefined || other === undefined ? rows : { ...rows, where: `(${one}) or (${other})` };
}
