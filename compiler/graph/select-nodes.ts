import { type Diagnostic, diagnostic } from '../diagnostic/diagnostic.ts';
import { suggestNames } from '../diagnostic/nearest-name.ts';
import { type DependencyGraph, findReachable, type GraphNode } from './dependency-graph.ts';

/**
 * The nodes that selectors choose, in the graph's order.
 *
 * A selector is `name`, `marts.*`, `layer:clean`, `tag:finance`, `owner:crm@example.com`, `path:models/marts` (a file, a folder or a pattern with `*`) or `kind:metric`;
 * `+` before it takes in all that it reads, `+` behind it all that reads it, a number beside the `+` so many steps. Commas narrow (all must match), several selectors widen.
 *
 * @example
 * selectNodes(graph, ['+revenue', 'layer:raw,owner:platform']).selected
 */
export function selectNodes(
  graph: DependencyGraph,
  selectors: readonly string[],
): { readonly selected: readonly string[]; readonly diagnostics: readonly Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  const chosen = new Set<string>();
  for (const selector of selectors) {
    const parts = selector.split(',').map((part) => resolvePart(graph, part.trim()));
    const [first, ...others] = parts;
    const matched = [...first!].filter((name) => others.every((other) => other.has(name)));
    if (matched.length === 0) diagnostics.push(nothingSelected(graph, selector));
    for (const name of matched) chosen.add(name);
  }
  return { selected: [...graph.nodes.keys()].filter((name) => chosen.has(name)), diagnostics };
}

function resolvePart(graph: DependencyGraph, part: string): Set<string> {
  const match = /^(?:(\d*)(\+))?(.*?)(?:(\+)(\d*))?$/s.exec(part)!;
  const [, upDepth, up, body = '', down, downDepth] = match;
  const result = new Set<string>();
  for (const node of graph.nodes.values()) {
    if (!matches(node, body)) continue;
    result.add(node.name);
    if (up)
      for (const n of findReachable(node.name, (x) => graph.nodes.get(x)?.reads ?? [], depthOf(upDepth))) result.add(n);
    if (down)
      for (const n of findReachable(node.name, (x) => graph.readers.get(x) ?? [], depthOf(downDepth))) result.add(n);
  }
  return result;
}

function depthOf(text: string | undefined): number {
  return text === undefined || text === '' ? Number.POSITIVE_INFINITY : Number(text);
}

function matches(node: GraphNode, body: string): boolean {
  const colon = body.indexOf(':');
  const method = colon < 0 ? 'name' : body.slice(0, colon);
  const wanted = colon < 0 ? body : body.slice(colon + 1);
  switch (method) {
    case 'name':
      // Segments may be called as models' and metrics' names are, so that in the graph their kind goes before.
      return matchesPattern(node.kind === 'segment' ? node.name.replace('segment ', '') : node.name, wanted);
    case 'layer':
      return node.layer === wanted;
    case 'tag':
      return node.tags.includes(wanted);
    case 'owner':
      return node.owner !== undefined && matchesPattern(node.owner, wanted);
    case 'kind':
      return node.kind === wanted;
    case 'path':
      return (
        node.path === wanted ||
        node.path.startsWith(wanted.endsWith('/') ? wanted : `${wanted}/`) ||
        (wanted.includes('*') && matchesPattern(node.path, wanted))
      );
    default:
      return false;
  }
}

function matchesPattern(text: string, pattern: string): boolean {
  if (!pattern.includes('*')) return text === pattern;
  const source = pattern
    .split('*')
    .map((piece) => piece.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  return new RegExp(`^${source}$`, 's').test(text);
}

const methods = ['layer', 'tag', 'owner', 'path', 'kind'];

function nothingSelected(graph: DependencyGraph, selector: string): Diagnostic {
  const body = selector.replace(/^\d*\+/, '').replace(/\+\d*$/, '');
  const method = body.includes(':') ? body.slice(0, body.indexOf(':')) : undefined;
  const hints =
    method !== undefined && !methods.includes(method)
      ? suggestNames(method, methods)
      : method === undefined
        ? suggestNames(body, graph.nodes.keys())
        : suggestNames(body.slice(method.length + 1), valuesOf(graph, method));
  return diagnostic('E1503', `selector \`${selector}\` matches nothing`, { hints });
}

function valuesOf(graph: DependencyGraph, method: string): Set<string> {
  const values = new Set<string>();
  for (const node of graph.nodes.values()) {
    if (method === 'tag') for (const tag of node.tags) values.add(tag);
    else {
      const value =
        method === 'layer' ? node.layer : method === 'owner' ? node.owner : method === 'kind' ? node.kind : node.path;
      if (value !== undefined) values.add(value);
    }
  }
  return values;
}
