import { catalogOf } from './catalog-of.ts';
import type { ShapeColumn } from './expression/contract.ts';
import type { Manifest } from './manifest-types.ts';
import { shapeOf } from './plan/catalog.ts';

/**
 * The columns of a manifest's models with their types, as `renderSql` wants them: some of a dialect's rewrites (sums of integers, order of text, dates plus numbers)
 * depend on types, and are left out where a table's shape is not known.
 *
 * @example
 * renderSql(model.sql, 'duckdb', names, { shapeOf: shapesOf(manifest) })
 */
export function shapesOf(manifest: Manifest): (model: string) => readonly ShapeColumn[] | undefined {
  const { models } = catalogOf(manifest);
  return (name) => {
    const model = models.get(name);
    return model && shapeOf(model);
  };
}
