import type { Layer, Manifest } from '../compiler/index.ts';

export interface SiteNode {
  readonly kind: 'model' | 'metric' | 'segment';
  readonly name: string;
  /** `raw`, `clean`, `marts`, `metric` or `segment`: how it is drawn. */
  readonly layer: Layer | 'metric' | 'segment';
  readonly id: string;
}

export interface SiteGraph {
  readonly nodes: ReadonlyMap<string, SiteNode>;
  /** What a node is computed from, and what is computed from it; ids, sorted. */
  readonly inputs: ReadonlyMap<string, readonly string[]>;
  readonly users: ReadonlyMap<string, readonly string[]>;
}

export function nodeId(kind: SiteNode['kind'], name: string): string {
  return `${kind}:${name}`;
}

/** A derived metric hangs on its input metrics and not, once more, on the models that they read. */
export function makeGraph(manifest: Manifest): SiteGraph {
  const nodes = new Map<string, SiteNode>();
  for (const { name, layer } of manifest.models)
    nodes.set(nodeId('model', name), { kind: 'model', name, layer, id: nodeId('model', name) });
  for (const { name } of manifest.metrics)
    nodes.set(nodeId('metric', name), { kind: 'metric', name, layer: 'metric', id: nodeId('metric', name) });
  for (const { name } of manifest.segments)
    nodes.set(nodeId('segment', name), { kind: 'segment', name, layer: 'segment', id: nodeId('segment', name) });
  const inputs = new Map<string, readonly string[]>();
  const users = new Map<string, string[]>();
  const connect = (id: string, from: readonly string[]): void => {
    const known = [...new Set(from)].filter((other) => nodes.has(other) && other !== id).sort();
    inputs.set(id, known);
    for (const other of known) users.set(other, [...(users.get(other) ?? []), id]);
  };
  for (const model of manifest.models)
    connect(
      nodeId('model', model.name),
      model.reads.map((name) => nodeId('model', name)),
    );
  for (const metric of manifest.metrics) {
    const above =
      metric.inputs.length > 0
        ? metric.inputs.map((name) => nodeId('metric', name))
        : metric.reads.map((name) => nodeId('model', name));
    connect(nodeId('metric', metric.name), above);
  }
  for (const segment of manifest.segments)
    connect(nodeId('segment', segment.name), [
      ...segment.inputs.map((name) => nodeId('segment', name)),
      ...segment.metrics.map((name) => nodeId('metric', name)),
      ...segment.reads.map((name) => nodeId('model', name)),
    ]);
  for (const list of users.values()) list.sort();
  return { nodes, inputs, users };
}

/** Everything reached by `step` from `id`, itself left out, nearest first. */
export function reach(
  id: string,
  step: ReadonlyMap<string, readonly string[]>,
  depth = Number.POSITIVE_INFINITY,
): readonly string[] {
  const seen = new Set([id]);
  let front = [id];
  for (let at = 0; at < depth && front.length > 0; at++) {
    const next: string[] = [];
    for (const node of front) {
      for (const other of step.get(node) ?? []) {
        if (seen.has(other)) continue;
        seen.add(other);
        next.push(other);
      }
    }
    front = next;
  }
  seen.delete(id);
  return [...seen];
}

/**
 * All that is reached from `root`, at most `most`, as a tree: what is reached twice stands once, where it is nearest, since a list of all paths grows without bound. `left` counts those that found no
 * room.
 */
export function spread(
  root: string,
  step: ReadonlyMap<string, readonly string[]>,
  most: number,
): { readonly children: ReadonlyMap<string, readonly string[]>; readonly left: number } {
  const all = reach(root, step);
  const reached = all.slice(0, most);
  const wanted = new Set(reached);
  const placed = new Set([root]);
  const children = new Map<string, readonly string[]>();
  for (const parent of [root, ...reached]) {
    const mine = (step.get(parent) ?? []).filter((id) => wanted.has(id) && !placed.has(id));
    for (const id of mine) placed.add(id);
    children.set(parent, mine);
  }
  return { children, left: all.length - reached.length };
}

/**
 * What a page's drawing shows: all that leads to `id` and what follows from it, nearest first, at most `most` nodes.
 * `left` counts those that found no room.
 */
export function neighbourhood(
  graph: SiteGraph,
  id: string,
  most = 60,
): { readonly ids: readonly string[]; readonly left: number } {
  const above = reach(id, graph.inputs);
  const below = reach(id, graph.users);
  const roomAbove = Math.min(above.length, Math.max(most - 1 - below.length, Math.ceil((most - 1) / 2)));
  const roomBelow = Math.min(below.length, most - 1 - roomAbove);
  const ids = [id, ...above.slice(0, roomAbove), ...below.slice(0, roomBelow)];
  return { ids, left: 1 + above.length + below.length - ids.length };
}
