import type { DuckDBDecimalType, DuckDBType } from '@duckdb/node-api';
import { DuckDBTypeId } from './node-api.ts';

const integers: ReadonlySet<DuckDBType['typeId']> = new Set([
  DuckDBTypeId.TINYINT,
  DuckDBTypeId.SMALLINT,
  DuckDBTypeId.INTEGER,
  DuckDBTypeId.BIGINT,
  DuckDBTypeId.UTINYINT,
  DuckDBTypeId.USMALLINT,
  DuckDBTypeId.UINTEGER,
  DuckDBTypeId.UBIGINT,
  DuckDBTypeId.HUGEINT,
  DuckDBTypeId.UHUGEINT,
]);

/** The language's name of a result's type; DuckDB's own, in lower case, where the language has none. */
export function formatDuckdbType(type: DuckDBType): string {
  if (integers.has(type.typeId)) return 'integer';
  switch (type.typeId) {
    case DuckDBTypeId.DECIMAL: {
      const { width, scale } = type as DuckDBDecimalType;
      return `decimal(${width},${scale})`;
    }
    case DuckDBTypeId.VARCHAR:
      return type.alias === 'JSON' ? 'json' : 'text';
    case DuckDBTypeId.FLOAT:
    case DuckDBTypeId.DOUBLE:
      return 'double';
    case DuckDBTypeId.BOOLEAN:
      return 'boolean';
    case DuckDBTypeId.DATE:
      return 'date';
    case DuckDBTypeId.TIMESTAMP_TZ:
      return 'timestamp';
    case DuckDBTypeId.TIMESTAMP:
      return 'timestamp without time zone';
    default:
      return String(type).toLowerCase();
  }
}

/** The same from the text of `duckdb_columns()`. */
export function parseDuckdbType(text: string): string {
  if (/^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER)$/.test(text)) return 'integer';
  const decimal = /^DECIMAL\((\d+),\s*(\d+)\)$/.exec(text);
  if (decimal) return `decimal(${decimal[1]},${decimal[2]})`;
  const names: Readonly<Record<string, string>> = {
    VARCHAR: 'text',
    FLOAT: 'double',
    DOUBLE: 'double',
    'TIMESTAMP WITH TIME ZONE': 'timestamp',
    TIMESTAMP: 'timestamp without time zone',
  };
  return names[text] ?? text.toLowerCase();
}
