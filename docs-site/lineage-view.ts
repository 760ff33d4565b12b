import { type FlowTree, noFlow, readerFlow } from './column-flow.ts';
import { isForAudience, type SiteContext } from './site-context.ts';
import { neighbourhood, nodeId, reach, type SiteNode, spread } from './site-graph.ts';
import { nodePath } from './site-path.ts';

export interface LineageView {
  readonly label: string;
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly LineageNode[];
  readonly edges: readonly { readonly path: string; readonly near: boolean }[];
  /** The same as nested lists. */
  readonly above: readonly LineageItem[];
  readonly below: readonly LineageItem[];
  readonly left: number;
  /** What is said where a list is empty. */
  readonly noAbove: string;
  readonly noBelow: string;
  /** Of a metric: the columns that it reads, each above what it is computed from. */
  readonly columns: FlowTree;
}

interface LineageNode {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly name: string;
  readonly kind: string;
  readonly layer: string;
  readonly self: boolean;
  readonly href: string;
}

interface LineageItem {
  readonly name: string;
  readonly kind: string;
  readonly layer: string;
  readonly href: string;
  readonly items: readonly LineageItem[];
}

/** The drawing of one definition's surroundings and the lists below it; `prefix` leads from the page to the site's folder. */
export function lineageOf(site: SiteContext, kind: SiteNode['kind'], name: string, prefix: string): LineageView {
  const self = nodeId(kind, name);
  const { ids, left } = neighbourhood(site.graph, self);
  return {
    ...drawLineage(site, ids, prefix, self),
    label: site.t('lineage.of', { name }),
    above: nest(site, self, site.graph.inputs, prefix),
    below: nest(site, self, site.graph.users, prefix),
    left,
    noAbove: site.t(isForAudience(site) ? 'lineage.none_shown' : 'lineage.no_above'),
    noBelow: site.t(isForAudience(site) ? 'lineage.none_shown' : 'lineage.no_below'),
    columns: kind === 'model' ? noFlow : readerFlow(site, kind, name, prefix),
  };
}

export function drawLineage(
  site: SiteContext,
  ids: readonly string[],
  prefix: string,
  self?: string,
): Pick<LineageView, 'width' | 'height' | 'nodes' | 'edges'> {
  const sorted = [...ids].sort();
  const edges = drawnEdges(site, sorted);
  const layout = site.layout(
    sorted.map((id) => ({ id, label: site.graph.nodes.get(id)!.name })),
    edges,
  );
  const near = self === undefined ? new Set<string>() : new Set([self, ...reach(self, site.graph.inputs)]);
  return {
    width: layout.width,
    height: layout.height,
    nodes: layout.nodes.map(({ id, x, y, width, height }) => {
      const node = site.graph.nodes.get(id)!;
      return {
        x,
        y,
        width,
        height,
        name: node.name,
        ...describe(site, node, prefix),
        self: id === self,
      };
    }),
    edges: layout.edges.map(({ from, to, path }) => ({ path, near: near.has(from) && near.has(to) })),
  };
}

/**
 * The edges between the given nodes, without those that a longer way shows already: a model that a metric reads both
 * itself and through another is drawn before the other only. The lists and pages name every input.
 */
function drawnEdges(site: SiteContext, ids: readonly string[]): readonly (readonly [string, string])[] {
  const shown = new Set(ids);
  const inputs = new Map(ids.map((id) => [id, (site.graph.inputs.get(id) ?? []).filter((from) => shown.has(from))]));
  return ids.flatMap((id) => {
    const direct = inputs.get(id)!;
    const further = new Set(direct.flatMap((input) => reach(input, inputs)));
    return direct.filter((from) => !further.has(from)).map((from) => [from, id] as const);
  });
}

function describe(
  site: SiteContext,
  node: SiteNode,
  prefix: string,
): { readonly kind: string; readonly layer: string; readonly href: string } {
  return { kind: site.t(`layer.${node.layer}`), layer: node.layer, href: `${prefix}${nodePath(node)}` };
}

/** The same as the drawing, as nested lists. */
function nest(
  site: SiteContext,
  self: string,
  step: ReadonlyMap<string, readonly string[]>,
  prefix: string,
): readonly LineageItem[] {
  const { children } = spread(self, step, 60);
  const items = (parent: string): readonly LineageItem[] =>
    (children.get(parent) ?? []).map((id) => {
      const node = site.graph.nodes.get(id)!;
      return { name: node.name, ...describe(site, node, prefix), items: items(id) };
    });
  return items(self);
}
