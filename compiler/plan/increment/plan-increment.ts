import type { Calendar } from '../../definition/project.ts';
import { type SelectStmt, selectOf } from '../../expression/ast.ts';
import { parseStatements } from '../../expression/parser.ts';
import { writeSql } from '../../expression/write-sql.ts';
import { periodSql } from '../period.ts';
import { identifier as id, textLiteral } from '../sql-text.ts';
import { affected } from './affected.ts';
import { readsClock } from './block.ts';
import { CannotTell } from './cannot-tell.ts';
import type { Change } from './changes.ts';
import type { Delta } from './delta.ts';
import { inlineQueries } from './inline-queries.ts';
import { memberOf } from './member.ts';
import { outputNames } from './read-from.ts';
import { restrict } from './restrict.ts';
import { type PeriodRange, timeBounds } from './time-bounds.ts';

/** A model as far as its increments go. */
export interface IncrementalModel {
  readonly name: string;
  readonly sql: string;
  readonly key: readonly string[];
  readonly time?: { readonly column: string; readonly type: 'timestamp' | 'date' };
  readonly by: 'hour' | 'day' | 'week' | 'month' | 'key';
  readonly calendar: Calendar;
  /** Stored tables that it reads, also those behind views. */
  readonly inputs: readonly IncrementalInput[];
  /** Canonical SQL of the views that it reads, also those behind views. */
  readonly views: ReadonlyMap<string, string>;
}

export interface IncrementalInput {
  readonly name: string;
  readonly columns: readonly string[];
  /** `files`: a raw table whose rows have a batch. `table`: a table that a run writes. `foreign`: nothing is written down of what changes there. */
  readonly kind: 'files' | 'table' | 'foreign';
}

/** What of a model is computed anew where something changed: all rows of a key, or of a period. */
export interface Unit {
  readonly kind: 'key' | 'period';
  /** The columns of the model that it goes by. */
  readonly columns: readonly string[];
}

/** How a model follows its inputs. */
export interface Increment {
  readonly kind: 'increment';
  readonly unit: Unit;
  /** In words, by input: how a change there finds the units here. */
  readonly edges: readonly { readonly input: string; readonly words: string }[];
}

/** It does not: and why. */
export interface NoIncrement {
  readonly kind: 'whole';
  readonly reason: string;
}

/**
 * Works out from a model's query how changes of its inputs travel to it. A period is preferred where the rows themselves say which they fall in; where only a window or a
 * group knows (a deduplication, a first purchase), the model's key is; and where neither can be known the model is rebuilt whole.
 *
 * @example
 * planIncrement({ name: 'marts.days', sql: 'SELECT day, count(*) AS n FROM clean.visits GROUP BY day', by: 'day', … })
 * // { kind: 'increment', unit: { kind: 'period', columns: ['day'] }, … }
 */
export function planIncrement(model: IncrementalModel): Increment | NoIncrement {
  const barred = model.inputs.find(({ kind }) => kind === 'foreign');
  if (barred)
    return whole(
      `\`${barred.name}\` is a table that others write, without a \`loaded_at\` of time that says which rows are new`,
    );
  if (model.key.length === 0) return whole('it has no `key`, by which rows that changed are told apart');
  if (model.by !== 'key' && model.time === undefined) return whole('it has no `time`');
  try {
    const select = readSelect(model);
    if (readsClock(select)) return whole('it reads `{{run_at}}`, which every run moves');
    const tried = unitsOf(model).map((unit) => tryUnit(model, select, unit));
    const best =
      tried.find((one) => one.kind === 'increment' && !one.isIndirect) ?? tried.find((one) => one.kind === 'increment');
    if (best?.kind === 'increment') return { kind: 'increment', unit: best.unit, edges: best.edges };
    return tried.find((one) => one.kind === 'whole') ?? whole('nothing says how changes travel');
  } catch (error) {
    return whole(reasonOf(error));
  }
}

function whole(reason: string): NoIncrement {
  return { kind: 'whole', reason };
}

function reasonOf(error: unknown): string {
  if (error instanceof CannotTell) return error.message;
  throw error;
}

function readSelect(model: IncrementalModel): SelectStmt {
  return inlineQueries(parseSelect(model.sql), (name) => {
    const sql = model.views.get(name);
    return sql === undefined ? undefined : parseSelect(sql);
  });
}

function parseSelect(sql: string): SelectStmt {
  const parsed = parseStatements(sql);
  if (!parsed.ok) throw new Error(`canonical SQL does not parse: ${parsed.message}`);
  return selectOf(parsed.statements[0]);
}

function unitsOf(model: IncrementalModel): readonly Unit[] {
  const key: Unit = { kind: 'key', columns: model.key };
  return model.by === 'key' ? [key] : [{ kind: 'period', columns: [model.time!.column] }, key];
}

type Tried = (Increment & { readonly isIndirect: boolean }) | NoIncrement;

function tryUnit(model: IncrementalModel, select: SelectStmt, unit: Unit): Tried {
  let isIndirect = false;
  const edges: { input: string; words: string }[] = [];
  const all = model.inputs.map(({ name, kind }): Change => ({ model: name, seen: 0, raw: kind === 'files' }));
  for (const { name } of model.inputs) {
    const ways = new Set<string>();
    const delta: Delta = {
      columnsOf: columnsOf(model),
      changes: new Map(all.map((change) => [change.model, change])),
      note: (way) => {
        ways.add(way);
        if (way.startsWith('window')) isIndirect = true;
      },
    };
    try {
      affected(select, unit.columns, name, delta);
    } catch (error) {
      return whole(`changes of \`${name}\` cannot be followed: ${reasonOf(error)}`);
    }
    edges.push({ input: name, words: edgeWords(unit, [...ways]) });
  }
  return { kind: 'increment', unit, edges, isIndirect };
}

function edgeWords(unit: Unit, ways: readonly string[]): string {
  const units = unit.kind === 'key' ? `the keys (${unit.columns.join(', ')})` : `the periods of \`${unit.columns[0]}\``;
  const through = ways.map((way) => way.replace(/^\w+: /, '')).join('; ');
  return through === '' ? `its changed rows say ${units}` : `its changed rows find ${units} ${through}`;
}

function columnsOf(model: IncrementalModel): (name: string) => readonly string[] | undefined {
  const shapes = new Map(model.inputs.map(({ name, columns }) => [name, columns]));
  return (name) => shapes.get(name);
}

/** What a unit is called by in a table of units: its key, or the period that the time falls in. */
function unitValues(model: IncrementalModel, unit: Unit, columns: readonly string[]): readonly string[] {
  if (unit.kind === 'key' || model.by === 'key') return columns;
  const { type } = model.time!;
  // A date has no hours: its days are the smallest periods there are.
  const grain = model.by === 'hour' && type === 'date' ? 'day' : model.by;
  const zone = textLiteral(model.calendar.timezone);
  return columns.map((sql) => periodSql({ sql, type, zone }, grain, model.calendar));
}

export function unitNames(unit: Unit): readonly string[] {
  return unit.kind === 'period' ? ['period'] : unit.columns;
}

/** The units that changes of inputs touch, as SQL: one column per part of the unit. Undefined where none of them is read. */
export function dirtySql(model: IncrementalModel, unit: Unit, changes: readonly Change[]): string | undefined {
  const select = readSelect(model);
  const delta: Delta = {
    columnsOf: columnsOf(model),
    changes: new Map(changes.map((change) => [change.model, change])),
  };
  const parts = changes.flatMap((change) => affected(select, unit.columns, change.model, delta) ?? []);
  if (parts.length === 0) return undefined;
  const names = unitNames(unit);
  const values = unitValues(model, unit, unit.columns.map(id));
  const list = values.map((value, i) => `${value} as ${id(names[i]!)}`).join(', ');
  return `select distinct ${list} from (${parts.join(' union ')}) as touched`;
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
  const query = `select ${names.map(id).join(', ')} from ${units.name}`;
  const member = memberOf(unitValues(model, unit, columns), query, names, units);
  if (unit.kind === 'key' || units.mayBeNull) return member;
  const bounds = timeBounds(columns[0]!, model.time!.type, units.ranges, lengths[model.by]);
  return bounds === undefined ? member : `(${bounds} and ${member})`;
}

/** The model's rows of the units in a table, computed from as little as possible. */
export function unitRowsSql(model: IncrementalModel, unit: Unit, units: UnitTable): string {
  const select = readSelect(model);
  const condition = (values: readonly string[]) => inUnits(model, unit, units, values);
  const narrow = writeSql({ SelectStmt: restrict(select, unit.columns, condition, columnsOf(model)) });
  const names = outputNames(select, columnsOf(model)).map((name) => `q.${id(name)}`);
  return `select ${names.join(', ')} from (${narrow}) as q where ${condition(unit.columns.map((name) => `q.${id(name)}`))}`;
}
