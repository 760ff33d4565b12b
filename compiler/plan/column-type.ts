import type { ColumnType } from '../definition/type-name.ts';
import type { ExpressionType } from '../expression/contract.ts';

/** The column type that an expression's type makes; a decimal needs its precision, an interval is no column type. */
export function columnType(type: ExpressionType): ColumnType | undefined {
  if (type.name === 'interval') return undefined;
  if (type.name !== 'decimal') return { name: type.name };
  return type.precision !== undefined && type.scale !== undefined
    ? { name: 'decimal', precision: type.precision, scale: type.scale }
    : undefined;
}
