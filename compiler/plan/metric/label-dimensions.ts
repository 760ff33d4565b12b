import type { Question } from '../plan-query.ts';
import { isSegmentDimension, segmentOf, segmentPath } from '../segment/dimension-name.ts';

/** A dimension's column in a result is the last part of its name; where that is taken, a dotted one is written out with `_`. `taken`: names of the other columns. */
export function labelDimensions(names: readonly string[], taken: readonly string[]): Question['dimensions'] {
  const paths = names.map((name) =>
    isSegmentDimension(name)
      ? { name, path: segmentPath(name), words: ['segment', segmentOf(name)] }
      : { name, path: name.split('.'), words: name.split('.') },
  );
  const last = (words: readonly string[]) => words[words.length - 1]!;
  return paths.map(({ words, ...d }) => {
    const name = last(words);
    const isTaken = taken.includes(name) || paths.some((x) => x.name !== d.name && last(x.words) === name);
    return { ...d, label: words.length > 1 && isTaken ? words.join('_') : name };
  });
}
