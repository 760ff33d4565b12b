import { allPages } from './all-pages.ts';
import { apiFiles } from './api-files.ts';
import { assetFiles } from './asset-files.ts';
import { namesFor } from './audience-names.ts';
import { changesFeed } from './changes-feed.ts';
import { changesPages } from './changes-page.ts';
import { planMetric, planModel } from './definition-pages.ts';
import { AudienceTrace, findTrace } from './find-trace.ts';
import { fitPages } from './fit-pages.ts';
import { flowListPages, flowPages } from './flow-pages.ts';
import { forAudience } from './for-audience.ts';
import { glossaryPage } from './glossary-page.ts';
import { healthView } from './health-view.ts';
import { homeView } from './home-view.ts';
import { loadLayout } from './layout-graph.ts';
import { lineagePage } from './lineage-page.ts';
import { metricListPages, modelListPages } from './list-pages.ts';
import { markdownTwins } from './markdown-twins.ts';
import { metricCsv } from './metric-csv.ts';
import { ownPages } from './own-pages.ts';
import { ownersPages } from './owners-page.ts';
import { renderPage, renderWithin } from './page.ts';
import { qualityPage } from './quality-page.ts';
import { runsPages } from './runs-pages.ts';
import { searchFiles } from './search-files.ts';
import { planSegment, segmentListPages } from './segment-pages.ts';
import { isForAudience, makeContext, type SiteContext } from './site-context.ts';
import { siteMap } from './site-map.ts';
import type { DictionaryInput, SiteFile } from './site-types.ts';
import { withoutSmall } from './suppress-values.ts';

/** Data → the files of the dictionary, in memory, sorted by path. Equal input gives equal bytes. */
export async function buildSite(input: DictionaryInput): Promise<readonly SiteFile[]> {
  const files = drawFiles(await openSite(input));
  const told = input.audience && findTrace(files, namesFor(input.manifest, input.audience.name).hidden);
  if (told) throw new AudienceTrace(told.path, told.name);
  return files;
}

/** What pages are made from: the input without what may not be shown, indexed. `frame`: as of `makeContext`. */
export async function openSite(input: DictionaryInput, frame?: 'layout' | 'single'): Promise<SiteContext> {
  const layout = await loadLayout();
  const whole = makeContext(withoutSmall(withoutGenerated(input)), layout, frame);
  return input.audience === undefined ? whole : makeContext(forAudience(whole, input.audience.name), layout, frame);
}

/** Tables that come with a model are told with it. */
function withoutGenerated(input: DictionaryInput): DictionaryInput {
  const made = new Map(input.manifest.models.filter(({ generated }) => generated).map((model) => [model.name, model]));
  if (made.size === 0) return input;
  const models = input.manifest.models
    .filter(({ name }) => !made.has(name))
    .map((model) => ({
      ...model,
      reads: [...new Set(model.reads.flatMap((name) => made.get(name)?.reads ?? [name]))].sort(),
    }));
  const names = new Set(models.map(({ name }) => name));
  const { history } = input;
  const own = history && Object.fromEntries(Object.entries(history.models).filter(([name]) => names.has(name)));
  return {
    ...input,
    manifest: { ...input.manifest, models },
    ...(history ? { history: { ...history, models: own ?? {} } } : {}),
  };
}

function drawFiles(site: SiteContext): readonly SiteFile[] {
  const { input } = site;
  const files = [
    homePage(site),
    ...metricListPages(site),
    ...modelListPages(site),
    ...input.manifest.metrics.flatMap((metric) => fitPages(site, planMetric(site, metric))),
    ...segmentListPages(site),
    ...input.manifest.segments.flatMap((segment) => fitPages(site, planSegment(site, segment))),
    ...input.manifest.models.flatMap((model) => fitPages(site, planModel(site, model))),
    ...flowListPages(site),
    ...input.manifest.models.flatMap((model) => flowPages(site, model)),
    ...(input.values ?? []).flatMap((values) => metricCsv(site, values)),
    ...lineagePage(site),
    ...healthPage(site),
    ...changesPages(site),
    ...changesFeed(site),
    ...(isForAudience(site) ? [] : [...runsPages(site), ...qualityPage(site)]),
    ...ownersPages(site),
    ...glossaryPage(site),
    renderPage(site, 'not-found', { path: '404.html', title: site.t('missing.title') }, {}),
    ...allPages(site),
    ...ownPages(site),
    ...searchFiles(site),
    ...apiFiles(site),
    ...markdownTwins(site),
    ...assetFiles(input.overrides),
  ];
  files.push(...siteMap(site, files));
  return files.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

function healthPage(site: SiteContext): readonly SiteFile[] {
  const head = { path: 'health/index.html', title: site.t('nav.health'), section: 'health' } as const;
  return renderWithin([40, 20, 8], (shown) => [renderPage(site, 'health', head, healthView(site, shown))]);
}

function homePage(site: SiteContext): SiteFile {
  const view = homeView(site);
  return renderPage(site, 'home', { path: 'index.html', title: view.title, description: view.sentence }, view);
}
