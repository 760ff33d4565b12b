import type { SiteContext } from './site-context.ts';
import { definitionPath } from './site-path.ts';
import type { MetricValues, SiteFile } from './site-types.ts';

/** `data/revenue.csv`: every grain, exact values, each with its state. A metric that is not in the manifest has no file. */
export function metricCsv(site: SiteContext, values: MetricValues): readonly SiteFile[] {
  const metric = site.metrics.get(values.metric);
  if (metric === undefined || values.series.length === 0) return [];
  definitionPath('metric', metric.name);
  const rows = values.series.flatMap((series) =>
    series.points.map((point) => [series.grain, point.period, point.value ?? '', point.state, metric.unit ?? '']),
  );
  const lines = [['grain', 'period', metric.name, 'state', 'unit'], ...rows].map((row) => row.map(cell).join(','));
  return [{ path: `data/${metric.name}.csv`, content: `${lines.join('\r\n')}\r\n` }];
}

/** A spreadsheet runs a cell that begins with `=` or the like: such text gets an apostrophe. Numbers keep their sign. */
function cell(text: string): string {
  const harmless = /^[=+\-@\t\r]/.test(text) && !/^-?[\d.]+(e[+-]?\d+)?$/i.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
