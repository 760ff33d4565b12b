import type { ManifestMetric } from '../compiler/index.ts';
import type { MetricTable } from './site-types.ts';
import { isSmall, suppressSmall } from './suppress-small.ts';

type Rule = NonNullable<ManifestMetric['rule']>;

export interface HiddenTable {
  readonly table: MetricTable;
  readonly isHiding: boolean;
}

/**
 * The rows of a cohort form without numbers of few people; undefined where the rows do not tell how many people they are of: money, attempts, and shares without their parts.
 *
 * @example
 * hideInTable({ rule: 'funnel', count: 'entities', … }, table, 11)
 */
export function hideInTable(rule: Rule, table: MetricTable, least: number): HiddenTable | undefined {
  switch (rule.rule) {
    case 'funnel':
      return rule.count === 'entities' ? hideSteps(table, least) : undefined;
    case 'repeat':
      return hideRows(table, smallParts(table, ['n_total', 'n_mature', 'repeated'], least));
    case 'inactivity_churn':
    case 'contract_churn':
      return hideRows(table, smallLosses(table, least));
    case 'lifecycle':
      return hideRows(table, smallCounts(table, ['new', 'returning', 'resurrected', 'dormant', 'active'], least));
    case 'returned':
      return hideRows(
        table,
        smallCounts(
          table,
          table.columns.filter(({ role }) => role === 'metric').map(({ name }) => name),
          least,
        ),
      );
    case 'stickiness':
      return rule.as === 'histogram' ? hideRows(table, smallBars(table, least)) : undefined;
    case 'retention':
    case 'cohort_churn':
    case 'cohort_revenue':
    case 'kept_revenue':
    case 'ltv':
      return undefined;
  }
}

function columnAt(table: MetricTable, name: string): number {
  return table.columns.findIndex((column) => column.name === name);
}

/** The counts of a column, by row; null where there is none. */
function countsIn(table: MetricTable, name: string): readonly (number | null)[] {
  const at = columnAt(table, name);
  return table.rows.map((row) => (row[at] === null || row[at] === undefined ? null : Number(row[at])));
}

function hideRows(table: MetricTable, hidden: ReadonlySet<number>): HiddenTable {
  const rows = table.rows.map((row, at) =>
    hidden.has(at)
      ? row.map((value, column) => {
          const { role } = table.columns[column]!;
          return role === 'metric' ? null : role === 'state' ? 'hidden' : value;
        })
      : row,
  );
  return { table: { ...table, rows }, isHiding: hidden.size > 0 };
}

function smallCounts(table: MetricTable, names: readonly string[], least: number): ReadonlySet<number> {
  const columns = names.map((name) => countsIn(table, name));
  return rowsWhere(table, (at) => columns.some((counts) => isSmall(counts[at] ?? 0, least)));
}

/** Each is a part of the one before it: who is in the one and not in the next is a group as well. */
function smallParts(table: MetricTable, names: readonly string[], least: number): ReadonlySet<number> {
  const columns = names.map((name) => countsIn(table, name));
  return rowsWhere(table, (at) => {
    const counts = columns.flatMap((each) => each[at] ?? []);
    const apart = counts.slice(1).map((count, i) => counts[i]! - count);
    return [...counts, ...apart].some((count) => isSmall(count, least));
  });
}

/** Who is lost, who is not, and who has come in since the row that is shown before it. */
function smallLosses(table: MetricTable, least: number): ReadonlySet<number> {
  const parts = smallParts(table, ['at_risk', 'churned'], least);
  const atRisk = countsIn(table, 'at_risk');
  const churned = countsIn(table, 'churned');
  const hidden = new Set(parts);
  let before: number | undefined;
  table.rows.forEach((_, at) => {
    const now = atRisk[at];
    if (hidden.has(at) || now === null || now === undefined) return;
    const joined = before === undefined ? [] : [now - atRisk[before]!, now - atRisk[before]! + (churned[before] ?? 0)];
    if (joined.some((count) => isSmall(count, least))) hidden.add(at);
    else before = at;
  });
  return hidden;
}

/** The bars of a period add up to all who were active in it. */
function smallBars(table: MetricTable, least: number): ReadonlySet<number> {
  const entities = countsIn(table, 'entities');
  const periods = new Map<string, number[]>();
  table.rows.forEach((row, at) => {
    periods.set(String(row[0]), [...(periods.get(String(row[0])) ?? []), at]);
  });
  return new Set(
    [...periods.values()].flatMap((rows) => {
      const { hidden } = suppressSmall(
        rows.map((at) => [entities[at] ?? 0]),
        least,
      );
      return rows.filter((_, place) => hidden.has(place));
    }),
  );
}

/** Of a step is told who came to it, unless these are few, or those lost since the last step that is told of. Its share of a step that is not told of goes as well. */
function hideSteps(table: MetricTable, least: number): HiddenTable {
  const counts = countsIn(table, 'entities');
  const hidden = new Set<number>();
  let last: number | undefined;
  counts.forEach((count, at) => {
    const lost = last === undefined ? 0 : last - (count ?? 0);
    if (isSmall(count ?? 0, least) || isSmall(lost, least)) hidden.add(at);
    else last = count ?? 0;
  });
  const { table: shown, isHiding } = hideRows(table, hidden);
  const stepRate = columnAt(table, 'step_rate');
  const rate = columnAt(table, 'rate');
  const rows = shown.rows.map((row, at) =>
    row.map((value, column) => {
      const isTold = !(column === stepRate && hidden.has(at - 1)) && !(column === rate && hidden.has(0));
      return isTold ? value : null;
    }),
  );
  return { table: { ...shown, rows }, isHiding };
}

function rowsWhere(table: MetricTable, isHidden: (at: number) => boolean): ReadonlySet<number> {
  return new Set(table.rows.flatMap((_, at) => (isHidden(at) ? [at] : [])));
}
