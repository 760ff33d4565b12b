import type { ManifestMetric } from '../compiler/index.ts';
import type { CohortGrid, GridCell, GridRow } from './cohort-grid.ts';
import type { SiteContext } from './site-context.ts';

/** Cells that a page holds, and cohorts: an older one is in the file to download. */
const shownCells = 400;
const shownCohorts = 26;
/** Shades of `assets/style.css`, `h1` to `h8`. */
const shades = 8;
/** So many empty cells in a row have room for words. */
const roomForWords = 3;

export interface HeatCell {
  readonly text: string;
  readonly look: string;
  /** Cells that it spans. */
  readonly span?: number;
}

/** A row for each cohort, a column for each interval: shaded by how large a cell is beside the largest after the first column. */
export function cohortHeatView(site: SiteContext, metric: ManifestMetric, grid: CohortGrid) {
  const { t, format } = site;
  const shown = grid.rows.slice(-Math.max(8, Math.min(shownCohorts, Math.floor(shownCells / grid.across.length))));
  const largest = largestOf(grid, shown);
  const textOf = (value: string): string => formatValue(site, metric, grid, value);
  const states = new Set(shown.flatMap(({ cells }) => cells.map(({ state }) => state)));
  return {
    title: t(grid.from.across === 'k' ? 'heat.title' : 'heat.title_horizon', { grain: grainWord(site, metric) }),
    sizeHead: t(`cohort.column.${grid.from.size}`),
    heads: grid.across,
    rows: shown.map((row) => ({
      cohort: cohortName(site, metric, row.cohort),
      size: row.size === null ? t('absent.short') : sizeText(site, grid, row.size),
      cells: joinUnreached(
        t('cohort.state.unobservable'),
        row.cells.map((cell, column) => {
          const isShaded = grid.from.across !== 'k' || column > 0;
          return heatCell(cell, textOf, isShaded ? largest : 0);
        }),
      ),
    })),
    mean: {
      size: grid.meanSize === null ? '' : sizeText(site, grid, grid.meanSize),
      cells: grid.mean.map((value, column) =>
        value === null ? t('absent.short') : `${textOf(value)}${grid.openMeans.has(column) ? '*' : ''}`,
      ),
    },
    notes: [
      ...(states.has('partial') || grid.openMeans.size > 0 ? [`* ${t('cohort.open')}`] : []),
      ...(states.has('as_of') ? [t('heat.as_of')] : []),
      ...(states.has('unobservable') ? [`· ${t('heat.unreached')}`] : []),
      ...(states.has('empty') ? [`– ${t('heat.empty')}`] : []),
      ...(grid.hidden > 0 ? [`× ${t('heat.hidden', { n: site.input.manifest.project.site.minGroupSize ?? 0 })}`] : []),
      ...(shown.length < grid.rows.length
        ? [t('heat.latest', { n: shown.length, of: format.count(grid.rows.length) })]
        : []),
    ],
    twin: twinRows(site, metric, grid, shown),
    twinHeads: [
      t('heat.cohort'),
      t(`cohort.column.${grid.from.across}`),
      t(`cohort.column.${grid.from.size}`),
      ...(grid.from.count === undefined ? [] : [t(`cohort.column.${grid.from.count}`)]),
      t(`cohort.column.${grid.from.value}`),
      t('cohort.column.state'),
    ],
    ask: `etalon query ${metric.name}`,
  };
}

function heatCell(cell: GridCell, textOf: (value: string) => string, largest: number): HeatCell {
  if (cell.state === 'hidden') return { text: '×', look: 'u' };
  if (cell.value === null) return { text: cell.state === 'empty' ? '–' : '·', look: 'u' };
  const level = largest <= 0 ? 0 : Math.min(shades, Math.ceil((Number(cell.value) / largest) * shades));
  return { text: `${textOf(cell.value)}${cell.state === 'partial' ? '*' : ''}`, look: level > 0 ? `h${level}` : 'h' };
}

/** What is still to come stands together at the end of a row: one cell that says so. */
function joinUnreached(words: string, cells: readonly HeatCell[]): readonly HeatCell[] {
  const isUnreached = (cell: HeatCell): boolean => cell.text === '·';
  const from = cells.findLastIndex((cell) => !isUnreached(cell)) + 1;
  const span = cells.length - from;
  return span < roomForWords ? cells : [...cells.slice(0, from), { text: words, look: 'u w', span }];
}

function largestOf(grid: CohortGrid, rows: readonly GridRow[]): number {
  const from = grid.from.across === 'k' ? 1 : 0;
  return Math.max(0, ...rows.flatMap(({ cells }) => cells.slice(from).map(({ value }) => Number(value ?? 0))));
}

function formatValue({ format }: SiteContext, metric: ManifestMetric, grid: CohortGrid, value: string): string {
  return grid.holds === 'share' ? format.share(Number(value)) : format.value(value, metric.unit);
}

function sizeText({ input, format }: SiteContext, grid: CohortGrid, size: string): string {
  return grid.from.size === 'base' ? format.value(size, input.manifest.project.currency) : format.count(Number(size));
}

/** A cohort is called by its period. */
export function cohortName({ format }: SiteContext, { rule }: ManifestMetric, cohort: string): string {
  const every = rule && 'every' in rule ? rule.every : undefined;
  return format.period(cohort, every?.count === 1 ? every.unit : cohort.length > 10 ? 'hour' : 'day');
}

function grainWord({ t }: SiteContext, { rule }: ManifestMetric): string {
  const every = rule && 'every' in rule ? rule.every : undefined;
  if (every === undefined) return t('grain.month');
  return every.count === 1 ? t(`grain.${every.unit}`) : `${every.count} × ${t(`grain.${every.unit}`)}`;
}

/** The same cells as rows, with their counts and states in words; what has not been reached is left out. */
function twinRows(site: SiteContext, metric: ManifestMetric, grid: CohortGrid, rows: readonly GridRow[]) {
  const { t, format } = site;
  return rows.flatMap((row) =>
    row.cells.flatMap((cell, column) => {
      if (cell.state === 'unobservable') return [];
      const count =
        cell.count === null
          ? t('absent.short')
          : grid.from.count === 'value'
            ? format.value(cell.count, site.input.manifest.project.currency)
            : format.count(Number(cell.count));
      return [
        {
          cohort: cohortName(site, metric, row.cohort),
          cells: [
            grid.across[column]!,
            row.size === null ? t('absent.short') : sizeText(site, grid, row.size),
            ...(grid.from.count === undefined ? [] : [count]),
            cell.value === null ? t('absent.short') : formatValue(site, metric, grid, cell.value),
          ],
          state: t(`cohort.state.${cell.state}`),
        },
      ];
    }),
  );
}
