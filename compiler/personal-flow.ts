import { metricColumns } from './column-users.ts';
import type { Layer } from './definition/model.ts';
import type { Manifest, ManifestColumn, ManifestMetric, ManifestModel } from './manifest-types.ts';

/** A column that holds, or no longer holds, what a tagged column tells. */
export interface PersonalStep {
  readonly model: string;
  readonly column: string;
  readonly layer: Layer;
  /** What was done with the values on the way here; absent at a column that a tag is declared at. `declared`: the author says that it tells of nobody. */
  readonly how?: 'same' | 'changed' | 'hashed' | 'aggregated' | 'declared';
  readonly why?: string;
  /** The tags that it carries; none: the way ends here. */
  readonly tags: readonly string[];
  readonly path: string;
  readonly line: number;
  /** Metrics that may be cut by it. */
  readonly dimensionOf: readonly string[];
  /** Metrics that count or add it up. */
  readonly countedBy: readonly string[];
  /** Segments that hand it out. */
  readonly exportedBy: readonly string[];
  readonly goes: readonly PersonalStep[];
  /** Personal, and nothing is computed from it. */
  readonly dropped: boolean;
}

type Found = { readonly model: ManifestModel; readonly column: ManifestColumn };

/**
 * Where personal data goes: each column that declares a tag, and every column computed from it, as far as it tells of people. A column that is reached on two ways
 * stands on the first.
 *
 * @example
 * personalFlow(manifest)[0] // { model: 'raw.users', column: 'email', tags: ['email'], goes: [ … ], … }
 */
export function personalFlow(manifest: Manifest): readonly PersonalStep[] {
  const columns = new Map<string, Found>();
  const readers = new Map<string, Found[]>();
  for (const model of manifest.models) {
    for (const column of model.columns) {
      if (!column.personal) continue;
      columns.set(`${model.name}.${column.name}`, { model, column });
      for (const name of new Set(column.sources.map((source) => `${source.model}.${source.column}`)))
        readers.set(name, [...(readers.get(name) ?? []), { model, column }]);
    }
  }
  const uses = usesOf(manifest, columns);
  const walk = (found: Found, from: string | undefined, seen: Set<string>): PersonalStep => {
    const { model, column } = found;
    const { tags, why, path, line } = column.personal!;
    const name = `${model.name}.${column.name}`;
    seen.add(name);
    const how = from === undefined ? undefined : howOf(column, from);
    const ends = how === 'aggregated' || how === 'declared';
    const next = ends ? [] : (readers.get(name) ?? []);
    const goes = next
      .filter((reader) => howOf(reader.column, name) !== undefined)
      .filter((reader) => !seen.has(`${reader.model.name}.${reader.column.name}`))
      .map((reader) => walk(reader, name, seen));
    return {
      model: model.name,
      column: column.name,
      layer: model.layer,
      ...(how === undefined ? {} : { how }),
      ...(how === 'declared' && why !== undefined ? { why } : {}),
      tags: ends ? [] : tags,
      path,
      line,
      ...uses(name),
      goes,
      dropped: !ends && next.length === 0 && model.layer !== 'marts',
    };
  };
  return [...columns.values()]
    .filter((found) => begins(found, columns))
    .map((found) => walk(found, undefined, new Set()));
}

/** What was done with a source's values in a column; undefined where none of them came along. */
function howOf({ sources, personal }: ManifestColumn, from: string): PersonalStep['how'] {
  const used = sources.filter((source) => `${source.model}.${source.column}` === from && source.how !== 'filtered');
  if (used.length === 0) return undefined;
  if (personal?.treatment === 'hashed' || personal?.treatment === 'declared') return personal.treatment;
  const carried = used.filter(({ how, keepsValues }) => how !== 'aggregated' || keepsValues);
  if (carried.length === 0) return 'aggregated';
  return carried.every(({ how }) => how === 'same') ? 'same' : 'changed';
}

/** Is a tag of the column one that comes from none of those above? */
function begins({ column }: Found, columns: ReadonlyMap<string, Found>): boolean {
  const above = column.sources.flatMap(({ model, column: name, how }) =>
    how === 'filtered' ? [] : (columns.get(`${model}.${name}`)?.column.personal?.tags ?? []),
  );
  if (column.personal!.treatment === 'hashed') return above.length === 0;
  return column.pii !== undefined && !above.includes(column.pii);
}

type Uses = Pick<PersonalStep, 'dimensionOf' | 'countedBy' | 'exportedBy'>;

function usesOf(manifest: Manifest, columns: ReadonlyMap<string, Found>): (column: string) => Uses {
  const dimensions = new Map<string, Set<string>>();
  const counts = new Map<string, Set<string>>();
  const exports = new Map<string, Set<string>>();
  const add = (to: Map<string, Set<string>>, column: string, name: string) => {
    if (columns.has(column)) to.set(column, (to.get(column) ?? new Set()).add(name));
  };
  const models = new Set([...columns.values()].map(({ model }) => model.name));
  for (const metric of manifest.metrics) {
    for (const { model, column } of metric.dimensions) add(dimensions, `${model}.${column}`, metric.name);
    if (metric.reads.some((read) => models.has(read)) && mayCount(metric, columns))
      for (const { model, column, how } of metricColumns(manifest, metric))
        if (how === 'aggregated') add(counts, `${model}.${column}`, metric.name);
  }
  for (const { name, entity, export: share } of manifest.segments) {
    const attributes = manifest.project.entities.find((one) => one.name === entity)?.attributes;
    for (const column of share?.columns ?? []) add(exports, `${attributes}.${column}`, name);
  }
  const sorted = (of: Map<string, Set<string>>, column: string) => [...(of.get(column) ?? [])].sort();
  return (column) => ({
    dimensionOf: sorted(dimensions, column),
    countedBy: sorted(counts, column),
    exportedBy: sorted(exports, column),
  });
}

/** Most formulas name no personal column, and need not be parsed to see that. */
function mayCount({ expression, reads }: ManifestMetric, columns: ReadonlyMap<string, Found>): boolean {
  if (expression === undefined) return false;
  const words = new Set(expression.match(/[\p{L}_][\p{L}\p{N}_]*/gu));
  return [...columns.values()].some(({ model, column }) => words.has(column.name) && reads.includes(model.name));
}
