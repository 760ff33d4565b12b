import type { ExpressionType } from './contract.ts';
import type { SqlType } from './sql-type.ts';
import { commonType, typeClass } from './sql-type.ts';

const boolean: SqlType = { name: 'boolean' };
const text: SqlType = { name: 'text' };
const comparisons = new Set(['=', '<>', '!=', '<', '>', '<=', '>=']);
const patterns = new Set(['~', '~*', '!~', '!~*', '~~', '!~~', '~~*', '!~~*']);

export interface OperatorOutcome {
  readonly type?: SqlType | undefined;
  /** True where both types are known and PostgreSQL has no such operator. */
  readonly clash?: boolean;
}

/** The type of `left operator right`; `left` is absent for a sign. */
export function operatorType(name: string, left: SqlType | undefined, right: SqlType | undefined): OperatorOutcome {
  if (comparisons.has(name)) return { type: boolean, clash: classesDiffer(left, right) };
  if (patterns.has(name)) return { type: boolean, clash: notText(left) || notText(right) };
  switch (name) {
    case '||':
      return concatenation(left, right);
    case '->':
    case '#>':
      return { type: { name: 'json' }, clash: isOther(left, 'json') };
    case '->>':
    case '#>>':
      return { type: text, clash: isOther(left, 'json') };
    case '@>':
    case '<@':
    case '?':
    case '?|':
    case '?&':
      return { type: boolean };
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
    case '^':
      return arithmetic(name, left, right);
    default:
      return {};
  }
}

function classesDiffer(left: SqlType | undefined, right: SqlType | undefined): boolean {
  const a = typeClass(left);
  const b = typeClass(right);
  return a !== undefined && b !== undefined && a !== b;
}

function isOther(type: SqlType | undefined, wanted: string): boolean {
  const found = typeClass(type);
  return found !== undefined && found !== wanted;
}

const notText = (type: SqlType | undefined): boolean => isOther(type, 'text');

function concatenation(left: SqlType | undefined, right: SqlType | undefined): OperatorOutcome {
  const classes = [typeClass(left), typeClass(right)];
  if (classes.includes('array')) return { type: left?.name === 'array' ? left : right };
  if (classes.includes('json')) return { type: classes.every((c) => c === 'json') ? { name: 'json' } : undefined };
  if (classes.includes('text')) return { type: text };
  if (classes.every((c) => c !== undefined)) return { clash: true };
  return { type: text };
}

function arithmetic(name: string, left: SqlType | undefined, right: SqlType | undefined): OperatorOutcome {
  const a = typeClass(left);
  const b = typeClass(right);
  if (right === undefined || (left === undefined && a === undefined && b === undefined)) return {};
  if (a === 'number' && b === 'number')
    return { type: numberType(name, left as ExpressionType, right as ExpressionType) };
  if (a === 'time' || b === 'time') return timeArithmetic(name, left, right);
  if (a === 'interval' || b === 'interval') return intervalArithmetic(name, a, b);
  if (a === undefined || b === undefined) return a === 'number' || b === 'number' ? numberWithLiteral(left, right) : {};
  // PostgreSQL has `jsonb - text` and its like; arrays and rows have no arithmetic, nor have texts and booleans.
  return a === 'json' ? { type: { name: 'json' } } : { clash: true };
}

function numberWithLiteral(left: SqlType | undefined, right: SqlType | undefined): OperatorOutcome {
  return left?.name === 'literal' || right?.name === 'literal' ? { type: commonType([left, right]) } : {};
}

function numberType(name: string, left: ExpressionType, right: ExpressionType): ExpressionType | undefined {
  if (left.name === 'double' || right.name === 'double' || name === '^') return { name: 'double' };
  if (name === '/') return { name: 'decimal' };
  if (left.name === 'integer' && right.name === 'integer') return { name: 'integer' };
  const a = asDecimal(left);
  const b = asDecimal(right);
  if (a.scale === undefined || b.scale === undefined) return { name: 'decimal' };
  const scale = name === '*' ? a.scale + b.scale : Math.max(a.scale, b.scale);
  return scale > 38 ? { name: 'decimal' } : { name: 'decimal', precision: 38, scale };
}

function asDecimal(type: ExpressionType): { scale?: number | undefined } {
  return type.name === 'decimal' ? { scale: type.scale } : { scale: 0 };
}

function timeArithmetic(name: string, left: SqlType | undefined, right: SqlType | undefined): OperatorOutcome {
  const a = typeClass(left);
  const b = typeClass(right);
  if (a === 'time' && b === 'time') {
    if (name !== '-') return { clash: true };
    return { type: left?.name === 'date' && right?.name === 'date' ? { name: 'integer' } : { name: 'interval' } };
  }
  const time = a === 'time' ? left : right;
  const other = a === 'time' ? right : left;
  if (other === undefined || other.name === 'literal') return {};
  if (name !== '+' && !(name === '-' && a === 'time')) return { clash: true };
  if (other.name === 'interval') return { type: time?.name === 'date' ? { name: 'local' } : time };
  if (other.name === 'integer' && time?.name === 'date') return { type: { name: 'date' } };
  return { clash: true };
}

function intervalArithmetic(name: string, a: string | undefined, b: string | undefined): OperatorOutcome {
  const type: SqlType = { name: 'interval' };
  if (a === undefined || b === undefined)
    return a === undefined && b === 'interval' && (name === '+' || name === '-') ? {} : { type };
  if (a === 'interval' && b === 'interval') return name === '+' || name === '-' ? { type } : { clash: true };
  const scaled = name === '*' ? a === 'number' || b === 'number' : name === '/' && b === 'number';
  return scaled ? { type } : { clash: true };
}

/** Both sides of a comparison, the branches of a CASE, the members of a list: of one class, as far as known. */
export function findClash(types: readonly (SqlType | undefined)[]): readonly [SqlType, SqlType] | undefined {
  const known = types.filter((type) => typeClass(type) !== undefined) as SqlType[];
  const other = known.find((type) => typeClass(type) !== typeClass(known[0]));
  return other ? [known[0]!, other] : undefined;
}
