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

/** A copy in which `replace` has had its say on every wrapped node, from the leaves up. What does not change is shared with the original. */
export function mapAst<T>(root: T, replace: (node: Node) => Node): T {
  return mapValue(root, replace) as T;
}

function mapValue(value: unknown, replace: (node: Node) => Node): unknown {
  if (Array.isArray(value)) {
    let copy: unknown[] | undefined;
    value.forEach((item, i) => {
      const mapped = mapValue(item, replace);
      if (mapped !== item) {
        copy ??= [...value];
        copy[i] = mapped;
      }
    });
    return copy ?? value;
  }
  if (typeof value !== 'object' || value === null) return value;
  let copy: Record<string, unknown> | undefined;
  for (const key in value) {
    const item = (value as Record<string, unknown>)[key];
    const mapped = mapValue(item, replace);
    if (mapped !== item) {
      copy ??= { ...value };
      copy[key] = mapped;
    }
  }
  const result = copy ?? value;
  return isNode(result) ? replace(result) : result;
}
