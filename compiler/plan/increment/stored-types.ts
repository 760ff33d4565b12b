import type { ColumnType } from '../../definition/type-name.ts';
import type { ExpressionType } from '../../expression/contract.ts';
import type { ShapeOf } from '../../expression/inference.ts';

/** The columns of tables as they are stored: of those that are read, and of the model itself. */
export interface StoredTypes {
  readonly shapeOf: ShapeOf;
  readonly own: ReadonlyMap<string, ColumnType>;
}

/** Is a value the same once it is stored? */
export function isStoredAs(type: ExpressionType | undefined, stored: ColumnType): boolean {
  if (type?.name === 'decimal' && stored.name === 'decimal')
    return type.scale !== undefined && type.scale <= stored.scale;
  return type !== undefined && type.name === stored.name;
}
