export type Ordered =
  | { readonly order: readonly string[]; readonly cycle?: undefined }
  | { readonly order?: undefined; readonly cycle: readonly string[] };

/**
 * Names so that each comes after all that it reads; among those that are ready the input's order counts, so that equal input gives an equal order.
 * Reads that are not among `names` are passed over. Where there is no such order, one cycle as a path that ends where it began.
 *
 * @example
 * topologicalOrder(['b', 'a'], (n) => (n === 'b' ? ['a'] : [])) // { order: ['a', 'b'] }
 * topologicalOrder(['a', 'b'], (n) => (n === 'a' ? ['b'] : ['a'])) // { cycle: ['a', 'b', 'a'] }
 */
export function topologicalOrder(names: readonly string[], readsOf: (name: string) => readonly string[]): Ordered {
  const known = new Set(names);
  const done = new Set<string>();
  const order: string[] = [];
  for (const root of names) {
    if (done.has(root)) continue;
    // An explicit stack: a chain of 10,000 models must not exhaust the call stack.
    const path: { name: string; next: number; reads: readonly string[] }[] = [];
    const onPath = new Set<string>();
    const enter = (name: string) => {
      path.push({ name, next: 0, reads: readsOf(name).filter((read) => known.has(read)) });
      onPath.add(name);
    };
    enter(root);
    while (path.length > 0) {
      const top = path[path.length - 1]!;
      const read = top.reads[top.next++];
      if (read === undefined) {
        path.pop();
        onPath.delete(top.name);
        done.add(top.name);
        order.push(top.name);
      } else if (onPath.has(read)) {
        const names = path.map((step) => step.name);
        return { cycle: [...names.slice(names.indexOf(read)), read] };
      } else if (!done.has(read)) {
        enter(read);
      }
    }
  }
  return { order };
}
