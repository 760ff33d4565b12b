import { functionName, type Node, typeName } from '../../expression/ast.ts';
import { parseFragment } from '../../expression/parse-fragment.ts';
import { writeExpression } from '../../expression/write-sql.ts';
import { textLiteral } from '../sql-text.ts';

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
 * name of a period. A day is given away on either side, which is more than any zone moves. Undefined where the time is not a column, or its calendar day.
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
  const instant = instantUnder(node);
  const column = columnUnder(node);
  if (!column) return undefined;
  const cast = instant || type === 'timestamp' ? 'timestamptz' : 'timestamp';
  const text = writeExpression(column);
  const chosen = ranges.length > mostRanges ? [{ first: ranges[0]!.first, last: ranges.at(-1)!.last }] : ranges;
  const bounds = chosen.map(({ first, last }) => {
    const from = `cast(${textLiteral(first)} as ${cast}) - interval '1 day'${around.before === none ? '' : ` - interval '${around.before}'`}`;
    const to = `cast(${textLiteral(last)} as ${cast}) + interval '${length}' + interval '1 day'${around.after === none ? '' : ` + interval '${around.after}'`}`;
    return `(${text} >= ${from} and ${text} < ${to})`;
  });
  return bounds.length === 1 ? bounds[0] : `(${bounds.join(' or ')})`;
}

/** The column that such a condition is on. */
export function columnUnder(value: Node): Node | undefined {
  return instantUnder(value) ?? ('ColumnRef' in value ? value : undefined);
}

/** The column in `cast(column at time zone 'z' as date)`. */
function instantUnder(node: Node): Node | undefined {
  if (!('TypeCast' in node) || typeName(node.TypeCast.typeName) !== 'date') return undefined;
  const { arg } = node.TypeCast;
  if (!arg || !('FuncCall' in arg) || functionName(arg.FuncCall) !== 'timezone') return undefined;
  const [zone, column] = arg.FuncCall.args ?? [];
  return zone && 'A_Const' in zone && column && 'ColumnRef' in column ? column : undefined;
}
