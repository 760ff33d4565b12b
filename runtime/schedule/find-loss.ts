/** Rows of a source by the month in which they arrived; without a month, rows of which that is not known. */
export interface SourceHistory {
  /** The column that says when a row arrived; absent: nothing does. */
  readonly arrival?: string;
  readonly months: readonly { readonly month?: string; readonly rows: number }[];
}

export interface Loss {
  readonly rows: number;
  /** The months that have fewer rows, the first and the last; absent: not known. */
  readonly months?: { readonly count: number; readonly first: string; readonly last: string };
}

/**
 * Has a source lost rows? A row that is updated may count in a later month than before, so a month with fewer rows is no sign by itself: that there are fewer in all is one, or that its
 * history begins later than it did.
 */
export function findLoss(before: SourceHistory, now: SourceHistory): Loss | undefined {
  const fewer = total(before) - total(now);
  if (before.arrival === undefined || before.arrival !== now.arrival) return fewer > 0 ? { rows: fewer } : undefined;
  const rest = new Map(now.months.map(({ month, rows }) => [month, rows]));
  const first = monthsOf(now)[0];
  const shrunk = before.months.filter(({ month, rows }) => rows > (rest.get(month) ?? 0));
  const beginning = shrunk.filter(({ month }) => month !== undefined && (first === undefined || month < first));
  const told = fewer > 0 ? shrunk : beginning;
  if (told.length === 0) return undefined;
  const rows = told.reduce((sum, one) => sum + one.rows - (rest.get(one.month) ?? 0), 0);
  const names = told.flatMap(({ month }) => month ?? []).sort();
  return {
    rows: Math.max(rows, fewer),
    ...(names.length === 0 ? {} : { months: { count: names.length, first: names[0]!, last: names.at(-1)! } }),
  };
}

function total(history: SourceHistory): number {
  return history.months.reduce((sum, { rows }) => sum + rows, 0);
}

function monthsOf(history: SourceHistory): readonly string[] {
  return history.months.flatMap(({ month, rows }) => (month === undefined || rows === 0 ? [] : [month])).sort();
}
