import type { Catalog } from '../catalog.ts';
import { activitiesOf } from './population.ts';
import type { CatalogSegment } from './rule.ts';

/** The type of the entity's key, in the model with its properties or in that of its first activity. */
export function keyType(catalog: Catalog, segment: Pick<CatalogSegment, 'entity' | 'key' | 'attributes'>): string {
  const [activity] = segment.attributes === undefined ? activitiesOf(catalog, segment.entity) : [];
  const model = catalog.models.get(segment.attributes ?? activity?.model ?? '');
  const column = activity?.key ?? segment.key;
  return model?.columns.find(({ name }) => name === column)?.type ?? 'text';
}
