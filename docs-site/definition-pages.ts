import type { ManifestMetric, ManifestModel } from '../compiler/index.ts';
import type { PagePlan, Part } from './fit-pages.ts';
import type { HiddenSections } from './hidden-sections.ts';
import { metricView } from './metric-view.ts';
import { modelView } from './model-view.ts';
import type { PageHead, Section } from './page.ts';
import type { SiteContext } from './site-context.ts';
import { definitionPath } from './site-path.ts';

const metricSections = [
  'value',
  'rule',
  'exclusions',
  'examples',
  'dimensions',
  'knobs',
  'sources',
  'reconciliation',
  'lineage',
  'tests',
  'versions',
  'confused',
  'sql',
];
const modelSections = ['grain', 'columns', 'events', 'used', 'built', 'lineage', 'tests', 'sql'];

export function planMetric(site: SiteContext, metric: ManifestMetric): PagePlan {
  const view = metricView(site, metric);
  const told = shownSections(metricSections, view).filter((id) => id !== 'confused' || view.confused.length > 0);
  const head = headOf(site, 'metrics', definitionPath('metric', metric.name), view, told);
  const parts: readonly Part[] = [
    {
      name: 'cells',
      partial: 'partials/cells-table',
      heading: site.t('heat.table'),
      items: view.heat?.twin ?? [],
      sizes: [400, 200, 100, 50],
      viewOf: (twin) => ({ twin, twinHeads: view.heat!.twinHeads }),
    },
    part(site, 'sql', view.sql, (sql) => ({ sql })),
    part(site, 'tests', view.tests, (tests) => ({ tests })),
    {
      name: 'rows',
      partial: 'partials/chart-table',
      heading: site.t('chart.table'),
      items: view.chart === undefined ? [] : [view.chart],
      viewOf: (items) => items[0]!,
    },
    part(site, 'lineage', [view.lineage], (items) => items[0]!),
    part(site, 'examples', view.examples, (examples) => ({ examples })),
  ];
  return { template: 'metric', head, view, parts };
}

export function planModel(site: SiteContext, model: ManifestModel): PagePlan {
  const view = modelView(site, model);
  const told = shownSections(modelSections, view);
  const sections = told.filter((section) => section !== 'events' || view.events !== undefined);
  const head = headOf(site, 'models', definitionPath('model', model.name), view, sections);
  const code = [...(view.authored === undefined ? [] : [{ engine: undefined, code: view.authored }]), ...view.sql];
  // The columns' anchors stay on the model's own page, wherever their meaning is told.
  const anchored = { ...view, sql: code, columns: view.columns.map((column) => ({ ...column, anchor: true })) };
  const parts = [
    part(site, 'sql', code, (sql) => ({ sql })),
    part(site, 'columns', view.columns, (columns) => ({ columns })),
    part(site, 'tests', view.tests, (tests) => ({ tests })),
    part(site, 'lineage', [view.lineage], (items) => items[0]!),
  ];
  return { template: 'model', head, view: anchored, parts };
}

/** Those of the sections that the page has. */
export function shownSections(
  sections: readonly string[],
  { hides }: { readonly hides: HiddenSections },
): readonly string[] {
  return sections.filter((section) => !hides[section as keyof HiddenSections]);
}

const partials = {
  sql: 'partials/sql-blocks',
  columns: 'partials/columns-table',
  tests: 'partials/tests-table',
  examples: 'partials/examples',
  lineage: 'partials/lineage',
} as const;

export function part(
  site: SiteContext,
  name: keyof typeof partials,
  items: readonly object[],
  viewOf: Part['viewOf'],
): Part {
  return { name, partial: partials[name], heading: site.t(`section.${name}`), items, viewOf };
}

export function headOf(
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
