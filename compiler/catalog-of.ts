import type { Manifest, ManifestMetric } from './manifest-types.ts';
import type { Catalog } from './plan/catalog.ts';

const catalogs = new WeakMap<Manifest, Catalog>();

/** The manifest as the planner looks things up. */
export function catalogOf(manifest: Manifest): Catalog {
  let catalog = catalogs.get(manifest);
  if (!catalog) {
    catalog = {
      calendar: manifest.project.calendar,
      models: new Map(manifest.models.map((m) => [m.name, m])),
      metrics: new Map(manifest.metrics.map((m: ManifestMetric) => [m.name, m])),
      exclusions: new Map(manifest.project.exclusions.map((e) => [e.name, e])),
      activities: new Map(manifest.activities.map((a) => [a.name, a])),
      cohorts: new Map(manifest.cohorts.map((c) => [c.name, c])),
      segments: new Map(manifest.segments.map((s) => [s.name, s])),
    };
    catalogs.set(manifest, catalog);
  }
  return catalog;
}
