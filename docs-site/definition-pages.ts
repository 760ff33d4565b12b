import type { ManifestMetric, ManifestModel } from '../compiler/index.ts';
import { metricView } from './metric-view.ts';
import { modelView } from './model-view.ts';
import { type PageHead, renderPage, type Section } from './page.ts';
import type { SiteContext } from './site-context.ts';
import { definitionPath } from './site-path.ts';
import type { SiteFile } from './site-types.ts';

/** HTML of one page, in bytes: what a phone on a slow line gets in the first round trips. */
export const pageBudget = 30_000;

type Part = 'sql' | 'columns' | 'tests' | 'examples' | 'rows';

interface PartPage {
  readonly partial: string;
  readonly heading: string;
  /** One view a page; each is cut so small that it fits. */
  readonly views: readonly object[];
}

const metricSections = [
  'value',
  'rule',
  'exclusions',
  'examples',
  'dimensions',
  'knobs',
  'sources',
  'lineage',
  'tests',
  'versions',
  'sql',
];
const modelSections = ['grain', 'columns', 'events', 'used', 'built', 'lineage', 'tests', 'sql'];

export function metricPages(site: SiteContext, metric: ManifestMetric): readonly SiteFile[] {
  const view = metricView(site, metric);
  const head = headOf(site, 'metrics', definitionPath('metric', metric.name), view, metricSections);
  return fitPages(site, 'metric', head, view, {
    sql: {
      partial: 'partials/sql-blocks',
      heading: site.t('section.sql'),
      views: view.sql.map((sql) => ({ sql: [sql] })),
    },
    rows: {
      partial: 'partials/chart-table',
      heading: site.t('chart.table'),
      views: view.chart === undefined ? [] : [{ rows: view.chart.rows }],
    },
    tests: {
      partial: 'partials/tests-table',
      heading: site.t('section.tests'),
      views: chunk(view.tests, 50).map((tests) => ({ tests })),
    },
    examples: {
      partial: 'partials/examples',
      heading: site.t('section.examples'),
      views: chunk(view.examples, 6).map((examples) => ({ examples })),
    },
  });
}

export function modelPages(site: SiteContext, model: ManifestModel): readonly SiteFile[] {
  const view = modelView(site, model);
  const sections = modelSections.filter((section) => section !== 'events' || view.events !== undefined);
  const head = headOf(site, 'models', definitionPath('model', model.name), view, sections);
  const anchored = {
    ...view,
    hasSql: view.authored !== undefined || view.sql.length > 0,
    columns: view.columns.map((column) => ({ ...column, anchor: true })),
  };
  return fitPages(site, 'model', head, anchored, {
    sql: {
      partial: 'partials/sql-blocks',
      heading: site.t('section.sql'),
      views: [
        ...(view.authored === undefined ? [] : [{ authored: view.authored }]),
        ...view.sql.map((sql) => ({ sql: [sql] })),
      ],
    },
    columns: {
      partial: 'partials/columns-table',
      heading: site.t('section.columns'),
      views: chunk(view.columns, 25).map((columns) => ({ columns })),
    },
    tests: {
      partial: 'partials/tests-table',
      heading: site.t('section.tests'),
      views: chunk(view.tests, 50).map((tests) => ({ tests })),
    },
  });
}

function headOf(
  site: SiteContext,
  section: Section,
  path: string,
  view: { readonly label: string; readonly sentence: string | undefined },
  ids: readonly string[],
): PageHead {
  return {
    path,
    title: view.label,
    description: view.sentence,
    section,
    toc: ids.map((id) => ({ id, text: site.t(`section.${id}`) })),
  };
}

/** Moves parts to pages of their own, in the given order, until the page fits its budget. */
function fitPages(
  site: SiteContext,
  template: string,
  head: PageHead,
  view: object & { readonly label: string },
  parts: Partial<Record<Part, PartPage>>,
): readonly SiteFile[] {
  const elsewhere: Partial<Record<Part, string>> = {};
  const moved: SiteFile[] = [];
  const order = (Object.keys(parts) as Part[]).filter((part) => parts[part]!.views.length > 0);
  for (;;) {
    const chart = 'chart' in view && view.chart ? { ...view.chart, rowsElsewhere: elsewhere.rows } : undefined;
    const page = renderPage(site, template, head, { ...view, chart, elsewhere });
    const next = Buffer.byteLength(page.content) > pageBudget ? order.shift() : undefined;
    if (next === undefined) return [page, ...moved];
    const pages = partPages(site, head, view.label, next, parts[next]!);
    elsewhere[next] = fileName(pages[0]!.path);
    moved.push(...pages);
  }
}

function partPages(
  site: SiteContext,
  head: PageHead,
  label: string,
  part: Part,
  { partial, heading, views }: PartPage,
): readonly SiteFile[] {
  const stem = head.path.replace(/\.html$/, `.${part}`);
  const pathOf = (index: number): string => `${stem}${index === 0 ? '' : `-${index + 1}`}.html`;
  return views.map((view, index) => {
    const pages =
      views.length === 1
        ? []
        : views.map((_, at) => ({
            number: at + 1,
            href: fileName(pathOf(at)),
            current: at === index,
            label: `${heading} ${at + 1}`,
          }));
    const full = {
      ...view,
      partial,
      heading: `${label}: ${heading}`,
      backHref: fileName(head.path),
      backLabel: label,
      pages,
    };
    return renderPage(
      site,
      'part',
      { path: pathOf(index), title: `${label}: ${heading}`, ...(head.section ? { section: head.section } : {}) },
      full,
    );
  });
}

function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function chunk<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
