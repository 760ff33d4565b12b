import type { Node } from './ast.ts';
import { isNode } from './ast.ts';

/**
 * Visits every wrapped node from the top down. `visit` returns false to leave out what is below.
 * `larg`, `rarg`, `over`, `withClause` and type names are not wrapped: what is in them is visited, they themselves are not.
 */
export function walkAst(root: unknown, visit: (node: Node) => boolean | undefined): void {
  if (Array.isArray(root)) {
    for (const item of root) walkAst(item, visit);
    return;
  }
  if (typeof root !== 'object' || root === null) return;
  if (isNode(root) && visit(root) === false) return;
  for (const key in root) walkAst((root as Record<string, unknown>)[key], visit);
}

/** Gives a node its new form: `node` has its parts replaced already, `original` is as it stood in the tree. */
export type Replace = (node: Node, original: Node) => Node;

/**
 * A copy in which `replace` has had its say on every wrapped node, from the leaves up. What does not change is shared with the original. Nodes of which `keep` is
 * true stay as they are, with all that is below them.
 */
export function mapAst<T>(root: T, replace: Replace, keep: (node: Node) => boolean = () => false): T {
  return mapValue(root, replace, keep) as T;
}

function mapValue(value: unknown, replace: Replace, keep: (node: Node) => boolean): unknown {
  if (Array.isArray(value)) {
    let copy: unknown[] | undefined;
    value.forEach((item, i) => {
      const mapped = mapValue(item, replace, keep);
      if (mapped !== item) {
        copy ??= [...value];
        copy[i] = mapped;
      }
    });
    return copy ?? value;
  }
  if (typeof value !== 'object' || value === null) return value;
  const original = isNode(value) ? value : undefined;
  if (original && keep(original)) return value;
  let copy: Record<string, unknown> | undefined;
  for (const key in value) {
    const item = (value as Record<string, unknown>)[key];
    const mapped = mapValue(item, replace, keep);
    if (mapped !== item) {
      copy ??= { ...value };
      copy[key] = mapped;
    }
  }
  return original ? replace((copy ?? value) as unknown as Node, original) : (copy ?? value);
}
