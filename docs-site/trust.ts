import type { ManifestMetric, ManifestModel, ManifestSegment, ManifestTest } from '../compiler/index.ts';
import type { SafeHtml } from './render-template.ts';
import { lastComplete } from './series.ts';
import { modelStatus, type SiteContext, testResult, unreadOf, wordsHtml } from './site-context.ts';
import { nodeId, reach, type SiteNode } from './site-graph.ts';
import type { MetricValues } from './site-types.ts';

export type TrustState = 'ok' | 'late' | 'partial' | 'failing' | 'draft' | 'deprecated' | 'unbuilt';

/** A verdict as an icon and a word, with the reason in words. */
export interface TrustMark {
  readonly state: TrustState;
  readonly icon: string;
  readonly word: string;
  readonly reason: SafeHtml;
}

export function trustMark(site: SiteContext, state: TrustState, reason: string): TrustMark {
  return { state, icon: `icons/${state}`, word: site.t(`trust.${state}`), reason: wordsHtml(site, reason) };
}

/** The worst of what is known: its lifecycle, its examples, then everything it is computed from. */
export function trustOfMetric(site: SiteContext, metric: ManifestMetric): TrustMark {
  const { t } = site;
  const known = knownState(site, 'metric', metric.name);
  if (known) return known;
  if (metric.status === 'deprecated')
    return trustMark(
      site,
      'deprecated',
      metric.replacedBy === undefined
        ? t('trust.reason.deprecated')
        : t('trust.reason.replaced', { by: metric.replacedBy }),
    );
  const failed = failedExample(site, 'metric', metric.name);
  if (failed) return failed;
  const data = trustOfData(site, upstreamModels(site, 'metric', metric.name));
  if (data.state !== 'failing' && unreadOf(site, metric)) return trustMark(site, 'failing', t('absent.refused'));
  const values = site.values.get(metric.name);
  if (data.state === 'ok' && values !== undefined && hasOnlyOpenPeriods(values))
    return trustMark(site, 'partial', t('trust.reason.open'));
  if (data.state === 'ok' && metric.status === 'draft') return trustMark(site, 'draft', t('trust.reason.draft'));
  return data;
}

/** As of a metric; one that is archived is kept for the record. */
export function trustOfSegment(site: SiteContext, segment: ManifestSegment): TrustMark {
  const { t } = site;
  const known = knownState(site, 'segment', segment.name);
  if (known) return known;
  if (segment.status === 'archived') return trustMark(site, 'deprecated', t('trust.reason.archived'));
  const failed = failedExample(site, 'segment', segment.name);
  if (failed) return failed;
  const data = trustOfData(site, upstreamModels(site, 'segment', segment.name));
  return data.state === 'ok' && segment.status === 'draft' ? trustMark(site, 'draft', t('trust.reason.draft')) : data;
}

function failedExample(site: SiteContext, kind: 'metric' | 'segment', name: string): TrustMark | undefined {
  const failed = (site.examples.get(nodeId(kind, name)) ?? []).find((result) => result.status !== 'passed');
  return failed && trustMark(site, 'failing', site.t('trust.reason.example', { title: failed.title }));
}

export function trustOfModel(site: SiteContext, model: string): TrustMark {
  return knownState(site, 'model', model) ?? trustOfData(site, [model, ...upstreamModels(site, 'model', model)]);
}

/** What an audience is told was judged on more than it is shown: the reason names nothing. */
function knownState(site: SiteContext, kind: SiteNode['kind'], name: string): TrustMark | undefined {
  const state = site.input.audience?.states?.[nodeId(kind, name)] as TrustState | undefined;
  return state && trustMark(site, state, site.t(`legend.${state}`));
}

function hasOnlyOpenPeriods(values: MetricValues): boolean {
  const points = values.series.flatMap((series) => series.points);
  return points.some((point) => point.state === 'partial') && lastComplete(values.series) === undefined;
}

/** Models that a definition is computed from, nearest first. */
export function upstreamModels(site: SiteContext, kind: SiteNode['kind'], name: string): readonly string[] {
  return reach(nodeId(kind, name), site.graph.inputs).flatMap((id) => {
    const node = site.graph.nodes.get(id);
    return node?.kind === 'model' ? [node.name] : [];
  });
}

function trustOfData(site: SiteContext, models: readonly string[]): TrustMark {
  const { t } = site;
  if (site.input.history === undefined) return trustMark(site, 'unbuilt', t('absent.build'));
  const statuses = models.map((model) => ({ model, status: modelStatus(site, model) }));
  const failing = statuses.find(({ status }) => status?.status === 'failing');
  if (failing)
    return trustMark(
      site,
      'failing',
      t(failing.status?.builtAt === undefined ? 'trust.reason.failing_first' : 'trust.reason.failing', {
        model: failing.model,
      }),
    );
  const test = models.flatMap((model) => site.tests.get(model) ?? []).find((each) => isFailing(site, each));
  if (test) return trustMark(site, 'failing', t('trust.reason.test', { test: test.name }));
  const unbuilt = statuses.find(({ status }) => status === undefined || status.status === 'never');
  if (unbuilt) return trustMark(site, 'unbuilt', t('trust.reason.unbuilt', { model: unbuilt.model }));
  const late = models.find((model) => isLate(site, model));
  if (late !== undefined) return trustMark(site, 'late', t('trust.reason.late', { model: late }));
  const stale = statuses.find(({ status }) => status?.status === 'stale');
  if (stale) return trustMark(site, 'late', t('trust.reason.stale', { model: stale.model }));
  return trustMark(site, 'ok', t('trust.reason.ok'));
}

export function isFailing(site: SiteContext, test: ManifestTest): boolean {
  const result = testResult(site, test.name);
  return test.severity === 'error' && (result?.status === 'failed' || result?.status === 'error');
}

export function isLate(site: SiteContext, model: string): boolean {
  const defined = site.models.get(model);
  return defined !== undefined && isPastPromise(defined, modelStatus(site, model)?.freshThrough, site.input.builtAt);
}

/** A source is late when its freshest row is older than it promised, seen from an instant. */
export function isPastPromise(model: ManifestModel, through: string | undefined, at: string): boolean {
  const promise = model.source?.freshness;
  const limit = promise?.warnAfter ?? promise?.errorAfter;
  if (limit === undefined || through === undefined) return false;
  const milliseconds = durationMilliseconds(limit);
  return milliseconds !== undefined && Date.parse(at) - Date.parse(through) > milliseconds;
}

const unitMilliseconds: Readonly<Record<string, number>> = {
  second: 1e3,
  minute: 6e4,
  hour: 36e5,
  day: 864e5,
  week: 6048e5,
};

/** `2 hours`, `1 day`; undefined for what has no fixed length. */
function durationMilliseconds(text: string): number | undefined {
  const match = /^(\d+)\s*(second|minute|hour|day|week)s?$/.exec(text.trim());
  return match ? Number(match[1]) * unitMilliseconds[match[2]!]! : undefined;
}
