import type { ManifestModel } from '../../compiler/index.ts';

/** What the table of a source calls a column of its model. */
export function nameInSource(model: ManifestModel, column: string): string {
  return model.columns.find(({ name }) => name === column)?.from ?? column;
}
