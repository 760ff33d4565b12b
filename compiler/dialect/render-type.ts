import type { ColumnType } from '../definition/type-name.ts';
import { canonicalType } from '../plan/canonical-type.ts';
import type { DialectName } from './contract.ts';

/** A column's type in an engine's words. */
export function renderType(type: ColumnType, dialect: DialectName): string {
  if (dialect === 'postgres') return canonicalType(type);
  switch (type.name) {
    case 'text':
      return 'VARCHAR';
    case 'integer':
      return 'BIGINT';
    case 'decimal':
      return `DECIMAL(${type.precision},${type.scale})`;
    case 'double':
      return 'DOUBLE';
    case 'boolean':
      return 'BOOLEAN';
    case 'date':
      return 'DATE';
    case 'timestamp':
      return 'TIMESTAMPTZ';
    case 'json':
      return 'JSON';
  }
}
