import type { ManifestMetric } from '../compiler/index.ts';
import { versionDates } from './build-history.ts';
import { buildChart } from './chart.ts';
import { buildGrid } from './cohort-grid.ts';
import { cohortHeatView } from './cohort-heat-view.ts';
import { cohortTableView } from './cohort-table-view.ts';
import { isPercent } from './format-value.ts';
import { meanCurve } from './mean-curve.ts';
import { chartSeries, fillSlots, lastComplete } from './series.ts';
import { modelStatus, type SiteContext, unreadOf, wordsHtml } from './site-context.ts';
import type { MetricPoint, MetricSeries, MetricTable, MetricValues } from './site-types.ts';
import { versionMarks } from './version-marks.ts';

/** The numbers of a metric's page: headline, chart with its table, totals by dimension. */
export function valuesView(site: SiteContext, metric: ManifestMetric) {
  const values = site.values.get(metric.name);
  const series = chartSeries(values?.series ?? []);
  const table = values?.table !== undefined && values.table.rows.length > 0 ? values.table : undefined;
  const grid = values && buildGrid(metric.rule, values, leastGroup(site));
  return {
    asOf: values?.asOf === undefined ? undefined : site.format.instant(values.asOf),
    headline: headlineView(site, metric, values),
    noValues:
      series === undefined && !table && values?.hides === undefined
        ? wordsHtml(site, absence(site, metric, values))
        : undefined,
    heat: grid && cohortHeatView(site, metric, grid),
    withheld: withheldOf(site, values),
    table: grid ? undefined : table && tableView(site, metric, table, values?.hides !== undefined),
    chart: series === undefined ? grid && meanCurve(site, metric, grid) : chartView(site, metric, series),
    csv: grid || (values?.series.length ?? 0) > 0 ? `../data/${metric.name}.csv` : undefined,
    breakdowns: breakdownViews(site, metric, values),
  };
}

/** Where numbers are left out, a dash may mean that as well. */
function tableView(site: SiteContext, metric: ManifestMetric, table: MetricTable, isHiding: boolean) {
  const view = cohortTableView(site, metric, table);
  return isHiding ? { ...view, empty: undefined } : view;
}

/** What of few people is not on the page; where a grid hides cells, it says so itself. */
function withheldOf(site: SiteContext, values: MetricValues | undefined): string | undefined {
  if (values?.hides === undefined) return undefined;
  const n = leastGroup(site);
  return values.hides === 'all' ? site.t('heat.withheld', { n }) : `× ${site.t('heat.hidden', { n })}`;
}

/** Of fewer people nothing is shown; 0: everything is. */
export function leastGroup({ input }: SiteContext): number {
  return input.manifest.project.site.minGroupSize ?? 0;
}

/** Why there is no number: never built, built but failing, refused by the target, or no rows. */
function absence(site: SiteContext, metric: ManifestMetric, values: MetricValues | undefined): string {
  if (values !== undefined) return site.t('absent.rows');
  if (!metric.computed) return metric.notComputed ?? site.t('absent.computed');
  const unread = unreadOf(site, metric);
  if (unread?.why !== undefined) return site.t('absent.unread', { why: unread.why });
  if (unread) return site.t('absent.refused');
  const failing = metric.reads.find((model) => modelStatus(site, model)?.status === 'failing');
  return failing === undefined ? site.t('absent.values') : site.t('absent.failing', { model: failing });
}

export function headlineView(
  site: SiteContext,
  metric: Pick<ManifestMetric, 'unit'>,
  values: MetricValues | undefined,
) {
  const last = lastComplete(values?.series ?? []);
  if (last === undefined) return undefined;
  const { t, format } = site;
  const period = format.period(last.point.period, last.grain);
  const head = { value: format.value(last.point.value, metric.unit), period: t(`headline.${last.grain}`, { period }) };
  if (last.previous === undefined) return { ...head, direction: 'flat', change: undefined, before: undefined };
  const before = Number(last.previous.value);
  const now = Number(last.point.value);
  // A rate moves in points: "from 2 % to 3 %" is one point, and to call it 50 % misleads.
  const change = isPercent(metric.unit)
    ? t('change.points', { points: format.signed((now - before) * 100) })
    : before === 0
      ? undefined
      : format.change((now - before) / Math.abs(before));
  return {
    ...head,
    direction: now > before ? 'up' : now < before ? 'down' : 'flat',
    change,
    before: t('headline.before', {
      value: format.value(last.previous.value, metric.unit),
      period: format.period(last.previous.period, last.grain),
    }),
  };
}

function chartView(site: SiteContext, metric: ManifestMetric, series: MetricSeries) {
  const { t, format } = site;
  const drawing = buildChart(metric, series, format);
  if (drawing === undefined) return undefined;
  const slots = fillSlots(series, 90);
  const first = format.period(slots[0]!.period, series.grain);
  const last = format.period(slots.at(-1)!.period, series.grain);
  const open = slots.some((slot) => slot.point?.state === 'partial');
  return {
    ...drawing,
    title: t(`chart.${series.grain}`, { first, last }),
    label: t('chart.label', { name: metric.title ?? metric.name, first, last }),
    marks: versionMarks(versionDates(site.input.builds, 'metric', metric.name), slots, series.grain),
    hasOpen: open,
    gaps: slots.some(({ point }) => point?.state !== 'hidden' && (point?.value === undefined || point.value === null)),
    rows: slots.map(({ period, point }) => ({
      period: format.period(period, series.grain),
      value: pointText(site, metric, point),
      partial: point?.state === 'partial',
      gap: point?.value === undefined || point.value === null,
    })),
  };
}

function pointText(site: SiteContext, { unit }: ManifestMetric, point: MetricPoint | undefined): string {
  if (point?.state === 'hidden') return site.t('segment.few', { n: leastGroup(site) });
  return point?.value === undefined || point.value === null
    ? site.t('chart.gap')
    : site.format.value(point.value, unit);
}

function breakdownViews(site: SiteContext, metric: ManifestMetric, values: MetricValues | undefined) {
  const { t, format } = site;
  return (values?.breakdowns ?? []).map((breakdown) => {
    const largest = Math.max(0, ...breakdown.rows.map((row) => Number(row.value ?? 0)));
    return {
      title: t('breakdown.title', {
        dimension: breakdown.dimension,
        period: format.period(breakdown.period, breakdown.grain),
      }),
      dimension: breakdown.dimension,
      more:
        breakdown.more === undefined || breakdown.more === 0 ? undefined : t('breakdown.more', { n: breakdown.more }),
      rows: breakdown.rows.map((row) => ({
        member: row.member ?? t('breakdown.null'),
        none: row.member === null,
        value: row.hidden ? '×' : row.value === null ? t('chart.gap') : format.value(row.value, metric.unit),
        share: `${largest > 0 && Number(row.value ?? 0) > 0 ? ((Number(row.value) / largest) * 100).toFixed(1) : 0}%`,
      })),
    };
  });
}
