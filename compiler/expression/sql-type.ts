import type { TypeName } from './ast.ts';
import { typeName } from './ast.ts';
import type { ExpressionType } from './contract.ts';

/**
 * What inference knows of a value. Beyond the language's types: `local`, a timestamp without a zone (what `at time zone` gives); `literal`, a quoted constant that takes the type of
 * its surroundings; `array`; `row`.
 */
export type SqlType =
  | ExpressionType
  | { readonly name: 'local' | 'literal' | 'row' }
  | { readonly name: 'array'; readonly of?: SqlType | undefined };

const names: Readonly<Record<string, SqlType>> = {
  int2: { name: 'integer' },
  int4: { name: 'integer' },
  int8: { name: 'integer' },
  text: { name: 'text' },
  varchar: { name: 'text' },
  bpchar: { name: 'text' },
  float4: { name: 'double' },
  float8: { name: 'double' },
  bool: { name: 'boolean' },
  date: { name: 'date' },
  timestamptz: { name: 'timestamp' },
  timestamp: { name: 'local' },
  interval: { name: 'interval' },
  json: { name: 'json' },
  jsonb: { name: 'json' },
  numeric: { name: 'decimal' },
  // The grammar turns `int` into int4, but leaves these to the catalogue.
  int: { name: 'integer' },
  bigint: { name: 'integer' },
};

/** The type a cast names; undefined where the language has no such type. */
export function typeOfName(type: TypeName | undefined): SqlType | undefined {
  const found = names[typeName(type)];
  if (!found) return undefined;
  const element: SqlType = found.name === 'decimal' ? decimalOf(type) : found;
  return type?.arrayBounds ? { name: 'array', of: element } : element;
}

function decimalOf(type: TypeName | undefined): ExpressionType {
  const [precision, scale] = (type?.typmods ?? []).map((node) =>
    'A_Const' in node ? (node.A_Const.ival?.ival ?? 0) : undefined,
  );
  return precision === undefined ? { name: 'decimal' } : { name: 'decimal', precision, scale: scale ?? 0 };
}

/** As the language says it: a quoted constant is text, an array and a row have no type there. */
export function languageType(type: SqlType | undefined): ExpressionType | undefined {
  switch (type?.name) {
    case undefined:
    case 'array':
    case 'row':
      return undefined;
    case 'literal':
      return { name: 'text' };
    case 'local':
      return { name: 'timestamp' };
    default:
      return type as ExpressionType;
  }
}

export type TypeClass = 'number' | 'text' | 'boolean' | 'time' | 'interval' | 'json' | 'array' | 'row';

/** Types of one class compare with one another; a quoted constant and an unknown type have no class. */
export function typeClass(type: SqlType | undefined): TypeClass | undefined {
  switch (type?.name) {
    case undefined:
    case 'literal':
      return undefined;
    case 'integer':
    case 'decimal':
    case 'double':
      return 'number';
    case 'date':
    case 'timestamp':
    case 'local':
      return 'time';
    default:
      return type?.name as TypeClass;
  }
}

const rank: Readonly<Record<string, number>> = { integer: 1, decimal: 2, double: 3, date: 1, local: 2, timestamp: 3 };

/** The type that CASE, COALESCE, UNION and VALUES give to these; undefined where one is not known or they do not fit. */
export function commonType(types: readonly (SqlType | undefined)[]): SqlType | undefined {
  const known = types.filter((type) => type?.name !== 'literal');
  if (known.length === 0) return types.length > 0 ? { name: 'literal' } : undefined;
  let common = known[0];
  for (const type of known.slice(1)) {
    if (!common || !type || typeClass(common) !== typeClass(type)) return undefined;
    if (common.name === 'decimal' && type.name === 'decimal') common = widerDecimal(common, type);
    else if ((rank[type.name] ?? 0) > (rank[common.name] ?? 0)) common = type;
  }
  return common;
}

function widerDecimal(
  a: Extract<ExpressionType, { name: 'decimal' }>,
  b: Extract<ExpressionType, { name: 'decimal' }>,
): ExpressionType {
  if (a.precision === undefined || b.precision === undefined) return { name: 'decimal' };
  const scale = Math.max(a.scale ?? 0, b.scale ?? 0);
  const whole = Math.max(a.precision - (a.scale ?? 0), b.precision - (b.scale ?? 0));
  return { name: 'decimal', precision: Math.min(38, whole + scale), scale };
}

export function describeType(type: SqlType): string {
  if (type.name === 'local') return 'timestamp without zone';
  if (type.name === 'decimal' && type.precision !== undefined) return `decimal(${type.precision},${type.scale ?? 0})`;
  return type.name;
}
