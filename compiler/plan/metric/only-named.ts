import type { CatalogMetric } from '../catalog.ts';
import { identifier as id } from '../sql-text.ts';

/** The metric that a formula names, where it says nothing else: `is: orders`, with a window on top. */
export function onlyNamed({
  model,
  inputs,
  expression,
}: Pick<CatalogMetric, 'model' | 'inputs' | 'expression'>): string | undefined {
  const [name] = inputs;
  const isBare = model === undefined && inputs.length === 1 && (expression === name || expression === id(name!));
  return isBare ? name : undefined;
}
