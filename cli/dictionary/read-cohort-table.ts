import type { ManifestMetric, QueryPlan, QueryRequest, Value } from '../../compiler/index.ts';
import type { MetricTable } from '../../docs-site/index.ts';
import { unitOf } from '../query/answer-document.ts';

/** Periods that a page shows. */
const shownPeriods = 13;
/** Cohorts that are kept for a page and its file; as many days as a year has. */
const keptCohorts = 366;
/** Rows of a histogram: one for each day of a month. */
const shownBars = 31;

type Ask = (
  request: Omit<QueryRequest, 'asOf'>,
) => Promise<{ readonly plan: QueryPlan; readonly rows: readonly (readonly Value[])[] } | undefined>;

/** What a page shows of a metric of a cohort form: the mean over cohorts, or the latest periods. */
export async function readCohortTable(
  metric: ManifestMetric,
  currency: string | undefined,
  ask: Ask,
): Promise<MetricTable | undefined> {
  const { of, ...cut } = questionOf(metric);
  const found = await ask({ metrics: [metric.name], order: [], ...cut });
  if (!found) return undefined;
  const isHistogram = found.plan.columns.some(({ name }) => name === 'days');
  const shown = of !== 'periods' ? found.rows.length : isHistogram ? shownBars : shownPeriods;
  return toTable(of, metric, currency, found.plan, found.rows.slice(Math.max(0, found.rows.length - shown)));
}

/** Each cell of the latest cohorts, of a form that has them. */
export async function readCohortCells(
  metric: ManifestMetric,
  currency: string | undefined,
  ask: Ask,
): Promise<MetricTable | undefined> {
  const { rule } = metric;
  const across = rule?.rule === 'ltv' ? 'horizon' : 'k';
  if (!rule || !['retention', 'cohort_churn', 'cohort_revenue', 'ltv'].includes(rule.rule)) return undefined;
  const grain = rule.rule === 'ltv' && rule.every === undefined ? { grain: 'month' as const } : {};
  const found = await ask({ metrics: [metric.name], by: ['cohort', across], order: [], ...grain });
  if (!found) return undefined;
  const kept = [...new Set(found.rows.map(([cohort]) => String(cohort)))].slice(-keptCohorts);
  const [oldest] = kept;
  const from = found.rows.findIndex(([cohort]) => String(cohort) === oldest);
  return toTable('cells', metric, currency, found.plan, found.rows.slice(Math.max(0, from)));
}

function toTable(
  of: MetricTable['of'],
  metric: ManifestMetric,
  currency: string | undefined,
  { columns }: QueryPlan,
  rows: readonly (readonly Value[])[],
): MetricTable {
  return {
    of,
    columns: columns.map((column) => {
      const unit = unitOf(column, [metric], currency);
      return { ...column, ...(unit === undefined ? {} : { unit }) };
    }),
    rows: rows.map((row) => row.map((value) => (value === null ? null : String(value)))),
  };
}

function questionOf({ rule }: ManifestMetric): Pick<MetricTable, 'of'> & Pick<QueryRequest, 'by' | 'grain'> {
  switch (rule!.rule) {
    case 'retention':
    case 'cohort_churn':
    case 'cohort_revenue':
      return { of: 'overall', by: ['k'] };
    case 'ltv':
      return { of: 'whole', by: ['horizon'] };
    case 'repeat':
    case 'funnel':
      return { of: 'whole', by: [] };
    case 'inactivity_churn':
    case 'contract_churn':
      return { of: 'periods', by: [], ...('every' in rule! && rule.every ? {} : { grain: 'month' as const }) };
    case 'returned':
      return { of: 'periods', by: [], grain: 'month' };
    case 'kept_revenue':
    case 'lifecycle':
    case 'stickiness':
      return { of: 'periods', by: [] };
  }
}
