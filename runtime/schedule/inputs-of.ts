import type { ManifestModel } from '../../compiler/index.ts';

/** What a version is made from: the models that its query names and, behind views, the tables whose changes an incremental model follows. */
export function inputsOf(model: ManifestModel): readonly string[] {
  const followed = model.increment?.kind === 'increment' ? model.increment.edges.map(({ input }) => input) : [];
  return [...new Set([...model.reads, ...followed])].sort();
}
