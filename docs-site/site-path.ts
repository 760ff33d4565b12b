import type { SiteNode } from './site-graph.ts';

/** Names are checked by the compiler; a path is the one place where a slip would leave the site's folder. */
const safeName = /^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?$/;

export type PageKind = 'metric' | 'model' | 'segment';

/** The page of a definition, from the site's folder: `metrics/revenue.html`, `models/marts.orders.html`, `segments/vip.html`. */
export function definitionPath(kind: PageKind, name: string): string {
  if (!safeName.test(name)) throw new Error(`not a name of a definition: ${JSON.stringify(name)}`);
  return `${kind}s/${name}.html`;
}

export function nodePath(node: Pick<SiteNode, 'kind' | 'name'>): string {
  return definitionPath(node.kind, node.name);
}

/** A file of the site as others are told of it: whole where it is known where the site is published, else from the site's folder. */
export function addressOf({ baseUrl }: { readonly baseUrl?: string }, path: string): string {
  return `${baseUrl ?? ''}${path}`;
}

/** From a page to the site's folder: `''` for a page in it, `'../'` for one below. */
export function rootOf(path: string): string {
  return '../'.repeat(path.split('/').length - 1);
}
