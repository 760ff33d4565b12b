import { drawLineage } from './lineage-view.ts';
import { renderPage, renderWithin } from './page.ts';
import type { SiteContext } from './site-context.ts';
import { nodePath } from './site-path.ts';
import type { SiteFile } from './site-types.ts';

const layerOrder = ['raw', 'clean', 'marts', 'metric', 'segment'];
/** How many are drawn and, as many, listed. */
const shownNodes = [60, 45, 30, 20, 10];
const listedUsers = 6;

/** The whole project in one drawing; of a big one, models before metrics, so that it begins at the sources, and of either those with the most neighbours. */
export function lineagePage(site: SiteContext): readonly SiteFile[] {
  return renderWithin(shownNodes, (shown) => [renderLineage(site, shown)]);
}

function renderLineage(site: SiteContext, shown: number): SiteFile {
  const { graph, t } = site;
  const degree = (id: string): number => (graph.inputs.get(id)?.length ?? 0) + (graph.users.get(id)?.length ?? 0);
  const rankOf = (id: string): number => layerOrder.indexOf(graph.nodes.get(id)!.layer);
  const isAsked = (id: string): number => Number(graph.nodes.get(id)!.kind !== 'model');
  const byDegree = [...graph.nodes.keys()].sort(
    (a, b) => isAsked(a) - isAsked(b) || degree(b) - degree(a) || (a < b ? -1 : 1),
  );
  const drawn = byDegree.slice(0, shown);
  const listed = [...drawn].sort((a, b) => rankOf(a) - rankOf(b) || (a < b ? -1 : 1));
  const link = (id: string) => {
    const node = graph.nodes.get(id)!;
    return { name: node.name, kind: t(`layer.${node.layer}`), href: `../${nodePath(node)}` };
  };
  return renderPage(
    site,
    'lineage',
    { path: 'lineage/index.html', title: t('nav.lineage'), section: 'lineage' },
    {
      drawing: drawLineage(site, drawn, '../'),
      drawingLabel: t('lineage.overview'),
      left: byDegree.length - drawn.length,
      hasSegments: site.input.manifest.segments.length > 0,
      items: listed.map((id) => {
        const users = graph.users.get(id) ?? [];
        return {
          ...link(id),
          users: users.slice(0, listedUsers).map(link),
          more: users.length > listedUsers ? t('column.more', { n: users.length - listedUsers }) : undefined,
        };
      }),
      listLeft: byDegree.length > shown ? t('lineage.list_left', { n: byDegree.length - shown }) : undefined,
    },
  );
}
