import { findColumnUsers } from './column-users.ts';
import type { TrackingPlan } from './definition/model.ts';
import { inferSelect } from './expression/infer-select.ts';
import { parseSelect } from './expression/parse-select.ts';
import type { Manifest, ManifestColumn, ManifestModel } from './manifest-types.ts';
import { shapesOf } from './shapes-of.ts';

/** A definition that would not be what it says if a column of a source were gone. */
export interface SourceUser {
  readonly kind: 'source' | 'model' | 'metric' | 'segment' | 'test';
  /** `clean.orders.amount`, `revenue`, `clean.orders.amount.range`; of a source what of it: `the key`. */
  readonly name: string;
  readonly path: string;
  readonly line: number;
}

/**
 * Who uses a column of a source: the source itself (key, arrival, business time, tracking plan, `required`), columns of the models that read it, models that only filter or join by it, and the metrics,
 * segments and data tests that look at it or at what is computed from it. Tables that come with a model copy whole rows and are no users.
 *
 * @example
 * findSourceUsers(manifest, 'raw.orders', 'amount') // [{ kind: 'model', name: 'clean.orders.amount', path: 'models/clean/orders.yml', line: 6 }, …]
 */
export function findSourceUsers(manifest: Manifest, source: string, column: string): readonly SourceUser[] {
  const model = manifest.models.find(({ name }) => name === source);
  const own = model ? ownUsers(model, column) : [];
  const users = findColumnUsers(manifest, source, column)
    .filter(({ uses, through }) => through.length > 0 || uses.some(({ how }) => how !== 'shown'))
    .map(({ kind, name, path, line }): SourceUser => ({ kind, name, path, line }));
  return [...own, ...manifest.models.flatMap((reader) => modelUsers(manifest, reader, source, column)), ...users];
}

function ownUsers(model: ManifestModel, column: string): readonly SourceUser[] {
  const declared = model.columns.find(({ name }) => name === column);
  const roles = [
    ...(declared?.required ? ['`required`'] : []),
    ...(model.key.includes(column) ? ['the key'] : []),
    ...(model.time === column ? ['`time`'] : []),
    ...(model.source?.loadedAt === column ? ['`loaded_at`'] : []),
    ...(model.source?.events && plannedColumns(model.source.events).includes(column) ? ['the tracking plan'] : []),
  ];
  const line = declared?.line ?? 1;
  return roles.map((name) => ({ kind: 'source', name: `${name} of ${model.name}`, path: model.path, line }));
}

function plannedColumns({ name, properties, version, catalog }: TrackingPlan): readonly (string | undefined)[] {
  return [name, properties, version, ...catalog.flatMap(({ requires }) => requires)];
}

/** The columns computed from it; where it only decides which rows there are, the model. */
function modelUsers(manifest: Manifest, model: ManifestModel, source: string, column: string): readonly SourceUser[] {
  if (model.generated !== undefined || !model.reads.includes(source)) return [];
  const reads = (one: ManifestColumn) => one.sources.filter((from) => from.model === source && from.column === column);
  const computed = model.columns.filter((one) => reads(one).some(({ how }) => how !== 'filtered'));
  const at = (one: ManifestColumn | undefined) => ({ path: model.path, line: one?.line ?? 1 });
  if (computed.length > 0)
    return computed.map((one) => ({ kind: 'model', name: `${model.name}.${one.name}`, ...at(one) }));
  const filters = model.columns.some((one) => reads(one).length > 0) || filtersBy(manifest, model, source, column);
  if (!filters) return [];
  return [{ kind: 'model', name: model.name, path: model.sqlPath ?? model.path, line: 1 }];
}

/** Of two copies of a row all columns decide in the end which is kept: those that do so only to break a tie are no use of them. */
const tieBreak = /row_number\(\) over \(.*?\) as etalon_copy\b/;

function filtersBy(manifest: Manifest, model: ManifestModel, source: string, column: string): boolean {
  if (model.dedupe?.by.includes(column)) return true;
  const text = (model.sql ?? '').replace(tieBreak, '1 as etalon_copy');
  const start = { offset: 0, line: 1, column: 1 };
  const { select } = parseSelect({ text, span: { file: '', start, end: start } });
  const filters = select ? inferSelect(select, shapesOf(manifest)).filters : [];
  return filters.some((from) => from.model === source && from.column === column);
}
