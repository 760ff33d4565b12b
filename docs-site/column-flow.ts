import type { SiteContext } from './site-context.ts';
import { nodeId, spread } from './site-graph.ts';
import { definitionPath } from './site-path.ts';

/** A column, a metric or a segment in a tree of what is computed from what. */
export interface FlowItem {
  /** `marts.orders.amount`, or the metric or segment. */
  readonly name: string;
  readonly href: string;
  /** What is done with it, in the site's language; nothing where it is handed on as it is. */
  readonly how: string | undefined;
  readonly items: readonly FlowItem[];
}

export interface FlowTree {
  readonly items: readonly FlowItem[];
  /** How many found no room, in words. */
  readonly more: string | undefined;
}

export const noFlow: FlowTree = { items: [], more: undefined };

/** Columns by their full names, metrics by `metric:NAME` and segments by `segment:NAME`. */
interface FlowGraph {
  readonly inputs: ReadonlyMap<string, readonly string[]>;
  readonly users: ReadonlyMap<string, readonly string[]>;
  /** By `FROM TO`. */
  readonly hows: ReadonlyMap<string, string>;
}

const graphs = new WeakMap<SiteContext, FlowGraph>();

function flowGraph(site: SiteContext): FlowGraph {
  const graph = graphs.get(site) ?? makeFlowGraph(site);
  graphs.set(site, graph);
  return graph;
}

function makeFlowGraph({ input }: SiteContext): FlowGraph {
  const { models, metrics, segments } = input.manifest;
  const inputs = new Map<string, string[]>();
  const users = new Map<string, string[]>();
  const hows = new Map<string, string>();
  const connect = (from: string, to: string, how: string | undefined): void => {
    if (inputs.get(to)?.includes(from)) return;
    inputs.set(to, [...(inputs.get(to) ?? []), from]);
    users.set(from, [...(users.get(from) ?? []), to]);
    if (how !== undefined && how !== 'same') hows.set(`${from} ${to}`, how);
  };
  for (const model of models)
    for (const { name, sources } of model.columns)
      for (const source of sources) connect(`${source.model}.${source.column}`, `${model.name}.${name}`, source.how);
  // Segments first: they are few, and a key that all metrics go by would bury them.
  for (const segment of segments) {
    const id = nodeId('segment', segment.name);
    for (const name of segment.inputs) connect(nodeId('segment', name), id, undefined);
    for (const name of segment.metrics) connect(nodeId('metric', name), id, undefined);
    for (const use of input.columnsOf?.('segment', segment.name) ?? [])
      connect(`${use.model}.${use.column}`, id, use.how);
  }
  for (const { name, inputs: others } of metrics) {
    for (const other of others) connect(nodeId('metric', other), nodeId('metric', name), undefined);
    for (const use of input.columnsOf?.('metric', name) ?? [])
      connect(`${use.model}.${use.column}`, nodeId('metric', name), use.how);
  }
  return { inputs, users, hows };
}

/** So many names stand below one column; more would bury them. */
const shownItems = 40;

/** What a column is computed from, back to the sources, and what is computed from it, on to the metrics and segments. */
export function columnFlow(site: SiteContext, model: string, column: string, prefix: string) {
  const { inputs, users } = flowGraph(site);
  const id = `${model}.${column}`;
  return { from: treeOf(site, id, inputs, prefix), to: treeOf(site, id, users, prefix) };
}

/** The columns that a metric or a segment reads, itself or by what is named in it, back to the sources. */
export function readerFlow(site: SiteContext, kind: 'metric' | 'segment', name: string, prefix: string): FlowTree {
  return treeOf(site, nodeId(kind, name), flowGraph(site).inputs, prefix);
}

function treeOf(
  site: SiteContext,
  root: string,
  step: ReadonlyMap<string, readonly string[]>,
  prefix: string,
): FlowTree {
  const { hows } = flowGraph(site);
  const { children, left } = spread(root, step, shownItems);
  const items = (parent: string): readonly FlowItem[] =>
    (children.get(parent) ?? []).map((id) => {
      const how = hows.get(`${id} ${parent}`) ?? hows.get(`${parent} ${id}`);
      const said = [
        ...(id.startsWith('segment:') ? [site.t('flow.segment')] : []),
        ...(how === undefined ? [] : [site.t(`flow.${how}`)]),
      ];
      return { ...named(id, prefix), how: said.length === 0 ? undefined : said.join(', '), items: items(id) };
    });
  return { items: items(root), more: left > 0 ? site.t('column.more', { n: left }) : undefined };
}

function named(id: string, prefix: string): Pick<FlowItem, 'name' | 'href'> {
  for (const kind of ['metric', 'segment'] as const) {
    if (!id.startsWith(`${kind}:`)) continue;
    const name = id.slice(kind.length + 1);
    return { name, href: prefix + definitionPath(kind, name) };
  }
  const dot = id.lastIndexOf('.');
  return { name: id, href: `${prefix}${definitionPath('model', id.slice(0, dot))}#${id.slice(dot + 1)}` };
}
