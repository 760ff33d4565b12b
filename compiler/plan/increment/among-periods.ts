import { parseFragment } from '../../expression/parse-fragment.ts';
import { dayNumber } from '../civil-day.ts';
import type { PeriodRange } from './time-bounds.ts';

/** More are looked up in their table. */
const mostNamed = 400;
/** More comparisons of a column cost more than a look into a list. */
const mostRuns = 24;

/**
 * Holds for exactly the values that are one of some periods, which are written out: an engine need not join them, and skips what lies elsewhere (`bounds`, a plain condition that holds for all of them). An
 * expression is written once, in a list: no engine sees that two comparisons have the same side, and the zone's arithmetic is what costs. Undefined where they are too many, or are not all named.
 */
export function amongPeriods(
  value: string,
  ranges: readonly PeriodRange[],
  bounds?: () => string | undefined,
): string | undefined {
  const names = ranges.map(({ first }) => first);
  const areDays = names.every((name) => /^\d{4}-\d\d-\d\d$/.test(name));
  const areNamed = areDays || names.every((name) => /^\d{4}-\d\d-\d\d [\d:.]+\+00$/.test(name));
  if (names.length === 0 || !areNamed || ranges.some(({ first, last }) => first !== last)) return undefined;
  const literal = (name: string) => `cast('${name}' as ${areDays ? 'date' : 'timestamptz'})`;
  const runs = areDays && 'ColumnRef' in parseFragment(value) ? runsOf(names) : [];
  if (runs.length > 0 && runs.length <= mostRuns) {
    const parts = runs.map(({ first, last }) =>
      first === last
        ? `${value} = ${literal(first)}`
        : `(${value} >= ${literal(first)} and ${value} <= ${literal(last)})`,
    );
    return parts.length === 1 ? parts[0] : `(${parts.join(' or ')})`;
  }
  if (names.length > mostNamed) return undefined;
  const listed = `${value} in (${names.map(literal).join(', ')})`;
  const around = bounds?.();
  return around === undefined ? listed : `(${around} and ${listed})`;
}

/** Days that follow each other. */
function runsOf(days: readonly string[]): readonly PeriodRange[] {
  const runs: PeriodRange[] = [];
  for (const day of days) {
    const before = runs.at(-1);
    if (before && dayNumber(day) === dayNumber(before.last) + 1)
      runs[runs.length - 1] = { first: before.first, last: day };
    else runs.push({ first: day, last: day });
  }
  return runs;
}
