import type { SelectStmt } from '../../expression/ast.ts';
import { writeSql } from '../../expression/write-sql.ts';
import { identifier as id } from '../sql-text.ts';
import { affected } from './affected.ts';
import { amongPeriods } from './among-periods.ts';
import { type ColumnsOf, readsClock } from './block.ts';
import { CannotTell } from './cannot-tell.ts';
import type { Change } from './changes.ts';
import type { Delta } from './delta.ts';
import { inlineQueries } from './inline-queries.ts';
import { parseSelect } from './read-model.ts';
import { restrictTo } from './restrict.ts';
import { timeBounds } from './time-bounds.ts';

/** A test's query, and the column of its rows that says in which period they lie. */
export interface FailuresByPeriod {
  readonly failures: string;
  readonly period: string;
}

/** The periods in which rows of a test's query can be others than before the changes, as SQL with the column `period`; undefined where the query does not say. */
export function periodsOfFailures(
  { failures, period }: FailuresByPeriod,
  changes: readonly Change[],
  columnsOf: ColumnsOf,
): string | undefined {
  const delta: Delta = { columnsOf, changes: new Map(changes.map((change) => [change.model, change])) };
  try {
    const select = selectOf(failures);
    if (readsClock(select)) return undefined;
    const parts = changes.flatMap(({ model }) => affected(select, [period], model, delta) ?? []);
    return parts.length === 0
      ? undefined
      : `select distinct ${id(period)} as period from (${parts.join(' union ')}) as touched`;
  } catch (error) {
    if (error instanceof CannotTell) return undefined;
    throw error;
  }
}

/**
 * The rows of a test's query in some periods, by their names: their tables are read where the periods lie and nowhere else. Undefined where the query does not let itself be kept to them.
 */
export function failuresOfPeriods(
  { failures, period }: FailuresByPeriod,
  periods: readonly string[],
  columnsOf: ColumnsOf,
): string | undefined {
  if (periods.length === 0) return `select * from (${failures}) as q where false`;
  const ranges = periods.map((name) => ({ first: name, last: name }));
  const type = periods.every((name) => name.length === '2025-01-01'.length) ? 'date' : 'timestamp';
  if (amongPeriods(`coalesce(${id(period)})`, ranges) === undefined) return undefined;
  const condition = ([value]: readonly string[]) =>
    amongPeriods(value!, ranges, () => timeBounds(value!, type, ranges, type === 'date' ? '1 day' : '1 hour'))!;
  const { select, isExact } = restrictTo(selectOf(failures), [period], { condition, columnsOf });
  return isExact ? writeSql({ SelectStmt: select }) : undefined;
}

function selectOf(sql: string): SelectStmt {
  return inlineQueries(parseSelect(sql), () => undefined);
}
