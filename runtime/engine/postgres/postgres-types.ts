import type { Value } from '../../../compiler/index.ts';
import { formatCanonicalJson } from '../canonical-json.ts';

type ReadText = (text: string) => Value;

/** Type oids of the server's catalog; they never change. */
const oids = {
  bool: 16,
  int8: 20,
  int2: 21,
  int4: 23,
  oid: 26,
  json: 114,
  float4: 700,
  float8: 701,
  date: 1082,
  timestamp: 1114,
  timestamptz: 1184,
  numeric: 1700,
  jsonb: 3802,
};

/** Arrays by their oid, with the oid of an element. */
const arrays: Readonly<Record<number, number>> = {
  1000: oids.bool,
  1005: oids.int2,
  1007: oids.int4,
  1016: oids.int8,
  1021: oids.float4,
  1022: oids.float8,
  1115: oids.timestamp,
  1182: oids.date,
  1185: oids.timestamptz,
  1231: oids.numeric,
  1009: 25,
  1015: 1043,
};

function readInteger(text: string): number | bigint {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : BigInt(text);
}

/** `2025-01-03 10:00:00.5+00 BC` → `2025-01-03T10:00:00.5Z BC`. */
function readTimestamp(text: string): string {
  return text.replace(/^(-?[\d-]+) ([\d:.]+)/, '$1T$2').replace(/\+00(?= BC$|$)/, 'Z');
}

/** `{1,NULL,"a b"}` as JSON text. */
function readArray(text: string, read: ReadText): string {
  const items: unknown[] = [];
  const pattern = /"((?:[^"\\]|\\.)*)"|([^{},]+)|([{}])/g;
  const stack: unknown[][] = [items];
  for (const [, quoted, bare, brace] of text.matchAll(pattern)) {
    const top = stack.at(-1)!;
    if (brace === '{') {
      const inner: unknown[] = [];
      top.push(inner);
      stack.push(inner);
    } else if (brace === '}') stack.pop();
    else if (quoted !== undefined) top.push(toJson(read(quoted.replace(/\\(.)/g, '$1'))));
    else top.push(bare === 'NULL' ? null : toJson(read(bare!)));
  }
  return JSON.stringify(items[0]);
}

function toJson(value: Value): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}

/** How a column's texts become `Value`s. A numeric stays as the server writes it: at its declared scale, or at the one that sums and products give it. */
export function findTextReader(oid: number): ReadText {
  switch (oid) {
    case oids.bool:
      return (text) => text === 't';
    case oids.int2:
    case oids.int4:
    case oids.int8:
    case oids.oid:
      return readInteger;
    case oids.float4:
    case oids.float8:
      return Number;
    case oids.timestamp:
    case oids.timestamptz:
      return readTimestamp;
    case oids.json:
    case oids.jsonb:
      return formatCanonicalJson;
    default: {
      const element = arrays[oid];
      if (element === undefined) return String;
      const read = findTextReader(element);
      return (text) => readArray(text, read);
    }
  }
}

/** The language's name of a type as `format_type` writes it; PostgreSQL's own where the language has none. */
export function parsePostgresType(text: string): string {
  const numeric = /^numeric\((\d+),(-?\d+)\)$/.exec(text);
  if (numeric) return `decimal(${numeric[1]},${numeric[2]})`;
  const names: Readonly<Record<string, string>> = {
    smallint: 'integer',
    bigint: 'integer',
    'character varying': 'text',
    real: 'double',
    'double precision': 'double',
    'timestamp with time zone': 'timestamp',
    jsonb: 'json',
  };
  return names[text.replace(/^(character varying)\(\d+\)$/, '$1')] ?? text;
}

const namesByOid: Readonly<Record<number, string>> = {
  16: 'boolean',
  20: 'integer',
  21: 'integer',
  23: 'integer',
  25: 'text',
  1043: 'text',
  700: 'double',
  701: 'double',
  1082: 'date',
  1114: 'timestamp without time zone',
  1184: 'timestamp',
  1186: 'interval',
  114: 'json',
  3802: 'json',
};

export function formatPostgresType(oid: number, modifier: number): string {
  if (oid !== oids.numeric) return namesByOid[oid] ?? `oid ${oid}`;
  if (modifier === -1) return 'numeric';
  return `decimal(${((modifier - 4) >> 16) & 0xffff},${(modifier - 4) & 0x7ff})`;
}
