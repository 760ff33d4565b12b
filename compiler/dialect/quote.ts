import type { ColumnType } from '../definition/type-name.ts';
import { canonicalType } from '../plan/canonical-type.ts';
import type { QualifiedName, Value } from './contract.ts';

/** Always quoted: a name that is no reserved word today may be one in the next version of an engine. */
export function quoteIdentifier(name: string): string {
  if (name === '' || name.includes('\0')) throw new Error('a name is empty or holds a zero byte');
  return `"${name.replaceAll('"', '""')}"`;
}

/** `"marts"."orders"` */
export function qualify(name: QualifiedName): string {
  return `${quoteIdentifier(name.schema)}.${quoteIdentifier(name.table)}`;
}

/**
 * A value as canonical SQL; with a type, cast to it, so that it means the same wherever it stands.
 *
 * @example
 * quoteLiteral("it's") // 'it''s'
 * quoteLiteral('12.50', { name: 'decimal', precision: 10, scale: 2 }) // '12.50'::numeric(10,2)
 */
export function quoteLiteral(value: Value, type?: ColumnType): string {
  const bare = bareLiteral(value, type);
  return type ? `${bare}::${canonicalType(type)}` : bare;
}

function bareLiteral(value: Value, type: ColumnType | undefined): string {
  if (value === null) return 'NULL';
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (typeof value === 'string') {
    if (value.includes('\0')) throw new Error('a text with a zero byte cannot be written as SQL');
    return `'${value.replaceAll("'", "''")}'`;
  }
  if (typeof value === 'number' && !Number.isFinite(value)) return `'${value}'`;
  const digits = String(value);
  // A cast binds tighter than a minus sign, and an exponent would make a double of a decimal.
  return type || digits.startsWith('-') || digits.includes('e') ? `'${digits}'` : digits;
}
