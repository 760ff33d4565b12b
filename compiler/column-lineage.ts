import type { Manifest } from './manifest-types.ts';

/** One step of a column's descent: the column, and what it is computed from. */
export interface ColumnLineage {
  readonly model: string;
  readonly column: string;
  /** How the column above uses this one; absent at the root. */
  readonly how?: 'same' | 'changed' | 'aggregated' | 'filtered';
  readonly from: readonly ColumnLineage[];
}

/**
 * Where a column's values come from, down to the sources; undefined where there is no such column.
 *
 * @example
 * columnLineage(manifest, 'marts.orders', 'amount')
 */
export function columnLineage(manifest: Manifest, model: string, column: string): ColumnLineage | undefined {
  const models = new Map(manifest.models.map((m) => [m.name, m]));
  const descend = (modelName: string, columnName: string, how?: ColumnLineage['how']): ColumnLineage | undefined => {
    const found = models.get(modelName)?.columns.find((c) => c.name === columnName);
    if (!found) return undefined;
    const from = found.sources.flatMap((s) => descend(s.model, s.column, s.how) ?? []);
    return { model: modelName, column: columnName, ...(how ? { how } : {}), from };
  };
  return descend(model, column);
}

/** Every column computed from a column, directly or further down, as `model.column`, sorted. */
export function columnReaders(manifest: Manifest, model: string, column: string): readonly string[] {
  const found = new Set<string>();
  let frontier = new Set([`${model}.${column}`]);
  while (frontier.size > 0) {
    const next = new Set<string>();
    for (const m of manifest.models) {
      for (const c of m.columns) {
        const name = `${m.name}.${c.name}`;
        if (!found.has(name) && c.sources.some((s) => frontier.has(`${s.model}.${s.column}`))) {
          found.add(name);
          next.add(name);
        }
      }
    }
    frontier = next;
  }
  return [...found].sort();
}
