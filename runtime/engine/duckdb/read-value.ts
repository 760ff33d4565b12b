import type {
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBIntervalValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  DuckDBType,
  DuckDBValue,
} from '@duckdb/node-api';
import type { Value } from '../../../compiler/index.ts';
import { formatCanonicalJson } from '../canonical-json.ts';
import { formatDate, formatInterval, formatTimestamp } from '../format-time.ts';
import { DuckDBTypeId } from './node-api.ts';

export type ReadValue = (value: DuckDBValue) => Value;

function readInteger(value: DuckDBValue): Value {
  if (typeof value !== 'bigint') return value as number;
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
}

function readDecimal(value: DuckDBValue): string {
  return (value as DuckDBDecimalValue).toString();
}

/** The shortest decimal that is this 32-bit number, as PostgreSQL prints it; the double of 1.1 would show 1.100000023841858. */
function readFloat(value: DuckDBValue): number {
  const exact = value as number;
  for (let digits = 6; digits < 9; digits += 1) {
    const short = Number(exact.toPrecision(digits));
    if (Math.fround(short) === exact) return short;
  }
  return exact;
}

function readTimestamp(unit: (value: DuckDBValue) => bigint, suffix: string): ReadValue {
  return (value) => formatTimestamp(unit(value), suffix);
}

const micros = (value: DuckDBValue): bigint => (value as DuckDBTimestampTZValue | DuckDBTimestampValue).micros;

/** JSON of a nested value: numbers stay numbers, decimals and instants are text, as in rows. */
function readNested(value: DuckDBValue, type: DuckDBType): unknown {
  if (value === null) return null;
  switch (type.typeId) {
    case DuckDBTypeId.LIST:
    case DuckDBTypeId.ARRAY: {
      const inner = (type as unknown as { readonly valueType: DuckDBType }).valueType;
      return (value as unknown as { readonly items: readonly DuckDBValue[] }).items.map((item) =>
        readNested(item, inner),
      );
    }
    case DuckDBTypeId.STRUCT: {
      const { entryNames, entryTypes } = type as unknown as {
        readonly entryNames: readonly string[];
        readonly entryTypes: readonly DuckDBType[];
      };
      const { entries } = value as unknown as { readonly entries: Readonly<Record<string, DuckDBValue>> };
      return Object.fromEntries(
        entryNames.map((name, index) => [name, readNested(entries[name] ?? null, entryTypes[index]!)]),
      );
    }
    default: {
      const read = findReader(type)(value);
      return typeof read === 'bigint' ? String(read) : read;
    }
  }
}

function findReader(type: DuckDBType): ReadValue {
  switch (type.typeId) {
    case DuckDBTypeId.BOOLEAN:
    case DuckDBTypeId.DOUBLE:
    case DuckDBTypeId.TINYINT:
    case DuckDBTypeId.SMALLINT:
    case DuckDBTypeId.INTEGER:
    case DuckDBTypeId.UTINYINT:
    case DuckDBTypeId.USMALLINT:
    case DuckDBTypeId.UINTEGER:
      return (value) => value as number | boolean;
    case DuckDBTypeId.BIGINT:
    case DuckDBTypeId.UBIGINT:
    case DuckDBTypeId.HUGEINT:
    case DuckDBTypeId.UHUGEINT:
    case DuckDBTypeId.BIGNUM:
      return readInteger;
    case DuckDBTypeId.FLOAT:
      return readFloat;
    case DuckDBTypeId.DECIMAL:
      return readDecimal;
    case DuckDBTypeId.VARCHAR:
      return type.alias === 'JSON' ? (value) => formatCanonicalJson(value as string) : (value) => value as string;
    case DuckDBTypeId.DATE:
      return (value) => formatDate((value as DuckDBDateValue).days);
    case DuckDBTypeId.TIMESTAMP_TZ:
      return readTimestamp(micros, 'Z');
    case DuckDBTypeId.TIMESTAMP:
      return readTimestamp(micros, '');
    case DuckDBTypeId.TIMESTAMP_S:
      return readTimestamp((value) => (value as unknown as { readonly seconds: bigint }).seconds * 1_000_000n, '');
    case DuckDBTypeId.TIMESTAMP_MS:
      return readTimestamp((value) => (value as unknown as { readonly millis: bigint }).millis * 1_000n, '');
    case DuckDBTypeId.TIMESTAMP_NS:
      return readTimestamp((value) => (value as unknown as { readonly nanos: bigint }).nanos / 1_000n, '');
    case DuckDBTypeId.INTERVAL:
      return (value) => {
        const { months, days, micros } = value as DuckDBIntervalValue;
        return formatInterval(months, days, micros);
      };
    case DuckDBTypeId.LIST:
    case DuckDBTypeId.ARRAY:
    case DuckDBTypeId.STRUCT:
      return (value) => JSON.stringify(readNested(value, type));
    default:
      return String;
  }
}

/** How a column's values become `Value`s; chosen once per column. */
export function findValueReader(type: DuckDBType): ReadValue {
  const read = findReader(type);
  return (value) => (value === null ? null : read(value));
}
