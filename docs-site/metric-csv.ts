import { buildGrid, type CohortGrid } from './cohort-grid.ts';
import { leastGroup } from './metric-values-view.ts';
import type { SiteContext } from './site-context.ts';
import { definitionPath } from './site-path.ts';
import type { MetricValues, SiteFile } from './site-types.ts';

/** `data/revenue.csv`: every grain or cell, exact values, each with its state. A metric that is not in the manifest has no file. */
export function metricCsv(site: SiteContext, values: MetricValues): readonly SiteFile[] {
  const metric = site.metrics.get(values.metric);
  if (metric === undefined) return [];
  const grid = buildGrid(metric.rule, values, leastGroup(site));
  const rows = grid ? cellRows(grid) : seriesRows(metric.name, metric.unit ?? '', values);
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

/** As `etalon query NAME --format csv`, but that small cells are empty and `hidden`. */
function cellRows({ across, from, rows }: CohortGrid): readonly (readonly string[])[] {
  const { count } = from;
  const cells = rows.flatMap((row) =>
    row.cells.map((one, column) => [
      row.cohort,
      across[column]!,
      row.size ?? '',
      ...(count === undefined ? [] : [one.count ?? '']),
      one.value ?? '',
      one.state,
    ]),
  );
  return [['cohort', from.across, from.size, ...(count === undefined ? [] : [count]), from.value, 'state'], ...cells];
}

/** A spreadsheet runs a cell that begins with `=` or the like: such text gets an apostrophe. Numbers keep their sign. */
function cell(text: string): string {
  const harmless = /^[=+\-@\t\r]/.test(text) && !/^-?[\d.]+(e[+-]?\d+)?$/i.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
