import { type ColumnType, parseType } from '../../compiler/index.ts';

/**
 * Can a column that holds one type be read as another without a guess and without losing anything? What the language has no word for is left to the cast.
 *
 * @example
 * columnFits('integer', 'text') // false
 */
export function columnFits(declared: string, found: string): boolean {
  const want = parseType(declared);
  const is = parseType(found) ?? (found.startsWith('timestamp') ? parseType('timestamp') : undefined);
  if (want === undefined || is === undefined || want.name === 'text') return true;
  if (want.name === 'decimal') return is.name === 'integer' || (is.name === 'decimal' && holds(want, is));
  if (want.name === 'double') return is.name === 'integer' || is.name === 'decimal' || is.name === 'double';
  return want.name === is.name;
}

type Decimal = Extract<ColumnType, { name: 'decimal' }>;

function holds(want: Decimal, is: Decimal): boolean {
  return want.scale >= is.scale && want.precision - want.scale >= is.precision - is.scale;
}
