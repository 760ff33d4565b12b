import type { PeopleCount, QueryPlan, Value } from '../../compiler/index.ts';
import type { MetricPoint } from '../../docs-site/index.ts';

/** An answer to a metric that was asked together with what counts the people behind it. */
interface CountedAnswer {
  readonly plan: QueryPlan;
  readonly counts: PeopleCount | undefined;
}

/**
 * The fewest people that a part of a row's number comes from; 0 where nobody is behind any. Of a share also those who are in one part and not in the other.
 *
 * @example
 * fewestPeople(answer, row) // { people: 3 }: of 500 who were asked, 3 answered
 */
export function fewestPeople({ plan, counts }: CountedAnswer, row: readonly Value[]): { readonly people?: number } {
  if (!counts) return {};
  const countOf = (name: string) => countIn(plan, row, name);
  const apart = counts.apart.map(([a, b]) => Math.abs(countOf(a) - countOf(b)));
  const told = counts.names.filter((name) => !counts.own.includes(name));
  return { people: fewestOf([...told.map(countOf), ...apart]) };
}

/** Of a metric whose rows reach back, the fewest people of any period alone. */
export function fewestAlone(
  { plan, counts }: CountedAnswer,
  rows: readonly (readonly Value[])[],
): { readonly peopleAlone?: number } {
  if (!counts || counts.own.length === 0) return {};
  return { peopleAlone: fewestOf(rows.flatMap((row) => counts.own.map((name) => countIn(plan, row, name)))) };
}

function countIn(plan: QueryPlan, row: readonly Value[], name: string): number {
  return Number(row[plan.columns.findIndex((column) => column.name === name)] ?? 0);
}

/** The fewest that is some; 0 where there is nobody. */
function fewestOf(counts: readonly number[]): number {
  return counts.reduce((fewest, count) => (count > 0 && (fewest === 0 || count < fewest) ? count : fewest), 0);
}

/** By month (`2025-06`), the fewest people of any of its days that has some. */
export function fewestByMonth(days: readonly MetricPoint[]): ReadonlyMap<string, number> {
  const fewest = new Map<string, number>();
  for (const { period, people = 0 } of days) {
    const month = monthOf(period);
    if (people > 0) fewest.set(month, Math.min(people, fewest.get(month) ?? Number.POSITIVE_INFINITY));
  }
  return fewest;
}

/** Days and weeks with what is known of the months that they touch. */
export function withFewestDay(
  points: readonly MetricPoint[],
  grain: 'day' | 'week',
  fewest: ReadonlyMap<string, number>,
): readonly MetricPoint[] {
  if (fewest.size === 0) return points;
  return points.map((point) => {
    const last = new Date(Date.parse(`${point.period}T00:00Z`) + (grain === 'week' ? 6 * 864e5 : 0));
    const months = new Set([monthOf(point.period), monthOf(last.toISOString())]);
    const found = [...months].flatMap((month) => fewest.get(month) ?? []);
    return found.length === 0 ? point : { ...point, peopleOfDay: Math.min(...found) };
  });
}

function monthOf(day: string): string {
  return day.slice(0, 7);
}
