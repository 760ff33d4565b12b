import { type Node, nameParts, type SelectStmt } from '../../expression/ast.ts';
import { parseFragment } from '../../expression/parse-fragment.ts';
import { mapAst, walkAst } from '../../expression/walk-ast.ts';
import { periodSql, startOfDaySql } from '../period.ts';
import { identifier as id } from '../sql-text.ts';
import { type Change, changedRows } from './changes.ts';
import type { IncrementalModel, Reach } from './incremental-model.ts';
import { grainOf, isElapsed, periodsWithin, shiftTime, zoneOf } from './periods.ts';
import { columnNode } from './read-from.ts';
import { type PeriodRange, timeBounds } from './time-bounds.ts';

/**
 * `reads: {clean.events: {before: 1 day}}`: of this input the author says how far around a period the query looks. Then a changed row touches the periods that look at it, and only what
 * lies around the periods computed is read.
 */

/** The periods in which an input's changed rows are read, as SQL with the column `period`. */
export function reachedPeriods(model: IncrementalModel, change: Change, reach: Reach): string {
  const { column } = reach.time;
  const [low, high] = reachOf(model, reach);
  const rows = `select ${low} as low, ${high} as high from (${changedRows(change, [column])}) as changed`;
  const most = periodsWithin(model, reach.before, reach.after, '1 day');
  const steps = Array.from({ length: most + 1 }, (_, step) => `(${step})`).join(', ');
  const period = stepFrom(model, 'r.low', 's.step');
  return `select distinct ${period} as period from (${rows}) as r cross join (values ${steps}) as s(step) where r.low is null or ${period} <= r.high`;
}

/** The first and the last period that look at a row. */
function reachOf(model: IncrementalModel, reach: Reach): readonly [string, string] {
  const zone = zoneOf(model);
  const { type } = reach.time;
  const own = { sql: id(reach.time.column), type, zone };
  const shift = (time: typeof own, length: string | undefined, sign: string) =>
    length === undefined ? time.sql : shiftTime(time, `${sign}${length}`);
  if (type === 'date' && grainOf(model) === 'hour') {
    const start = { ...own, type: 'timestamp' as const, sql: startOfDaySql(own.sql, zone) };
    const end = { ...start, sql: `(${startOfDaySql(`(${own.sql} + 1)`, zone)} - interval '1 microsecond')` };
    return [hour(model, shift(start, reach.after, '-')), hour(model, shift(end, reach.before, ''))];
  }
  // A date is all of its day: what lies some hours after it may be the next one.
  const last = type === 'date' && reach.before !== undefined && isElapsed(reach.before) ? `(${own.sql} + 1)` : own.sql;
  const of = (sql: string) => periodSql({ sql, type, zone }, grainOf(model), model.calendar);
  return [of(shift(own, reach.after, '-')), of(shift({ ...own, sql: last }, reach.before, ''))];
}

function hour(model: IncrementalModel, sql: string): string {
  return periodSql({ sql, type: 'timestamp', zone: zoneOf(model) }, 'hour', model.calendar);
}

function stepFrom(model: IncrementalModel, period: string, step: string): string {
  switch (grainOf(model)) {
    case 'hour':
      return `(${period} + ${step} * interval '1 hour')`;
    case 'day':
      return `(${period} + ${step})`;
    case 'week':
      return `(${period} + 7 * ${step})`;
    case 'month':
      return `cast(${period} + ${step} * interval '1 month' as date)`;
  }
}

/** The query over only those rows of the inputs that lie around some periods. */
export function narrowInputs(
  select: SelectStmt,
  model: IncrementalModel,
  ranges: readonly PeriodRange[],
  length: string,
): SelectStmt {
  const { reads } = model;
  if (!reads || ranges.length === 0 || namesTables(select)) return select;
  const columns = new Map(model.inputs.map((input) => [input.name, input.columns]));
  return mapAst(select, (node) => {
    if (!('RangeVar' in node)) return node;
    const { alias, ...bare } = node.RangeVar;
    const { schemaname, relname = '' } = bare;
    const name = `${schemaname}.${relname}`;
    const reach = reads.get(name);
    const bounds = reach && boundsOf(reach, ranges, length);
    if (!bounds) return node;
    const subquery: Node = {
      SelectStmt: {
        targetList: (columns.get(name) ?? []).map((column) => ({ ResTarget: { val: columnNode(column) } })),
        fromClause: [{ RangeVar: bare }],
        whereClause: parseFragment(`(${bounds} or ${id(reach.time.column)} is null)`),
        limitOption: 'LIMIT_OPTION_DEFAULT',
        op: 'SETOP_NONE',
      },
    };
    return { RangeSubselect: { subquery, alias: { aliasname: alias?.aliasname ?? relname } } };
  });
}

function boundsOf(reach: Reach, ranges: readonly PeriodRange[], length: string): string | undefined {
  const { before = '0 days', after = '0 days' } = reach;
  return timeBounds(id(reach.time.column), reach.time.type, ranges, length, { before, after });
}

/** Columns called by schema, table and name would no longer find their table. */
function namesTables(select: SelectStmt): boolean {
  let found = false;
  walkAst(select, (node) => {
    if ('ColumnRef' in node && nameParts(node.ColumnRef.fields).length > 2) found = true;
    return !found;
  });
  return found;
}
