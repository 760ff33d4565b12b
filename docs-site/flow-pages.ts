import type { ManifestModel } from '../compiler/index.ts';
import { columnFlow } from './column-flow.ts';
import { movePart } from './fit-pages.ts';
import { paginate } from './list-view.ts';
import { renderPage, renderWithin } from './page.ts';
import { labelOf, type SiteContext } from './site-context.ts';
import { definitionPath } from './site-path.ts';
import type { SiteFile } from './site-types.ts';

/** The page on which the columns of a model are followed to both ends; undefined where none of them comes from anywhere or goes on. */
export function flowPath(site: SiteContext, model: ManifestModel): string | undefined {
  const hasFlow = flowRows(site, model).some(({ from, to }) => from.items.length > 0 || to.items.length > 0);
  return hasFlow ? definitionPath('model', model.name).replace(/\.html$/, '.flow.html') : undefined;
}

type FlowRows = ReturnType<typeof readRows>;
const known = new WeakMap<SiteContext, Map<string, FlowRows>>();

function flowRows(site: SiteContext, model: ManifestModel): FlowRows {
  const own = known.get(site) ?? new Map<string, FlowRows>();
  known.set(site, own);
  const rows = own.get(model.name) ?? readRows(site, model);
  own.set(model.name, rows);
  return rows;
}

function readRows(site: SiteContext, model: ManifestModel) {
  return model.columns.map(({ name, type }) => ({
    name,
    type: type ?? site.t('absent.type'),
    ...columnFlow(site, model.name, name, '../'),
  }));
}

/** Each column of a model as a row, back to the sources and on to the metrics. */
export function flowPages(site: SiteContext, model: ManifestModel): readonly SiteFile[] {
  if (flowPath(site, model) === undefined) return [];
  const head = { path: definitionPath('model', model.name), title: labelOf(model), section: 'lineage' } as const;
  return movePart(site, head, model.name, {
    name: 'flow',
    partial: 'partials/flow-table',
    heading: site.t('flow.title'),
    items: flowRows(site, model),
    sizes: [60, 30, 15, 8, 4, 2, 1],
    viewOf: (rows) => ({ rows }),
  });
}

const namedColumns = 30;

/** The models whose columns can be followed, by name: where the way of a column begins. */
export function flowListPages(site: SiteContext): readonly SiteFile[] {
  const { t } = site;
  const models = site.input.manifest.models.flatMap((model) => {
    const path = flowPath(site, model);
    return path === undefined ? [] : [{ ...model, path }];
  });
  return renderWithin([100, 50, 25, 12], (size) =>
    paginate('columns', models, size).map(({ path, rows, pages }) =>
      renderPage(
        site,
        'columns',
        { path, title: t('flow.list'), section: 'lineage' },
        {
          data: pages.length > 0 ? 'models/' : '',
          pages,
          rows: rows.map(({ name, layer, columns, path: href }) => ({
            name,
            layer,
            layerWord: t(`layer.${layer}`),
            href: `../${href}`,
            columns: columns.slice(0, namedColumns).map((column) => column.name),
            more: columns.length > namedColumns ? t('column.more', { n: columns.length - namedColumns }) : undefined,
          })),
        },
      ),
    ),
  );
}
