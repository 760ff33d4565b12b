import { writeExpression } from '../../expression/write-sql.ts';
import { periodSql } from '../period.ts';
import type { PlannedColumn } from '../plan-model.ts';
import { identifier as id } from '../sql-text.ts';
import { sayTest } from '../test/words.ts';
import type { StoredPart } from './parts-shape.ts';
import { baseRows, type FinerParts, type PartsSetting, partsName, zoneOf } from './parts-sql.ts';
import type { StoredTest } from './stored-model.ts';

/** Groups add up to the total: of what is stored by all dimensions, each period has what its rows have without any (semantics.md §2). */
export function groupsAddUp(setting: PartsSetting, columns: readonly PlannedColumn[]): StoredTest[] {
  const { catalog, metric, grain } = setting;
  const parts = exactSums(setting, columns);
  if (parts.length === 0) return [];
  const { rows, time } = baseRows(setting);
  const period = periodSql(time, grain, catalog.calendar);
  const totals = parts.map(({ accumulate, column }) => `-${writeExpression(accumulate(rows.column))} as ${id(column)}`);
  const base = `select ${period} as ${id(grain)}, ${totals.join(', ')} from ${rows.from()}${rows.where([`${time.sql} is not null`])} group by 1`;
  const name = partsName(metric.name, grain);
  return [
    {
      name: `${name} groups add up`,
      words: sayTest((words) => words.groupsAddUp(grain, metric.model!)),
      ...setAgainst(setting, parts, base),
      reads: [name, ...new Set(rows.reads())],
    },
  ];
}

/** A period is the sum of its parts: a year of its months. */
export function periodsAddUp(
  setting: PartsSetting,
  finer: FinerParts,
  columns: readonly PlannedColumn[],
): StoredTest[] {
  const { catalog, metric, grain } = setting;
  const parts = exactSums(setting, columns);
  if (parts.length === 0) return [];
  const time = {
    sql: `f.${id(finer.grain)}`,
    type: finer.grain === 'hour' ? ('timestamp' as const) : ('date' as const),
    zone: zoneOf(metric, catalog),
  };
  const totals = parts.map(({ column }) => `-sum(f.${id(column)}) as ${id(column)}`);
  const base = `select ${periodSql(time, grain, catalog.calendar)} as ${id(grain)}, ${totals.join(', ')} from ${finer.from} as f group by 1`;
  const name = partsName(metric.name, grain);
  return [
    {
      name: `${name} is its ${finer.grain}s`,
      words: sayTest((words) => words.periodsAddUp(grain, finer.grain)),
      ...setAgainst(setting, parts, base),
      reads: [name, finer.from],
    },
  ];
}

/** One row for each key, nulls among them: what is repaired in place leaves none behind. */
export function oneRowEach(name: string, key: readonly string[]): StoredTest {
  const columns = key.map((column) => `s.${id(column)} as ${id(column)}`).join(', ');
  const by = key.map((_, i) => i + 1).join(', ');
  return {
    name: `${name} has one row each`,
    words: sayTest((words) => words.oneRowEach(key)),
    check: {
      mode: 'query',
      failures: `select ${columns}, count(*) as copies from ${name} as s group by ${by} having count(*) > 1`,
      tested: `select count(*) as tested from ${name} as s`,
      follows: { tested: 'true', among: key },
    },
    counts: 'rows',
    reads: [name],
  };
}

/** Sums that are the same in any order: not those of floating point numbers. */
function exactSums({ shape }: PartsSetting, columns: readonly PlannedColumn[]): readonly StoredPart[] {
  return shape.parts.filter(({ column, isSum }) => {
    const type = columns.find(({ name }) => name === column)?.type ?? '';
    return isSum && (type === 'integer' || type.startsWith('decimal'));
  });
}

/** Periods in which what is stored and its counterpart, whose sums are negative, do not make zero. */
function setAgainst(
  { metric, grain }: PartsSetting,
  parts: readonly StoredPart[],
  counterpart: string,
): Pick<StoredTest, 'check' | 'counts'> {
  const name = partsName(metric.name, grain);
  const own = parts.map(({ column }) => `sum(s.${id(column)}) as ${id(column)}`);
  const stored = `select s.${id(grain)} as ${id(grain)}, ${own.join(', ')} from ${name} as s group by 1`;
  const sum = (column: string) => `coalesce(sum(b.${id(column)}), 0)`;
  const differ = parts.map(({ column }) => `${sum(column)} <> 0`).join(' or ');
  const shown = parts.map(({ column }) => `${sum(column)} as ${id(`${column}_off_by`)}`);
  return {
    check: {
      mode: 'query',
      failures: `select b.${id(grain)} as ${id(grain)}, ${shown.join(', ')} from (${stored} union all ${counterpart}) as b group by 1 having ${differ}`,
      tested: `select count(distinct s.${id(grain)}) as tested from ${name} as s`,
      period: grain,
    },
    counts: `${grain}s`,
  };
}
