import type { ManifestMetric } from '../compiler/index.ts';
import { recentChanges } from './changes-page.ts';
import { runRow } from './health-view.ts';
import { metricRow } from './list-view.ts';
import { problemsOf } from './problems.ts';
import { safeHtml } from './render-template.ts';
import { lastComplete } from './series.ts';
import { labelOf, type SiteContext, sentenceOf, wordsHtml } from './site-context.ts';
import { nodeId } from './site-graph.ts';
import { definitionPath } from './site-path.ts';
import { type TrustState, trustMark } from './trust.ts';

const legendStates: readonly TrustState[] = ['ok', 'late', 'partial', 'failing', 'draft', 'deprecated', 'unbuilt'];

export function homeView(site: SiteContext) {
  const { input, t, format } = site;
  const { project, metrics, models, tests } = input.manifest;
  const problems = problemsOf(site, '');
  const month = Date.parse(input.builtAt) - 30 * 864e5;
  const runs = (input.history?.runs ?? []).filter((run) => Date.parse(run.startedAt) >= month);
  return {
    title: project.site.title ?? project.title ?? project.name,
    sentence: sentenceOf(site, project.description),
    description: project.description === undefined ? undefined : safeHtml(site.markdown.html(project.description)),
    counts: [
      { href: 'metrics/index.html', text: t('home.metrics', { n: metrics.length }) },
      ...(input.manifest.segments.length > 0
        ? [{ href: 'segments/index.html', text: t('home.segments', { n: input.manifest.segments.length }) }]
        : []),
      { href: 'models/index.html', text: t('home.models', { n: models.length }) },
      { href: 'health/index.html', text: t('home.tests', { n: tests.length }) },
    ],
    headlines: headlineMetrics(site).map((metric) => metricRow(site, metric, '')),
    noValues: site.values.size === 0 ? wordsHtml(site, t('absent.values')) : undefined,
    problems: problems.slice(0, 8),
    moreProblems: problems.length > 8 ? t('column.more', { n: problems.length - 8 }) : undefined,
    healthy: wordsHtml(site, t(input.history === undefined ? 'absent.build' : 'health.none')),
    hasHistory: input.history !== undefined,
    runs: [...runs]
      .sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1))
      .slice(0, 5)
      .map((run) => runRow(site, run, '')),
    ...changesOf(site),
    legend: legendStates.map((state) => ({ ...trustMark(site, state, ''), text: t(`legend.${state}`) })),
    builtAt: format.instant(input.builtAt),
  };
}

/** Those tagged `headline`; without the tag, metrics in production that most others are computed from. */
function headlineMetrics(site: SiteContext): readonly ManifestMetric[] {
  const valued = site.input.manifest.metrics.filter(
    (metric) => lastComplete(site.values.get(metric.name)?.series ?? []) !== undefined,
  );
  const tagged = valued.filter((metric) => metric.tags.includes('headline'));
  if (tagged.length > 0) return tagged.slice(0, 8);
  const users = (metric: ManifestMetric): number => site.graph.users.get(nodeId('metric', metric.name))?.length ?? 0;
  return valued
    .filter((metric) => metric.status === 'production')
    .sort((a, b) => users(b) - users(a) || a.name.localeCompare(b.name, 'en'))
    .slice(0, 6);
}

const shownChanges = 8;

/** What changed in the last 30 days; where no build is stored, the versions that there are. */
function changesOf(site: SiteContext) {
  const recent = recentChanges(site, '');
  return {
    versions: recent === undefined ? latestVersions(site) : [],
    hasBuilds: recent !== undefined,
    changes: recent?.slice(0, shownChanges) ?? [],
    moreChanges:
      recent !== undefined && recent.length > shownChanges
        ? site.t('column.more', { n: recent.length - shownChanges })
        : undefined,
  };
}

/** Definitions that changed their meaning, with the author's reason. Dates are not kept, so none is claimed. */
function latestVersions(site: SiteContext) {
  return site.input.manifest.metrics
    .filter((metric) => metric.version > 1)
    .slice(0, 8)
    .map((metric) => ({
      label: labelOf(metric),
      href: definitionPath('metric', metric.name),
      version: metric.version,
      reason: metric.changes[String(metric.version)],
    }));
}
