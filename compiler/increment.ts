import type { ShapeColumn } from './expression/contract.ts';
import type { Manifest, ManifestModel } from './manifest-types.ts';
import type { Change } from './plan/increment/changes.ts';
import {
  dirtySql,
  type Increment,
  type IncrementalModel,
  inUnits,
  type NoIncrement,
  planIncrement,
  unitNames,
  unitRowsSql,
} from './plan/increment/plan-increment.ts';
import { shapesOf } from './shapes-of.ts';

export type { Change } from './plan/increment/changes.ts';
export type { Increment, NoIncrement, Unit } from './plan/increment/plan-increment.ts';

/** The SQL of one increment, canonical and over logical names: beside `layer.model` it reads `layer__changes.model` and `layer__rows.model`, and the table of units. */
export interface IncrementSql {
  /** The units that the changes touch; undefined where nothing that changed is read. */
  readonly units: string | undefined;
  /** Names of the columns of a table of units. */
  readonly unitNames: readonly string[];
  /** The model's rows of those units. */
  readonly rows: string;
  /** Holds for the rows of those units; `columns` gives a column of the model as SQL. */
  inUnits(columns: (name: string) => string): string;
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

/** The SQL that brings a model up to date with what changed in its inputs. `units` is the name of the table that its units are put into. */
export function incrementSql(
  manifest: Manifest,
  model: ManifestModel,
  changes: readonly Change[],
  units: string,
): IncrementSql {
  const asked = incrementalModel(manifest, model);
  const plan = asked && planIncrement(asked);
  if (plan?.kind !== 'increment') throw new Error(`\`${model.name}\` is not incremental`);
  return {
    units: dirtySql(asked!, plan.unit, changes),
    unitNames: unitNames(plan.unit),
    rows: unitRowsSql(asked!, plan.unit, units),
    inUnits: (columns) => inUnits(asked!, plan.unit, units, plan.unit.columns.map(columns)),
  };
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

function incrementalModel(manifest: Manifest, model: ManifestModel): IncrementalModel | undefined {
  if (!model.incremental || model.sql === undefined || model.materialized === 'view') return undefined;
  const time = model.columns.find((column) => column.name === model.time);
  const byName = new Map(manifest.models.map((one) => [one.name, one]));
  return {
    name: model.name,
    sql: model.sql,
    key: model.key,
    ...(time ? { time: { column: time.name, type: time.type === 'date' ? 'date' : 'timestamp' } } : {}),
    by: model.incremental.by as IncrementalModel['by'],
    calendar: manifest.project.calendar,
    inputs: model.reads.map((name) => {
      const input = byName.get(name);
      return { name, columns: (input?.columns ?? []).map((column) => column.name), kind: kindOf(input) };
    }),
  };
}

function kindOf(input: ManifestModel | undefined): IncrementalModel['inputs'][number]['kind'] {
  if (input?.form === 'source') return input.source?.from === 'files' ? 'files' : 'foreign';
  return input?.materialized === 'view' ? 'view' : 'table';
}
