import type { ManifestMetric } from '../compiler/index.ts';
import { formatCell } from './cohort-cell.ts';
import { labelOf, type SiteContext } from './site-context.ts';
import type { MetricTable } from './site-types.ts';

/** Columns of cohort forms that have a word of their own in every language. */
const worded = new Set(
  'k horizon step name size returned churned rate step_rate base value ltv n_total n_mature repeated at_risk opening retained new returning resurrected dormant active days entities attempts state period'.split(
    ' ',
  ),
);
const grains = new Set(['hour', 'day', 'week', 'month', 'quarter', 'year']);

/** The rows of a metric that is no series of one value: a table that says what it is of. */
export function cohortTableView(site: SiteContext, metric: ManifestMetric, table: MetricTable) {
  const { t } = site;
  const state = table.columns.findIndex(({ role }) => role === 'state');
  const hasOpen = table.rows.some((row) => row[state] === 'partial');
  return {
    title: t(`cohort.of.${table.of}`),
    heads: table.columns.map((column) => ({
      label: headOf(site, metric, column.name),
      n: isNumber(column),
    })),
    rows: table.rows.map((row) =>
      row.map((value, i) => ({
        text: formatCell(site, table.columns[i]!, value),
        n: isNumber(table.columns[i]!),
        none: value === null,
        head: i === 0,
      })),
    ),
    open: hasOpen ? t('cohort.open') : undefined,
    empty: table.rows.some((row) => row.includes(null)) ? t('cohort.empty') : undefined,
    ask: `etalon query ${metric.name}`,
  };
}

function headOf(site: SiteContext, metric: ManifestMetric, name: string): string {
  if (name === metric.name) return labelOf(metric);
  if (grains.has(name)) return site.t(`grain.${name}`);
  return worded.has(name) ? site.t(`cohort.column.${name}`) : name;
}

function isNumber({ role }: MetricTable['columns'][number]): boolean {
  return role === 'metric';
}
