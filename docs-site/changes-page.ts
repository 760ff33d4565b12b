import type { Grain } from '../compiler/index.ts';
import { changeOf } from './build-history.ts';
import { renderPage, renderWithin } from './page.ts';
import { labelOf, type SiteContext, wordsHtml } from './site-context.ts';
import { definitionPath } from './site-path.ts';
import type { SiteBuilds, SiteChange, SiteFile } from './site-types.ts';

/** Above this many of one kind in a build they are counted, and the first are named. */
const namedAdded = 12;

/** What each stored build found changed, the newest first, and the same as a feed. */
export function changesPages(site: SiteContext): readonly SiteFile[] {
  const { t, input } = site;
  const builds = [...(input.builds?.builds ?? [])].reverse();
  const head = { path: 'changes/index.html', title: t('nav.changes') };
  return renderWithin([60, 30, 15, 6, 3], (shown) => [
    renderPage(site, 'changes', head, {
      builds: builds.slice(0, shown).map(({ number, at }) => buildView(site, input.builds!, number, at)),
      choices: builds.slice(0, shown).map(({ number, at }) => ({ number, at: site.format.instant(at) })),
      canChoose: builds.length > 1,
      more: builds.length > shown ? t('column.more', { n: builds.length - shown }) : undefined,
      absent: wordsHtml(site, t('changes.absent')),
    }),
  ]);
}

function buildView(site: SiteContext, stored: SiteBuilds, number: number, at: string) {
  const { t, format } = site;
  const changes = stored.changes.filter(({ build }) => build === number);
  const added = changes.filter(({ change }) => change === 'added');
  const isFirst = stored.builds[0]?.number === number;
  const named = isFirst || added.length > namedAdded ? [] : added;
  const restated = stored.restated.filter(({ build }) => build === number);
  return {
    id: `build-${number}`,
    number,
    at: format.instant(at),
    datetime: at,
    counted:
      named.length === added.length
        ? undefined
        : t(isFirst ? 'changes.first' : 'changes.added_many', { n: added.length }),
    items: [...changes.filter(({ change }) => change !== 'added'), ...named].map((change) =>
      changeView(site, stored, change, '../'),
    ),
    restated: restated.slice(0, 8).map((value) => {
      const metric = site.metrics.get(value.metric);
      return {
        label: metric ? labelOf(metric) : value.metric,
        href: metric && `../${definitionPath('metric', metric.name)}`,
        period: format.period(value.period, value.grain as Grain),
        before: format.value(value.previous, metric?.unit),
        after: format.value(value.value, metric?.unit),
        change: changeOf(site, metric?.unit, Number(value.previous), Number(value.value)),
      };
    }),
    moreRestated: restated.length > 8 ? t('column.more', { n: restated.length - 8 }) : undefined,
  };
}

/** A change as one line; what is no longer there has no page. `prefix` leads to the site's folder. */
export function changeView(site: SiteContext, stored: SiteBuilds, change: SiteChange, prefix: string) {
  const { t } = site;
  const { kind, name } = change;
  const there =
    kind === 'metric' ? site.metrics.get(name) : kind === 'segment' ? site.segments.get(name) : site.models.get(name);
  const before = stored.changes.findLast(
    (one) => one.kind === kind && one.name === name && one.build < change.build && one.version !== undefined,
  );
  const moved = change.version !== undefined && before?.version !== undefined && before.version !== change.version;
  const word =
    change.change !== 'changed'
      ? t(`changes.${change.change}`)
      : kind === 'model'
        ? t('changes.model')
        : moved
          ? t('changes.version', { from: before.version!, to: change.version! })
          : t('changes.silent');
  return {
    word,
    label: there === undefined ? (change.title ?? name) : kind === 'model' ? name : labelOf(there),
    href: there && prefix + definitionPath(kind, name),
    kind: t(kind === 'model' ? 'kind.model' : `layer.${kind}`),
    reason: change.reason,
  };
}

/** Changes of the 30 days before the site was built, the newest first; of the first stored build none, since it found all that was there. */
export function recentChanges(site: SiteContext, prefix: string) {
  const stored = site.input.builds;
  if (stored === undefined) return undefined;
  const since = Date.parse(site.input.builtAt) - 30 * 864e5;
  const instants = new Map(stored.builds.slice(1).map(({ number, at }) => [number, at]));
  return stored.changes
    .filter(({ build, kind }) => kind !== 'model' && Date.parse(instants.get(build) ?? '') >= since)
    .reverse()
    .map((change) => ({
      ...changeView(site, stored, change, prefix),
      at: site.format.instant(instants.get(change.build)!),
    }));
}
