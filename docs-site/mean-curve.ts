import type { ManifestMetric } from '../compiler/index.ts';
import { drawPlot, pickTicks } from './chart.ts';
import type { CohortGrid } from './cohort-grid.ts';
import { labelOf, type SiteContext } from './site-context.ts';

/** The mean over cohorts as a curve; of intervals taken together, which are not alike, as bars. Interval 0 is everyone by definition: it would press all others down, and is left out. */
export function meanCurve(site: SiteContext, metric: ManifestMetric, grid: CohortGrid) {
  const { t, format } = site;
  const from = isEveryoneAtFirst(metric) ? 1 : 0;
  const names = grid.across.slice(from);
  const values = grid.mean.slice(from);
  const unit = grid.holds === 'share' ? '%' : metric.unit;
  const isBars = hasBrackets(metric);
  const drawing = drawPlot(
    {
      form: isBars ? 'bars' : 'line',
      numbers: values.map((value) => (value === null ? undefined : Number(value))),
      isOpen: () => false,
      unit,
      // Each bar is called by its name, where so many fit on the narrowest screen.
      xTicks: isBars && names.length <= 6 ? names : pickTicks(names.length, (index) => names[index]!),
    },
    format,
  );
  if (drawing === undefined || names.length < 2) return undefined;
  const ends = { first: names[0]!, last: names.at(-1)! };
  return {
    ...drawing,
    title: t(grid.from.across === 'k' ? 'heat.curve' : 'heat.curve_horizon', ends),
    label: t('chart.label', { name: labelOf(metric), ...ends }),
    marks: [],
    hasOpen: false,
    gaps: false,
    axis: t(`cohort.column.${grid.from.across}`),
    rows: names.map((name, i) => {
      const value = values[i] ?? null;
      return {
        period: name,
        value: value === null ? t('absent.short') : format.value(value, unit),
        partial: false,
        gap: value === null,
      };
    }),
  };
}

function hasBrackets({ rule }: ManifestMetric): boolean {
  return (
    (rule?.rule === 'retention' || rule?.rule === 'cohort_churn') && rule.cells.some(({ first, last }) => first < last)
  );
}

function isEveryoneAtFirst({ rule }: ManifestMetric): boolean {
  if (rule?.rule === 'cohort_revenue') return true;
  return (rule?.rule === 'retention' || rule?.rule === 'cohort_churn') && rule.periodZero === 'anchor';
}
