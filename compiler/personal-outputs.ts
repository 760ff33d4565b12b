import { inferSelect } from './expression/infer-select.ts';
import { parseSelect } from './expression/parse-select.ts';
import type { Manifest, ManifestTest } from './manifest-types.ts';
import { shapesOf } from './shapes-of.ts';

/**
 * Which columns of the rows that a data test finds tell of people, by their lineage and whatever the query calls them. Of a query that does not say where its columns come
 * from, all do.
 *
 * @example
 * const isPersonal = personalOutputs(manifest, test)
 * isPersonal('email') // true
 */
export function personalOutputs(manifest: Manifest, test: ManifestTest): (column: string) => boolean {
  const isTagged = taggedIn(manifest);
  const { check, model } = test;
  if (check.mode === 'row') return (column) => isTagged(model ?? '', column);
  const start = { offset: 0, line: 1, column: 1 };
  const { select } = parseSelect({ text: check.failures, span: { file: '', start, end: start } });
  const shape = select && inferSelect(select, shapesOf(manifest));
  if (!shape?.complete) return () => true;
  const open = new Set(
    shape.columns
      .filter(({ sources }) => {
        const values = sources.filter(({ how, keepsValues }) => how === 'same' || how === 'changed' || keepsValues);
        return !values.some(({ model: from, column }) => isTagged(from, column));
      })
      .map(({ name }) => name),
  );
  return (column) => !open.has(column);
}

function taggedIn({ models }: Manifest): (model: string, column: string) => boolean {
  return (model, column) => {
    const columns = models.find(({ name }) => name === model)?.columns;
    return (columns?.find(({ name }) => name === column)?.personal?.tags.length ?? 0) > 0;
  };
}
