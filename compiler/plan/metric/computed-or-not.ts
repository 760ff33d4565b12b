import type { CatalogModel } from '../catalog.ts';
import type { MetricContext } from './analysed-metric.ts';

/** Whether this version computes a metric over these inputs and this model, and if not, why. */
export function computedOrNot(
  inputs: readonly string[],
  context: MetricContext,
  model?: CatalogModel,
): { computed: boolean; notComputed?: string } {
  // The rows of a contract come from examples.
  if (model?.notComputed !== undefined && !context.contracts.has(model.name)) {
    return { computed: false, notComputed: `its model \`${model.name}\` is not built: ${model.notComputed}` };
  }
  for (const name of inputs) {
    const why =
      context.notComputed.get(name) ??
      (context.analysed.get(name)?.computed === false ? context.analysed.get(name)!.notComputed : undefined);
    if (why !== undefined) return { computed: false, notComputed: `its input \`${name}\` uses ${why}` };
  }
  return { computed: true };
}
