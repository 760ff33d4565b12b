import type { ManifestMetric } from '../compiler/index.ts';
import type { MetricTable, MetricValues } from './site-types.ts';
import { isSmall, suppressSmall } from './suppress-small.ts';

type Rule = NonNullable<ManifestMetric['rule']>;

export interface GridCell {
  /** Exact text, null where there is none. */
  readonly value: string | null;
  /** How many of the cohort it is of, where the form counts them. */
  readonly count: string | null;
  /** `hidden`: of too few people, or it would tell of too few. */
  readonly state: 'final' | 'partial' | 'as_of' | 'unobservable' | 'empty' | 'hidden';
}

export interface GridRow {
  /** First day of the cohort's period. */
  readonly cohort: string;
  readonly size: string | null;
  readonly cells: readonly GridCell[];
}

/** The cells of a form of cohorts and intervals: a row for each cohort, the oldest first. */
export interface CohortGrid {
  readonly holds: 'share' | 'amount';
  /** Intervals or horizons, by name. */
  readonly across: readonly string[];
  /** Names of the columns that size, count and value come from. */
  readonly from: GridColumns;
  readonly rows: readonly GridRow[];
  /** One a column, over all cohorts; null where nothing is closed, or it is hidden. */
  readonly mean: readonly (string | null)[];
  /** Columns whose mean will still move: not everyone it is to be of is in it yet. */
  readonly openMeans: ReadonlySet<number>;
  readonly meanSize: string | null;
  /** Cells that are not shown for the sake of few people. */
  readonly hidden: number;
}

export interface GridColumns {
  readonly across: 'k' | 'horizon';
  readonly size: 'size' | 'base' | 'n_total';
  readonly count?: 'returned' | 'churned' | 'n_mature' | 'value';
  readonly value: 'rate' | 'ltv';
}

const columnsOf: Readonly<Partial<Record<Rule['rule'], GridColumns>>> = {
  retention: { across: 'k', size: 'size', count: 'returned', value: 'rate' },
  cohort_churn: { across: 'k', size: 'size', count: 'churned', value: 'rate' },
  cohort_revenue: { across: 'k', size: 'base', count: 'value', value: 'rate' },
  ltv: { across: 'horizon', size: 'n_total', count: 'n_mature', value: 'ltv' },
};

/**
 * Undefined where the form has no such cells, or where they may not be shown: how many people a cohort's money comes from stands in no cell, so that `least` cannot be kept.
 * `least`: cells of fewer people are hidden, and others with them where the mean would give them away.
 */
export function buildGrid(rule: Rule | undefined, values: MetricValues, least: number): CohortGrid | undefined {
  const from = rule && columnsOf[rule.rule];
  if (!from || !values.cells || !values.table || values.cells.rows.length === 0) return undefined;
  if (least > 1 && from.size === 'base') return undefined;
  const grid = readGrid(from, values.cells, values.table);
  return least > 1 ? hideSmall(grid, rule, least) : grid;
}

function readGrid(from: GridColumns, cells: MetricTable, overall: MetricTable): CohortGrid {
  const at = (table: MetricTable, name: string) => table.columns.findIndex((column) => column.name === name);
  const cell = (table: MetricTable, row: MetricTable['rows'][number], name: string) => row[at(table, name)] ?? null;
  const across = [...new Set(cells.rows.map((row) => String(cell(cells, row, from.across))))];
  const rows = new Map<string, { size: string | null; cells: Map<string, GridCell> }>();
  for (const row of cells.rows) {
    const cohort = String(cell(cells, row, 'cohort'));
    const own = rows.get(cohort) ?? { size: cell(cells, row, from.size), cells: new Map() };
    rows.set(cohort, own);
    own.cells.set(String(cell(cells, row, from.across)), {
      value: cell(cells, row, from.value),
      count: from.count === undefined ? null : cell(cells, row, from.count),
      state: (cell(cells, row, 'state') ?? 'final') as GridCell['state'],
    });
  }
  const means = new Map(overall.rows.map((row) => [String(cell(overall, row, from.across)), row]));
  const first = means.get(across[0]!);
  return {
    holds: from.value === 'rate' ? 'share' : 'amount',
    across,
    from,
    rows: [...rows].map(([cohort, { size, cells: own }]) => ({
      cohort,
      size,
      cells: across.map((name) => own.get(name) ?? { value: null, count: null, state: 'unobservable' }),
    })),
    mean: across.map((name) => {
      const row = means.get(name);
      return row === undefined ? null : cell(overall, row, from.value);
    }),
    openMeans: new Set(
      across.flatMap((name, column) => {
        const row = means.get(name);
        return row !== undefined && cell(overall, row, 'state') === 'partial' ? [column] : [];
      }),
    ),
    meanSize: first === undefined ? null : cell(overall, first, from.size),
    hidden: 0,
  };
}

const veiled: GridCell = { value: null, count: null, state: 'hidden' };

/** Sizes first: a cohort without a size has no cells. Then each column by itself, since its mean is over what is closed in it. */
function hideSmall(grid: CohortGrid, rule: Rule | undefined, least: number): CohortGrid {
  const sizes = grid.rows.map(({ size }) => (size === null ? undefined : [Number(size)]));
  const gone = suppressSmall(sizes, least);
  const columns = grid.across.map((_, column) => {
    const counts = grid.rows.map((row) => countsOf(grid, row, column));
    const inMean = grid.rows.map((row) => isInMean(rule, row.cells[column]!));
    const closed = suppressSmall(
      counts.map((each, i) => (inMean[i] ? each : undefined)),
      least,
      gone.hidden,
    );
    const isHidden = (i: number): boolean =>
      gone.hidden.has(i) || (inMean[i] ? closed.hidden.has(i) : hasSmall(counts[i], least));
    return { isHidden, withTotal: closed.withTotal };
  });
  let hidden = 0;
  const rows = grid.rows.map(
    (row, i): GridRow => ({
      ...row,
      size: gone.hidden.has(i) ? null : row.size,
      cells: row.cells.map((cell, column) => {
        if (cell.value === null || !columns[column]!.isHidden(i)) return cell;
        hidden++;
        return veiled;
      }),
    }),
  );
  if (hidden === 0 && gone.hidden.size === 0) return grid;
  return {
    ...grid,
    rows,
    // From exact means and their sizes the cells of single cohorts could be reckoned.
    mean: grid.mean.map((value, column) =>
      value === null || columns[column]!.withTotal ? null : roundMean(grid, value),
    ),
    meanSize: null,
    hidden: hidden + gone.hidden.size,
  };
}

function hasSmall(counts: readonly number[] | undefined, least: number): boolean {
  return counts?.some((count) => isSmall(count, least)) ?? false;
}

/** Who is in a cell and who of the cohort is not; of money over time, whose time is over. */
function countsOf({ from }: CohortGrid, row: GridRow, column: number): readonly number[] | undefined {
  const { count, value } = row.cells[column]!;
  if (count === null || value === null || row.size === null) return undefined;
  return from.count === 'n_mature' ? [Number(count)] : [Number(count), Number(row.size) - Number(count)];
}

function isInMean(rule: Rule | undefined, { value, state }: GridCell): boolean {
  if (value === null) return false;
  if (rule?.rule === 'ltv') return true;
  const open = rule !== undefined && 'includePartial' in rule && rule.includePartial;
  return state === 'final' || state === 'as_of' || (open && state === 'partial');
}

function roundMean({ holds }: CohortGrid, value: string): string {
  return holds === 'share' ? Number(value).toFixed(3) : Number(value).toPrecision(3);
}
