import type { ColumnType } from '../definition/type-name.ts';
import { parseType } from '../definition/type-name.ts';

/** A type of the language as canonical (PostgreSQL) SQL; a text that names none of them is taken to be one already. */
export function canonicalType(written: ColumnType | string): string {
  const type = typeof written === 'string' ? parseType(written) : written;
  if (type === undefined) return written as string;
  switch (type.name) {
    case 'integer':
      return 'bigint';
    case 'decimal':
      return `numeric(${type.precision},${type.scale})`;
    case 'double':
      return 'double precision';
    case 'timestamp':
      return 'timestamptz';
    case 'json':
      return 'jsonb';
    default:
      return type.name;
  }
}
