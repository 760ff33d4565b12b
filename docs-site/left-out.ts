import type { ManifestMetric } from '../compiler/index.ts';
import type { SiteContext } from './site-context.ts';

/** Who is left out of a metric. `through`: of one that is computed from others the metrics that leave them out; empty: it does so itself. */
export interface LeftOut {
  readonly name: string;
  readonly through: readonly string[];
}

/** What a metric leaves out itself or through the metrics that it is computed from, in the order in which it is met. */
export function leftOutOf({ metrics }: Pick<SiteContext, 'metrics'>, metric: ManifestMetric): readonly LeftOut[] {
  const found = new Map<string, Set<string>>();
  const seen = new Set<string>();
  const visit = (one: ManifestMetric): void => {
    if (seen.has(one.name)) return;
    seen.add(one.name);
    for (const name of one.exclude) {
      const through = found.get(name) ?? new Set<string>();
      found.set(name, through);
      if (one !== metric) through.add(one.name);
    }
    for (const input of one.inputs) {
      const other = metrics.get(input);
      if (other !== undefined) visit(other);
    }
  };
  visit(metric);
  const own = new Set(metric.exclude);
  return [...found].map(([name, through]) => ({ name, through: own.has(name) ? [] : [...through] }));
}
