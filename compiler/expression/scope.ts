import type { ColumnSource, ShapeColumn } from './contract.ts';
import type { SqlType } from './sql-type.ts';

/** A column that a FROM clause offers. */
export interface ScopeColumn {
  readonly name: string;
  readonly type?: SqlType | undefined;
  readonly sources: readonly ColumnSource[];
}

/** One item of a FROM clause. Without `columns` its shape is not known: every name may be one of its own. */
export interface Relation {
  readonly alias: string;
  /** `marts.orders`, for a model. */
  readonly model?: string | undefined;
  readonly columns?: readonly ScopeColumn[] | undefined;
}

/** What a FROM clause (or a part of it) makes visible. */
export interface FromShape {
  readonly relations: readonly Relation[];
  /** What `*` gives and what a bare name may mean, in order; columns joined by USING stand once. */
  readonly visible: readonly ScopeColumn[];
  /** Relations of unknown shape. */
  readonly open: readonly Relation[];
}

export interface Scope {
  readonly from: FromShape;
  readonly ctes: ReadonlyMap<string, readonly ScopeColumn[] | undefined>;
  /** The query around, which a correlated subquery may read. */
  readonly parent?: Scope | undefined;
}

export type Resolution =
  | { readonly found: ScopeColumn }
  | {
      readonly failure: 'unknown-column' | 'unknown-table' | 'ambiguous' | 'whole-row';
      readonly among: readonly string[];
      readonly relation?: Relation;
    };

export const emptyFrom: FromShape = { relations: [], visible: [], open: [] };

export function fromRelation(relation: Relation): FromShape {
  return relation.columns
    ? { relations: [relation], visible: relation.columns, open: [] }
    : { relations: [relation], visible: [], open: [relation] };
}

export function relationOfModel(model: string, alias: string, shape: readonly ShapeColumn[] | undefined): Relation {
  const columns = shape?.map(({ name, type }) => ({
    name,
    type,
    sources: [{ model, column: name, how: 'same' as const }],
  }));
  return { alias, model, columns };
}

/** What a column reference means: the innermost scope that knows it decides. */
export function resolveColumn(path: readonly string[], scope: Scope): Resolution {
  let failure: Resolution | undefined;
  for (let at: Scope | undefined = scope; at; at = at.parent) {
    const resolution = path.length === 1 ? resolveBare(path[0]!, at.from) : resolveQualified(path, at.from);
    if ('found' in resolution || resolution.failure === 'ambiguous') return resolution;
    // The nearest scope that has such a table says best what is wrong.
    if (
      !failure ||
      ('failure' in failure && failure.failure === 'unknown-table' && resolution.failure !== 'unknown-table')
    )
      failure = resolution;
  }
  return failure!;
}

function resolveBare(name: string, from: FromShape): Resolution {
  const matches = from.visible.filter((column) => column.name === name);
  if (matches.length > 1) {
    const among = from.relations
      .filter((r) => r.columns?.some((c) => c.name === name))
      .map((r) => `${r.alias}.${name}`);
    return { failure: 'ambiguous', among };
  }
  if (matches.length === 1) return { found: matches[0]! };
  if (from.open.length > 0) return { found: columnOfUnknown(name, from.open.length === 1 ? from.open[0] : undefined) };
  const row = from.relations.find((relation) => relation.alias === name);
  if (row) return { failure: 'whole-row', among: [], relation: row };
  return { failure: 'unknown-column', among: [...new Set(from.visible.map((column) => column.name))] };
}

function resolveQualified(path: readonly string[], from: FromShape): Resolution {
  const name = path.at(-1)!;
  const table = path.slice(0, -1).join('.');
  const relation = from.relations.find((r) => (path.length === 2 ? r.alias === table : r.model === table));
  if (!relation) return { failure: 'unknown-table', among: from.relations.map((r) => r.alias) };
  if (!relation.columns) return { found: columnOfUnknown(name, relation) };
  const found = relation.columns.find((column) => column.name === name);
  return found ? { found } : { failure: 'unknown-column', among: relation.columns.map((c) => c.name), relation };
}

function columnOfUnknown(name: string, relation: Relation | undefined): ScopeColumn {
  return { name, sources: relation?.model ? [{ model: relation.model, column: name, how: 'same' }] : [] };
}

/** How a value that is computed from `inner` depends on what `inner` came from. */
export function composeSources(sources: readonly ColumnSource[], how: 'changed' | 'filtered'): ColumnSource[] {
  return sources.map(({ keepsValues, ...source }) => {
    if (how === 'filtered' || source.how === 'filtered') return { ...source, how: 'filtered' };
    return {
      ...source,
      how: source.how === 'aggregated' ? 'aggregated' : how,
      ...(keepsValues ? { keepsValues } : {}),
    };
  });
}

/** The same for an aggregate. One that keeps values keeps none of what was counted or summed before. */
export function aggregateSources(sources: readonly ColumnSource[], keepsValues: boolean): ColumnSource[] {
  return sources.map(({ keepsValues: kept, ...source }) => {
    if (source.how === 'filtered') return source;
    const keeps = keepsValues && (source.how !== 'aggregated' || kept === true);
    return { ...source, how: 'aggregated', ...(keeps ? { keepsValues: true } : {}) };
  });
}

export function uniqueSources(sources: readonly ColumnSource[]): ColumnSource[] {
  const seen = new Map<string, ColumnSource>();
  for (const source of sources) {
    const name = `${source.model}\0${source.column}\0${source.how}`;
    if (!seen.get(name)?.keepsValues) seen.set(name, source);
  }
  return [...seen.values()].sort(
    (a, b) => compare(a.model, b.model) || compare(a.column, b.column) || compare(a.how, b.how),
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
