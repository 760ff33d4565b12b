import type { QueryColumn, Value } from '../../compiler/index.ts';
import { formatTable } from '../output/format-table.ts';

/** A result of cohorts: a row for each, a column for each interval or horizon. */
export interface Grid {
  /** What the cells hold: shares, drawn as percentages, or amounts. */
  readonly holds: 'share' | 'amount';
  readonly across: 'k' | 'horizon';
  readonly value: 'rate' | 'ltv';
  readonly size: 'size' | 'base' | 'n_total';
}

/** Undefined where the rows are not of cohorts and intervals. */
export function findGrid(columns: readonly QueryColumn[]): Grid | undefined {
  const names = columns.map(({ name }) => name);
  if (names[0] !== 'cohort' || !names.includes('state')) return undefined;
  if (names.includes('horizon')) return { holds: 'amount', across: 'horizon', value: 'ltv', size: 'n_total' };
  if (!names.includes('k')) return undefined;
  return { holds: 'share', across: 'k', value: 'rate', size: names.includes('base') ? 'base' : 'size' };
}

interface Rows {
  readonly columns: readonly QueryColumn[];
  readonly rows: readonly (readonly Value[])[];
}

/** What stands in a cell that has no value. */
export const signs = { unreached: '·', empty: '–', open: '*' } as const;

/**
 * Cohorts as a triangle that reads from left to right, each cell shaded by how large it is beside the largest after the first column. `overall` are the same cells over all cohorts, in the
 * last rows, called `overallName`.
 */
export function formatGrid(
  grid: Grid,
  { columns, rows }: Rows,
  overall: (Rows & { readonly name: string }) | undefined,
  paint: (text: string) => string,
): string {
  const at = (name: string) => columns.findIndex((column) => column.name === name);
  const dimensions = columns.flatMap(({ role, name }, i) => (role === 'dimension' && name !== grid.across ? [i] : []));
  const across = [...new Set(rows.map((row) => String(row[at(grid.across)])))];
  const largest = largestOf(grid, rows, at);
  const lines = new Map<string, string[]>();
  const keyOf = (row: readonly Value[]) => JSON.stringify([at('cohort'), ...dimensions].map((i) => String(row[i])));
  for (const row of rows) {
    const head = [row[at('cohort')], ...dimensions.map((i) => row[i])].map((value) => String(value ?? 'null'));
    const line = lines.get(keyOf(row)) ?? [...head, sizeText(row[at(grid.size)])];
    lines.set(keyOf(row), line);
    const isFirst = String(row[at(grid.across)]) === across[0] && grid.across === 'k';
    line.push(cellText(grid, row[at(grid.value)], String(row[at('state')]), isFirst ? undefined : largest));
  }
  const titles = [
    { title: 'cohort' },
    ...dimensions.map((i) => ({ title: columns[i]!.name })),
    ...[grid.size === 'n_total' ? 'size' : grid.size, ...across].map((title) => ({
      title,
      align: 'right' as const,
    })),
  ];
  return formatTable(titles, [...lines.values(), ...overallLines(grid, overall, dimensions.length, across)], paint);
}

function overallLines(
  grid: Grid,
  overall: (Rows & { readonly name: string }) | undefined,
  dimensions: number,
  across: readonly string[],
): string[][] {
  if (!overall) return [];
  const at = (name: string) => overall.columns.findIndex((column) => column.name === name);
  const groups = overall.columns.flatMap(({ role, name }, i) =>
    role === 'dimension' && name !== grid.across ? [i] : [],
  );
  if (groups.length !== dimensions) return [];
  const lines = new Map<string, { head: string[]; size: Value | undefined; cells: Map<string, string> }>();
  for (const row of overall.rows) {
    const head = groups.map((i) => String(row[i] ?? 'null'));
    const key = JSON.stringify(head);
    const line = lines.get(key) ?? { head, size: row[at(grid.size)], cells: new Map() };
    lines.set(key, line);
    const state = at('state') < 0 ? 'final' : String(row[at('state')]);
    line.cells.set(String(row[at(grid.across)]), cellText(grid, row[at(grid.value)], state, undefined));
  }
  return [...lines.values()].map(({ head, size, cells }) => [
    overall.name,
    ...head,
    sizeText(size),
    ...across.map((name) => cells.get(name) ?? signs.unreached),
  ]);
}

function largestOf(grid: Grid, rows: Rows['rows'], at: (name: string) => number): number {
  const first = rows[0]?.[at(grid.across)];
  const values = rows.flatMap((row) => {
    const value = row[at(grid.value)];
    return value === null || value === undefined || (grid.across === 'k' && row[at(grid.across)] === first)
      ? []
      : [Number(value)];
  });
  return Math.max(0, ...values);
}

function sizeText(value: Value | undefined): string {
  return value === null || value === undefined ? signs.unreached : String(value);
}

function cellText(grid: Grid, value: Value | undefined, state: string, largest: number | undefined): string {
  if (value === null || value === undefined) return state === 'empty' ? signs.empty : signs.unreached;
  const number = Number(value);
  const shade = largest === undefined || largest === 0 ? ' ' : shadeOf(number / largest);
  const text = grid.holds === 'share' ? percentText(number) : number.toFixed(2);
  return `${shade}${text.padStart(grid.holds === 'share' ? 5 : 7)}${state === 'partial' ? signs.open : ' '}`;
}

/** `0.1234` → `12.3%`; all and nothing without a fraction. */
function percentText(share: number): string {
  return share === 0 || share === 1 ? `${share * 100}%` : `${(share * 100).toFixed(1)}%`;
}

function shadeOf(part: number): string {
  if (part <= 0) return ' ';
  return part <= 0.25 ? '░' : part <= 0.5 ? '▒' : part <= 0.75 ? '▓' : '█';
}
