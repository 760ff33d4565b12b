import { buildGrid, type CohortGrid } from './cohort-grid.ts';
import { leastGroup } from './metric-values-view.ts';
import type { SiteContext } from './site-context.ts';
import { definitionPath } from './site-path.ts';
import type { MetricTable, MetricValues, SiteFile } from './site-types.ts';

/** `data/revenue.csv`: every grain or cell, exact values, each with its state. A metric that is not in the manifest has no file. */
export function metricCsv(site: SiteContext, values: MetricValues): readonly SiteFile[] {
  const metric = site.metrics.get(values.metric);
  if (metric === undefined) return [];
  const grid = buildGrid(metric.rule, values, leastGroup(site));
  const rows = grid && values.cells ? cellRows(grid, values.cells) : seriesRows(metric.name, metric.unit ?? '', values);
  if (rows.length < 2) return [];
  definitionPath('metric', metric.name);
  return [
    { path: `data/${metric.name}.csv`, content: `${rows.map((row) => row.map(cell).join(',')).join('\r\n')}\r\n` },
  ];
}

function seriesRows(name: string, unit: string, { series }: MetricValues): readonly (readonly string[])[] {
  const points = series.flatMap(({ grain, points: own }) =>
    own.map((point) => [grain, point.period, point.value ?? '', point.state, unit]),
  );
  return [['grain', 'period', name, 'state', 'unit'], ...points];
}

/** As `etalon query NAME --format csv`, but that hidden cells are empty and `hidden`. */
function cellRows(
  { from, rows }: CohortGrid,
  { columns, rows: answered }: MetricTable,
): readonly (readonly string[])[] {
  const places = new Map(rows.map((row) => [row.cohort, row]));
  const at = (name: string): number => columns.findIndex((column) => column.name === name);
  const names = [...new Set(answered.map((row) => row[at(from.across)]))];
  const cells = answered.map((row) => {
    const own = places.get(String(row[at('cohort')]))!;
    const isHidden = own.cells[names.indexOf(row[at(from.across)]!)]!.state === 'hidden';
    return columns.map(({ name, role }, column) => {
      if (role === 'state') return isHidden ? 'hidden' : (row[column] ?? '');
      const isKept = role !== 'metric' || (!isHidden && (name !== from.size || own.size !== null));
      return isKept ? (row[column] ?? '') : '';
    });
  });
  return [columns.map(({ name }) => name), ...cells];
}

/** A spreadsheet runs a cell that begins with `=` or the like: such text gets an apostrophe. Numbers keep their sign. */
function cell(text: string): string {
  const harmless = /^[=+\-@\t\r]/.test(text) && !/^-?[\d.]+(e[+-]?\d+)?$/i.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
