import type { ManifestMetric } from '../compiler/index.ts';
import { headlineView } from './metric-values-view.ts';
import { reconcile, type Step } from './reconciliation.ts';
import type { SafeHtml } from './render-template.ts';
import { confusionsOf, labelOf, modelStatus, type SiteContext, wordsHtml } from './site-context.ts';
import { definitionPath } from './site-path.ts';

const prefix = '../';

/** From the source to the number, for those whose report shows another one: the rows at each place, why others are not there, and what else moves a number. */
export function reconciliationView(site: SiteContext, metric: ManifestMetric) {
  const { t } = site;
  const steps = reconcile(site, metric);
  const headline = headlineView(site, metric, site.values.get(metric.name));
  return {
    steps: (steps ?? []).map((step) => ({
      words: wordsHtml(site, step.words),
      look: step.kind === 'stand' ? 'total' : '',
      ...stepRows(site, step),
    })),
    value: steps && headline ? t('reconcile.value', { value: headline.value, period: headline.period }) : undefined,
    inputs: steps
      ? []
      : metric.inputs.map((name) => ({
          name: labelOf(site.metrics.get(name) ?? { name }),
          href: `${prefix}${definitionPath('metric', name)}#reconciliation`,
        })),
    also: alsoOf(site, metric),
  };
}

/** The number of a step with its sign, or why there is none. */
export function stepRows(
  { t, format }: SiteContext,
  { kind, rows }: Step,
): { readonly rows?: string; readonly absent?: string } {
  if (typeof rows !== 'number') return { absent: t(rows === 'hidden' ? 'reconcile.hidden' : 'reconcile.unknown') };
  if (kind === 'stand') return { rows: format.count(rows) };
  return { rows: `${rows < 0 ? '+' : '−'}${format.count(Math.abs(rows))}` };
}

/** What moves a number though the rows are the same. */
function alsoOf(site: SiteContext, metric: ManifestMetric): readonly SafeHtml[] {
  const { t, format, input } = site;
  const through = metric.reads.flatMap((name) => modelStatus(site, name)?.completeThrough ?? []).sort()[0];
  const weekStart = t(`weekday.${input.manifest.project.calendar.weekStart}`);
  const said = [
    t('reconcile.zone', { zone: metric.timezone, day: weekStart }),
    ...(through === undefined ? [] : [t('reconcile.complete', { at: format.instant(through) })]),
    ...(confusionsOf(site, 'metrics', metric.name).length > 0 ? [t('reconcile.other')] : []),
  ];
  return said.map((text) => wordsHtml(site, text));
}
