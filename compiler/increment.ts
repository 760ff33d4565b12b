import type { ShapeColumn } from './expression/contract.ts';
import type { Manifest, ManifestModel, ManifestTest } from './manifest-types.ts';
import { changedRowsOf } from './plan/increment/changed-rows-of.ts';
import type { Change } from './plan/increment/changes.ts';
import { failuresOfPeriods, periodsOfFailures } from './plan/increment/failures-of-periods.ts';
import type { IncrementalModel, Reach, Unit } from './plan/increment/incremental-model.ts';
import { type Increment, type NoIncrement, planIncrement } from './plan/increment/plan-increment.ts';
import { dirtySql, inUnits, type UnitTable, unitNames, unitRowsSql } from './plan/increment/unit-sql.ts';
import { shapesOf } from './shapes-of.ts';

export type { Change } from './plan/increment/changes.ts';
export type { Unit } from './plan/increment/incremental-model.ts';
export type { Lookup } from './plan/increment/lookups.ts';
export type { Increment, NoIncrement } from './plan/increment/plan-increment.ts';
export type { UnitTable } from './plan/increment/unit-sql.ts';

/** The SQL that fills the table of units; canonical and over logical names: beside `layer.model` it reads `layer__changes.model` and `layer__rows.model`. */
export interface UnitsSql {
  /** The units that the changes touch; undefined where nothing that changed is read. */
  readonly sql: string | undefined;
  readonly kind: Unit['kind'];
  /** Names of its columns. */
  readonly names: readonly string[];
}

/** The SQL that computes the rows of units. */
export interface RowsSql {
  /** The model's rows of those units, as its inputs are now. */
  readonly sql: string;
  /** Holds for rows of the model's own table in those units; canonical, over its columns. */
  readonly isReplaced: string;
}

/**
 * How a model follows its inputs, or why it is rebuilt whole; undefined for models that do not ask for it.
 *
 * @example
 * incrementOf(manifest, model) // { kind: 'increment', unit: { kind: 'period', columns: ['event_time'] }, edges: [ … ] }
 */
export function incrementOf(manifest: Manifest, model: ManifestModel): Increment | NoIncrement | undefined {
  const asked = incrementalModel(manifest, model);
  return asked && planIncrement(asked);
}

/** Which units of an incremental model changes of its inputs touch. */
export function unitsSql(manifest: Manifest, model: ManifestModel, changes: readonly Change[]): UnitsSql {
  const { asked, unit } = getIncrement(manifest, model);
  return { sql: dirtySql(asked, unit, changes), kind: unit.kind, names: unitNames(unit) };
}

/** The rows of the units in a table. */
export function rowsSql(manifest: Manifest, model: ManifestModel, units: UnitTable): RowsSql {
  const { asked, unit } = getIncrement(manifest, model);
  const own = unit.columns.map((column) => `"${column}"`);
  return { sql: unitRowsSql(asked, unit, units), isReplaced: inUnits(asked, unit, units, own) };
}

/** @throws where the model is not incremental */
export function getIncrement(manifest: Manifest, model: ManifestModel): { asked: IncrementalModel; unit: Unit } {
  const asked = incrementalModel(manifest, model);
  if (!asked || model.increment?.kind !== 'increment') throw new Error(`\`${model.name}\` is not incremental`);
  return { asked, unit: model.increment.unit };
}

/**
 * The failing rows of a test that can have come since the changes, as canonical SQL: a test that nothing failed before need not look at all rows again. Undefined where the query does
 * not say which rows a change touches.
 *
 * @example
 * failuresSince(manifest, test, [{ model: 'clean.events', seen: 6, raw: false }])
 */
export function failuresSince(manifest: Manifest, test: ManifestTest, changes: readonly Change[]): string | undefined {
  if (test.check.mode !== 'query') return undefined;
  return changedRowsOf(test.check.failures, changes, columnsIn(manifest));
}

/**
 * Of a test that says the period of its failing rows: in which periods some can have come since the changes (one column, `period`), and the failing rows of periods by their names. So that a test over
 * two large tables reads of both what lies in these. Undefined where its query does not let itself be cut so.
 *
 * @example
 * changedPeriods(manifest, test, [{ model: 'clean.events', seen: 6, raw: false }]) // select distinct day as period from …
 * failuresIn(manifest, test, ['2025-01-03'])
 */
export function changedPeriods(
  manifest: Manifest,
  { check }: ManifestTest,
  changes: readonly Change[],
): string | undefined {
  if (check.mode !== 'query' || check.period === undefined) return undefined;
  return periodsOfFailures({ failures: check.failures, period: check.period }, changes, columnsIn(manifest));
}

/** @see changedPeriods */
export function failuresIn(
  manifest: Manifest,
  { check }: ManifestTest,
  periods: readonly string[],
): string | undefined {
  if (check.mode !== 'query' || check.period === undefined) return undefined;
  return failuresOfPeriods({ failures: check.failures, period: check.period }, periods, columnsIn(manifest));
}

function columnsIn(manifest: Manifest): (name: string) => readonly string[] | undefined {
  const columns = new Map(manifest.models.map((model) => [model.name, model.columns.map(({ name }) => name)]));
  return (name) => columns.get(name);
}

/** Columns of the tables that increments read besides models. */
export function incrementShapes(manifest: Manifest): (name: string) => readonly ShapeColumn[] | undefined {
  const shapes = shapesOf(manifest);
  return (name) => {
    const beside = /^(raw|clean|marts)__(changes|rows)\.(.*)$/s.exec(name);
    if (!beside) return shapes(name);
    const columns = shapes(`${beside[1]}.${beside[3]}`);
    const mark: ShapeColumn = { name: beside[2] === 'rows' ? '_batch' : '_build', type: { name: 'integer' } };
    return columns && [...columns, mark];
  };
}

/** A model that says `incremental`, as far as its increments go; undefined for others. */
export function incrementalModel(manifest: Manifest, model: ManifestModel): IncrementalModel | undefined {
  if (!model.incremental || model.sql === undefined || model.materialized === 'view') return undefined;
  const time = timeColumn(model, model.time);
  const byName = new Map(manifest.models.map((one) => [one.name, one]));
  const { by, lookback, reads } = model.incremental;
  const reaches = reads && reachesOf(reads, model, byName);
  return {
    name: model.name,
    sql: model.sql,
    key: model.key,
    ...(time ? { time } : {}),
    by: by as IncrementalModel['by'],
    calendar: manifest.project.calendar,
    ...inputsOf(model, byName),
    ...(lookback === undefined ? {} : { lookback }),
    ...(reaches ? { reads: reaches } : {}),
  };
}

function timeColumn(model: ManifestModel | undefined, name: string | undefined): IncrementalModel['time'] {
  const column = model?.columns.find((one) => one.name === name);
  return column && { column: column.name, type: column.type === 'date' ? 'date' : 'timestamp' };
}

/** The time of an input that is read around a period: its business time, else the column called as the model's. */
function reachesOf(
  reads: NonNullable<NonNullable<ManifestModel['incremental']>['reads']>,
  model: ManifestModel,
  byName: ReadonlyMap<string, ManifestModel>,
): ReadonlyMap<string, Reach> {
  return new Map(
    Object.entries(reads).flatMap(([name, reach]) => {
      const input = byName.get(name);
      const time = timeColumn(input, input?.time ?? model.time);
      return time ? [[name, { ...reach, time }] as const] : [];
    }),
  );
}

/** What a model reads, each view in place of which stands what it reads in turn. */
export function inputsOf(
  model: Pick<ManifestModel, 'reads'>,
  byName: ReadonlyMap<string, ManifestModel>,
): Pick<IncrementalModel, 'inputs' | 'views'> {
  const inputs = new Map<string, IncrementalModel['inputs'][number]>();
  const views = new Map<string, string>();
  const add = (name: string): void => {
    const input = byName.get(name);
    if (input?.materialized === 'view' && input.sql !== undefined) {
      if (views.has(name)) return;
      views.set(name, input.sql);
      for (const read of input.reads) add(read);
    } else
      inputs.set(name, { name, columns: (input?.columns ?? []).map((column) => column.name), kind: kindOf(input) });
  };
  for (const name of model.reads) add(name);
  return { inputs: [...inputs.values()].sort((a, b) => (a.name < b.name ? -1 : 1)), views };
}

/**
 * Does a source that is somebody else's table say when each row arrived? Then a run can tell which rows are new.
 *
 * @example
 * tellsArrival(manifest.models.find(({ name }) => name === 'raw.orders')!) // true: loaded_at: seen, a timestamp
 */
export function tellsArrival({ source, columns }: ManifestModel): boolean {
  const type = columns.find(({ name }) => name === source?.loadedAt)?.type;
  return type === 'timestamp' || type === 'date';
}

function kindOf(input: ManifestModel | undefined): IncrementalModel['inputs'][number]['kind'] {
  if (input?.form === 'source')
    return input.source?.from === 'files' ? 'files' : tellsArrival(input) ? 'table' : 'foreign';
  return 'table';
}
