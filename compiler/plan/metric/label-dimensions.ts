import type { Question } from '../plan-query.ts';

/** A dimension's column in a result is the last part of its name; where that is taken, a dotted one is written out with `_`. `taken`: names of the other columns. */
export function labelDimensions(names: readonly string[], taken: readonly string[]): Question['dimensions'] {
  const paths = names.map((name) => ({ name, path: name.split('.') }));
  const last = (path: readonly string[]) => path[path.length - 1]!;
  return paths.map((d) => {
    const name = last(d.path);
    const isTaken = taken.includes(name) || paths.some((x) => x !== d && last(x.path) === name);
    return { ...d, label: d.path.length > 1 && isTaken ? d.path.join('_') : name };
  });
}
