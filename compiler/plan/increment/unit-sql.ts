import { writeSql } from '../../expression/write-sql.ts';
import { identifier as id } from '../sql-text.ts';
import { affected } from './affected.ts';
import { amongPeriods } from './among-periods.ts';
import type { Change } from './changes.ts';
import type { Delta } from './delta.ts';
import type { IncrementalModel, Unit } from './incremental-model.ts';
import { memberOf } from './member.ts';
import { inSpan, type PeriodSpan, periodOf, timeOf } from './periods.ts';
import { narrowInputs, reachedPeriods } from './reach.ts';
import { outputNames } from './read-from.ts';
import { columnsOf, readSelect } from './read-model.ts';
import { restrict, restrictTo } from './restrict.ts';
import { type PeriodRange, timeBounds } from './time-bounds.ts';

/** What a unit is called by in a table of units: its key, or the period that the time falls in. */
function unitValues(model: IncrementalModel, unit: Unit, columns: readonly string[]): readonly string[] {
  return unit.kind === 'key' ? columns : columns.map((sql) => periodOf(model, sql));
}

export function unitNames(unit: Unit): readonly string[] {
  return unit.kind === 'period' ? ['period'] : unit.columns;
}

/** The units that changes of inputs touch, as SQL: one column per part of the unit. Undefined where none of them is read. */
export function dirtySql(model: IncrementalModel, unit: Unit, changes: readonly Change[]): string | undefined {
  const select = readSelect(model);
  const logged = changes.filter(({ model: name }) => model.inputs.some((i) => i.name === name && i.kind !== 'foreign'));
  const delta: Delta = {
    columnsOf: columnsOf(model),
    changes: new Map(logged.map((change) => [change.model, change])),
  };
  const followed = logged.filter((change) => !model.reads?.has(change.model));
  const parts = followed.flatMap((change) => affected(select, unit.columns, change.model, delta) ?? []);
  const reached = logged.flatMap((change) => {
    const reach = model.reads?.get(change.model);
    return reach ? [reachedPeriods(model, change, reach)] : [];
  });
  const touched =
    parts.length === 0 ? [] : [`select distinct ${unitList(model, unit)} from (${parts.join(' union ')}) as touched`];
  const all = [...touched, ...reached];
  return all.length === 0 ? undefined : all.join(' union ');
}

/** The names of units, from the columns of a table that has them. */
function unitList(model: IncrementalModel, unit: Unit): string {
  const names = unitNames(unit);
  return unitValues(model, unit, unit.columns.map(id))
    .map((value, i) => `${value} as ${id(names[i]!)}`)
    .join(', ');
}

/** The units that rows of some periods belong to: rows of the table as it stands, and rows as the query yields them now. `orAbsent`: also rows without a time. */
export function unitsInSpanSql(
  model: IncrementalModel,
  unit: Unit,
  span: PeriodSpan,
  { orAbsent = false }: { readonly orAbsent?: boolean } = {},
): string {
  const select = readSelect(model);
  const { column } = timeOf(model);
  const condition = ([time]: readonly string[]) => {
    const inside = inSpan(model, time!, span);
    return orAbsent ? `(${time} is null or ${inside})` : inside;
  };
  const narrow = writeSql({ SelectStmt: restrict(select, [column], { condition, columnsOf: columnsOf(model) }) });
  const list = unitList(model, unit);
  const where = `where ${condition([id(column)])}`;
  return `select distinct ${list} from (${narrow}) as q ${where} union select distinct ${list} from ${model.name} ${where}`;
}

/** A table of units, and what is known of it: it makes the SQL that reads it a cheap one. */
export interface UnitTable {
  /** Its logical name. */
  readonly name: string;
  readonly mayBeNull: boolean;
  /** Periods in order; empty for keys. */
  readonly ranges: readonly PeriodRange[];
}

const lengths = { hour: '1 hour', day: '1 day', week: '7 days', month: '1 month', key: '0 days' } as const;

/** A condition that holds for rows of the units in a table; `columns` are SQL. */
export function inUnits(model: IncrementalModel, unit: Unit, units: UnitTable, columns: readonly string[]): string {
  const names = unitNames(unit);
  const values = unitValues(model, unit, columns);
  const isByPeriod = unit.kind === 'period' && !units.mayBeNull;
  const bounds = () => timeBounds(columns[0]!, timeOf(model).type, units.ranges, lengths[model.by]);
  const named = isByPeriod ? amongPeriods(values[0]!, units.ranges, bounds) : undefined;
  if (named !== undefined) return named;
  const member = memberOf(values, `select ${names.map(id).join(', ')} from ${units.name}`, names, units);
  const around = isByPeriod ? bounds() : undefined;
  return around === undefined ? member : `(${around} and ${member})`;
}

/** The model's rows of the units in a table, computed from as little as possible. */
export function unitRowsSql(model: IncrementalModel, unit: Unit, units: UnitTable): string {
  const select = narrowInputs(readSelect(model), model, units.mayBeNull ? [] : units.ranges, lengths[model.by]);
  const condition = (values: readonly string[]) => inUnits(model, unit, units, values);
  const restricted = restrictTo(select, unit.columns, { condition, columnsOf: columnsOf(model) });
  const narrow = writeSql({ SelectStmt: restricted.select });
  // Asked once more, a condition would go down again to where its columns are computed, and they with it.
  if (restricted.isExact) return narrow;
  const names = outputNames(select, columnsOf(model)).map((name) => `q.${id(name)}`);
  // No bounds here: nothing is skipped by them any more.
  const asked = inUnits(
    model,
    unit,
    { ...units, ranges: [] },
    unit.columns.map((name) => `q.${id(name)}`),
  );
  return `select ${names.join(', ')} from (${narrow}) as q where ${asked}`;
}
