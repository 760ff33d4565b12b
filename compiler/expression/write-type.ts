import type { Node, TypeName } from './ast.ts';
import { nameParts, typeName } from './ast.ts';
import { UnsupportedSqlError } from './writer.ts';

/** Types by the name the grammar gives them; each means the same on every engine. Others are refused. */
const words: Readonly<Record<string, string>> = {
  int2: 'smallint',
  int4: 'integer',
  int8: 'bigint',
  float4: 'real',
  float8: 'double precision',
  numeric: 'numeric',
  bool: 'boolean',
  text: 'text',
  varchar: 'varchar',
  date: 'date',
  timestamp: 'timestamp',
  timestamptz: 'timestamptz',
  interval: 'interval',
  json: 'json',
  jsonb: 'jsonb',
};

const reasons: Readonly<Record<string, string>> = {
  bpchar: 'the type char(n), which pads with blanks,',
  time: 'the type time',
  timetz: 'the type time with time zone',
  uuid: 'the type uuid (`text` holds it)',
  bytea: 'the type bytea',
  money: 'the type money (`numeric(18, 2)` holds it)',
};

export function writeType(type: TypeName | undefined): string {
  const name = typeName(type);
  const word = words[name];
  if (word === undefined)
    throw new UnsupportedSqlError(reasons[name] ?? `the type ${nameParts(type?.names).join('.')}`, type?.location);
  const modifiers = (type?.typmods ?? []).map(modifierOf);
  if (modifiers.length > 0 && name !== 'numeric')
    throw new UnsupportedSqlError(`a length or precision of ${word}`, type?.location);
  const dimensions = type?.arrayBounds?.length ?? 0;
  if (dimensions > 1) throw new UnsupportedSqlError('an array of arrays', type?.location);
  return `${word}${modifiers.length > 0 ? `(${modifiers.join(', ')})` : ''}${dimensions === 1 ? '[]' : ''}`;
}

function modifierOf(node: Node): number {
  if ('A_Const' in node && node.A_Const.ival) return node.A_Const.ival.ival ?? 0;
  throw new UnsupportedSqlError('a precision that is no number');
}

/** `interval '3' day` carries its unit as a bit mask; these are the masks of one unit. */
const unitMasks: Readonly<Record<number, string>> = {
  2: 'month',
  4: 'year',
  8: 'day',
  1024: 'hour',
  2048: 'minute',
  4096: 'second',
};

/** `interval '3' day` as the text `3 day`, which every engine reads; undefined where the cast is not of that kind. */
export function intervalWithUnit(type: TypeName | undefined, literal: string | undefined): string | undefined {
  if (typeName(type) !== 'interval' || literal === undefined || type?.typmods?.length !== 1) return undefined;
  const unit = unitMasks[modifierOf(type.typmods[0]!)];
  return unit !== undefined && /^\s*-?\d+\s*$/.test(literal) ? `${literal.trim()} ${unit}` : undefined;
}
