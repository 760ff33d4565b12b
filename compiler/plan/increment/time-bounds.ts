import { functionName, type Node, nameParts, typeName } from '../../expression/ast.ts';
import { parseFragment } from '../../expression/parse-fragment.ts';
import { writeExpression } from '../../expression/write-sql.ts';
import { dayNumber, dayText } from '../civil-day.ts';

/** First and last of some periods in a row, by their names: `2025-01-03`. */
export interface PeriodRange {
  readonly first: string;
  readonly last: string;
}

const none = '0 days';

/** More of them are no narrower than what lies between the first and the last. */
const mostRanges = 24;

/**
 * A condition on the column under a time that holds for every row of the periods, and for some around them: engines skip whole blocks of a table by a plain comparison, and not by the
 * name of a period. A day is given away on either side, which is more than any zone moves; dates are counted here, since DuckDB adds an interval to an instant anew for each row (of 425,000 rows
 * 11 s instead of 1.3). Undefined where the time is not a column, or its calendar day.
 */
export function timeBounds(
  value: string,
  type: 'timestamp' | 'date',
  ranges: readonly PeriodRange[],
  length: string,
  around: { readonly before: string; readonly after: string } = { before: none, after: none },
): string | undefined {
  if (ranges.length === 0) return undefined;
  const node = parseFragment(value);
  const column = columnUnder(node);
  if (!column) return undefined;
  const isInstant = instantUnder(node) !== undefined || (type === 'timestamp' && 'ColumnRef' in node);
  const cast = isInstant ? 'timestamptz' : around.before === none && around.after === none ? 'date' : 'timestamp';
  const text = writeExpression(column);
  const cut = cutBy(node);
  const joined = joinNear(ranges, 2 + leastDays(length) + leastDays(cut));
  const chosen = joined.length > mostRanges ? [{ first: joined[0]!.first, last: joined.at(-1)!.last }] : joined;
  const after = 1 + mostDays(length) + mostDays(cut);
  const bounds = chosen.map(({ first, last }) => {
    const from = `cast('${dayText(dayNumber(first) - 1)}' as ${cast})${around.before === none ? '' : ` - interval '${around.before}'`}`;
    const to = `cast('${dayText(dayNumber(last) + after)}' as ${cast})${around.after === none ? '' : ` + interval '${around.after}'`}`;
    return `(${text} >= ${from} and ${text} < ${to})`;
  });
  return bounds.length === 1 ? bounds[0] : `(${bounds.join(' or ')})`;
}

/** The column that such a condition is on. */
export function columnUnder(value: Node): Node | undefined {
  const day = dayUnder(value);
  return instantUnder(value) ?? (day && 'ColumnRef' in day ? day : undefined);
}

/** Ranges so near that they overlap once a day is given away on either side are one: each costs an engine a comparison of every row. */
function joinNear(ranges: readonly PeriodRange[], days: number): readonly PeriodRange[] {
  const joined: PeriodRange[] = [];
  for (const range of ranges) {
    const before = joined.at(-1);
    if (before && dayNumber(range.first) - dayNumber(before.last) <= days && range.first >= before.last)
      joined[joined.length - 1] = { first: before.first, last: range.last };
    else joined.push(range);
  }
  return joined;
}

function leastDays(length: string | undefined): number {
  return { '1 day': 1, '7 days': 7, '1 month': 28, '1 quarter': 90, '1 year': 365 }[length ?? ''] ?? 0;
}

/** An hour may begin at the last moment of its day. */
function mostDays(length: string | undefined): number {
  return { '1 hour': 2, '1 day': 1, '7 days': 7, '1 month': 31, '1 quarter': 92, '1 year': 366 }[length ?? ''] ?? 0;
}

/** The column in `cast(column at time zone 'z' as date)`, or in the week or month of that day. */
function instantUnder(node: Node): Node | undefined {
  const day = dayUnder(node);
  if (!day || !('TypeCast' in day) || typeName(day.TypeCast.typeName) !== 'date') return undefined;
  const { arg } = day.TypeCast;
  if (!arg || !('FuncCall' in arg) || functionName(arg.FuncCall) !== 'timezone') return undefined;
  const [zone, column] = arg.FuncCall.args ?? [];
  return zone && 'A_Const' in zone && column && 'ColumnRef' in column ? column : undefined;
}

const cuts = { week: '7 days', month: '1 month', quarter: '1 quarter', year: '1 year' } as const;

/** How long after the first day of a week, month or year a day of it may lie; undefined of a day itself. */
function cutBy(node: Node): string | undefined {
  const unit = cutUnder(node)?.unit;
  return unit === undefined ? undefined : cuts[unit];
}

function dayUnder(node: Node): Node | undefined {
  return cutUnder(node)?.day ?? node;
}

/** The day in `cast(date_trunc('week', cast(day as timestamp)) as date)`; a week that begins on another day than Monday is moved by days, there and back. */
function cutUnder(node: Node): { readonly unit: keyof typeof cuts; readonly day: Node } | undefined {
  const cut = movedBy(node, '+') ?? node;
  if (!('TypeCast' in cut) || typeName(cut.TypeCast.typeName) !== 'date') return undefined;
  const { arg } = cut.TypeCast;
  if (!arg || !('FuncCall' in arg) || functionName(arg.FuncCall) !== 'date_trunc') return undefined;
  const [name, midnight] = arg.FuncCall.args ?? [];
  const unit = (Object.keys(cuts) as (keyof typeof cuts)[]).find((one) => name && writeExpression(name) === `'${one}'`);
  if (!unit || !midnight || !('TypeCast' in midnight) || typeName(midnight.TypeCast.typeName) !== 'timestamp')
    return undefined;
  const day = midnight.TypeCast.arg;
  return day && { unit, day: (unit === 'week' ? movedBy(day, '-') : undefined) ?? day };
}

/** What stands before `+ 6`. */
function movedBy(node: Node, sign: '+' | '-'): Node | undefined {
  if (!('A_Expr' in node) || node.A_Expr.kind !== 'AEXPR_OP' || nameParts(node.A_Expr.name).join() !== sign)
    return undefined;
  const { lexpr, rexpr } = node.A_Expr;
  return rexpr && 'A_Const' in rexpr && rexpr.A_Const.ival !== undefined ? lexpr : undefined;
}
