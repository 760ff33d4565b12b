import { type Node, nameParts } from '../../expression/ast.ts';
import { parseFragment } from '../../expression/parse-fragment.ts';
import { writeExpression } from '../../expression/write-sql.ts';
import { daySql, instantSql, periodSql, startOfDaySql } from '../period.ts';
import { identifier as id } from '../sql-text.ts';
import { aggregateNode, columnNode } from './aggregate-sql.ts';
import { type Bounds, boundsOf } from './bounds.ts';
import { aggregatesOf, beforeAsOf, columnValue, type FactSetting, rangePredicates } from './fact-setting.ts';
import type { FactColumn } from './facts.ts';
import { type FormulaAggregate, replaceColumns } from './formula.ts';
import { boilingOf, partColumn, partNode, partsOf } from './parts.ts';
import { isPick, pickNode, pickRankSql } from './picks.ts';
import { firstZone, spineName, spinePeriod } from './spine.ts';

/** The rows of a fact as a SELECT with columns of our own names, so that they can be joined, ranked and aggregated from outside (alias `r`). */
interface Inner {
  readonly column: (path: readonly string[]) => Node;
  /** `expression as name`, to be read when everything has been asked for. */
  readonly select: () => string[];
}

function createInner({ rows }: FactSetting): Inner {
  const names = new Map<string, { sql: string; as: string }>();
  return {
    column: (path) => {
      const key = path.join('.');
      const known = names.get(key) ?? { sql: rows.text(path), as: `c${names.size + 1}` };
      names.set(key, known);
      return columnNode('r', known.as);
    },
    select: () => [...names.values()].map(({ sql, as }) => `${sql} as ${as}`),
  };
}

/** A fact in its own period of which rows are picked by time: ranked first, then aggregated. */
export function renderPicked(setting: FactSetting): string {
  const { catalog, question, rows, time, dimensions } = setting;
  const inner = createInner(setting);
  const period =
    question.grain && time
      ? [{ sql: periodSql(time, question.grain, catalog.calendar), as: question.grain as string }]
      : [];
  const groups = [...period, ...dimensions];
  const labels = groups.map(({ as }, i) => ({ inner: `g${i + 1}`, as }));
  const outer = aggregateOutside(setting, inner, labels);
  const select = [...groups.map(({ sql }, i) => `${sql} as g${i + 1}`), ...inner.select()];
  const base = `select ${select.join(', ')} from ${rows.from()}${rows.where(time ? rangePredicates(time, question) : [])}`;
  return outer(`(${base}) as r`);
}

/**
 * A fact whose periods reach back or are moved: its rows meet the generated calendar by the bounds of each period. Where all is made of parts that merge, rows are added
 * up by day first and only the days meet the calendar; a distinct count goes by pairs of days.
 */
export function renderFramed(setting: FactSetting): string {
  const { catalog, question, fact, rows, dimensions, time } = setting;
  const zone = time!.zone.startsWith("'") ? time!.zone : firstZone;
  const bounds = boundsOf(fact.frame, `p.${spinePeriod}`, { question, calendar: catalog.calendar, zone });
  const position = positionSql(setting, bounds);
  const observable = question.grain === 'hour' ? `p.${spinePeriod}` : startOfDaySql(`p.${spinePeriod}`, zone);
  const on = (own: string) => {
    const between = [...(bounds.low ? [`${own} >= ${bounds.low}`] : []), `${own} < ${bounds.high}`];
    return [...between, ...(question.grain ? [`${observable} < ${question.asOf}`] : [])].join(' and ');
  };
  const from = (base: string): Joined => {
    if (!question.grain) return { sql: `(${base}) as r where ${on('r.position')}` };
    if (bounds.position !== 'day') return { sql: `${spineName} as p join (${base}) as r on ${on('r.position')}` };
    return {
      with: `with rows_by_day as (${base}) `,
      sql: `${spineName} as p join (${daysOf('rows_by_day')}) as d on ${on('d.position')} join rows_by_day as r on r.position = d.position`,
    };
  };
  const groups = [
    ...(question.grain ? [{ inner: `p.${spinePeriod}`, as: question.grain as string }] : []),
    ...dimensions.map(({ as }, i) => ({ inner: `r.g${i + 1}`, as })),
  ];
  const select = [`${position} as position`, ...dimensions.map(({ sql }, i) => `${sql} as g${i + 1}`)];
  const where = () => rows.where([beforeAsOf(time!, question)]);
  const merged = bounds.position === 'day' ? mergeColumns(setting) : undefined;
  if (merged) {
    const by = select.map((_, i) => i + 1).join(', ');
    const base = `select ${[...select, ...merged.parts].join(', ')} from ${rows.from()}${where()} group by ${by}`;
    return grouped(groups, merged.values, from(base));
  }
  if (bounds.position === 'day' && boilingOf(fact.columns.flatMap(aggregatesOf)) === 'set') {
    const { pairs, value } = distinctPairs(setting, select, where);
    const isLatest = `(r.next is null or r.next >= ${bounds.high})`;
    const joined = from(pairs);
    return grouped(groups, [value], { ...joined, sql: `${joined.sql} and ${isLatest}` });
  }
  const inner = createInner(setting);
  const labels = groups.map(({ as }, i) => ({ inner: `g${i}x`, as }));
  const outer = aggregateOutside(setting, inner, labels);
  const base = `select ${[...select, ...inner.select()].join(', ')} from ${rows.from()}${where()}`;
  const columns = inner.select().map((_, i) => `r.c${i + 1}`);
  const { with: before = '', sql } = from(base);
  const joined = `${before}select ${[...groups.map((g, i) => `${g.inner} as g${i}x`), ...columns].join(', ') || '1 as one'} from ${sql}`;
  return outer(`(${joined}) as r`);
}

/** What stands after FROM, and before the SELECT. */
interface Joined {
  readonly with?: string;
  readonly sql: string;
}

/** Days meet the calendar, of which there are few, and rows meet them by their day: a comparison by range alone is one of all rows with all periods on PostgreSQL. */
function daysOf(rows: string): string {
  return `select distinct position from ${rows}`;
}

function positionSql({ time }: FactSetting, bounds: Bounds): string {
  if (bounds.position === 'instant') return instantSql(time!);
  if (bounds.position === 'day') return daySql(time!);
  return time!.type === 'date' ? `cast(${time!.sql} as timestamp)` : `(${time!.sql} at time zone ${time!.zone})`;
}

/**
 * One distinct count. A value counts in a window where its last day before the window's end is in it: so each value is kept by day with the day on which it is seen next, values
 * are added up by such pairs of days, and only the pairs meet the calendar. A row without a value counts nothing and makes its window exist.
 */
function distinctPairs(
  { fact, rows }: FactSetting,
  select: readonly string[],
  where: () => string,
): { readonly pairs: string; readonly value: string } {
  const [column] = fact.columns;
  const { call } = aggregatesOf(column!)[0]!;
  const text = (node: Node) => writeExpression(replaceColumns(node, rows.column));
  const counted = call.agg_filter
    ? `case when ${text(call.agg_filter)} then ${text(call.args![0]!)} end`
    : text(call.args![0]!);
  const groups = select.slice(1).map((_, i) => `g${i + 1}`);
  const by = [...groups, 'v'].join(', ');
  const days = `select distinct ${[...select, `${counted} as v`].join(', ')} from ${rows.from()}${where()}`;
  const seen = `select d.*, lead(position) over (partition by ${by} order by position) as next from (${days}) as d`;
  const keys = [...groups, 'position', 'next', 'v is not null'].join(', ');
  const pairs = `select ${[...groups, 'position', 'next', 'v is not null as is_value'].join(', ')}, count(*) as n from (${seen}) as s group by ${keys}`;
  const sum = parseFragment('coalesce(cast(sum(r.n) filter (where r.is_value) as bigint), 0)');
  return { pairs, value: `${writeExpression(columnValue(column!, () => sum))} as ${id(column!.name)}` };
}

/** Undefined where an aggregate cannot be merged from parts. */
function mergeColumns({ fact, rows }: FactSetting): { parts: string[]; values: string[] } | undefined {
  const parts: string[] = [];
  const values: string[] = [];
  for (const [c, column] of fact.columns.entries()) {
    const aggregates = aggregatesOf(column);
    const ways = aggregates.map(partsOf);
    if (ways.some((way) => way === undefined)) return undefined;
    const place = (i: number) => c * 100 + i;
    ways.forEach((way, i) => {
      way!.accumulate.forEach((accumulate, k) => {
        parts.push(`${writeExpression(accumulate(rows.column))} as ${partColumn(place(i), k)}`);
      });
    });
    const merged = (i: number) => ways[i]!.combine(ways[i]!.accumulate.map((_, k) => partNode(place(i), k)));
    values.push(`${writeExpression(columnValue(column, merged))} as ${id(column.name)}`);
  }
  return { parts, values };
}

interface Group {
  readonly inner: string;
  readonly as: string;
}

function grouped(groups: readonly Group[], values: readonly string[], from: string | Joined): string {
  const { with: before = '', sql } = typeof from === 'string' ? { sql: from } : from;
  const select = [...groups.map((g) => `${g.inner} as ${id(g.as)}`), ...values].join(', ');
  const by = groups.length > 0 ? ` group by ${groups.map((_, i) => i + 1).join(', ')}` : ' having count(*) > 0';
  return `${before}select ${select} from ${sql}${by}`;
}

/** The aggregates over rows that stand in a subquery `r`, picks ranked in one between. */
function aggregateOutside(setting: FactSetting, inner: Inner, groups: readonly Group[]): (from: string) => string {
  const { catalog, fact } = setting;
  const ranks: string[] = [];
  const model = catalog.models.get(fact.model)!;
  const text = (path: readonly string[]) => writeExpression(inner.column(path));
  const values = fact.columns.map((column) => {
    const node = columnValue(column, (i) => {
      const aggregate = aggregatesOf(column)[i]!;
      if (!isPick(aggregate)) return aggregateNode(aggregate, inner.column);
      const order = [[fact.time!], ...model.key.map((key) => [key]), ...aggregate.columns].map(text);
      const per = column.per.map((name) => text([name]));
      const rank = pickRankSql(aggregate, {
        groups: groups.map((g) => `r.${g.inner}`),
        per,
        order,
        column: inner.column,
      });
      if (!ranks.includes(rank)) ranks.push(rank);
      const isBoolean = picksBoolean(setting, column, aggregate);
      return pickNode(aggregate, `rank_${ranks.indexOf(rank) + 1}`, column.per.length > 0, isBoolean, inner.column);
    });
    return `${writeExpression(node)} as ${id(column.name)}`;
  });
  return (from) => {
    const ranked = `(select r.*, ${ranks.map((sql, i) => `${sql} as rank_${i + 1}`).join(', ')} from ${from}) as r`;
    return grouped(
      groups.map((g) => ({ ...g, inner: `r.${g.inner}` })),
      values,
      ranks.length > 0 ? ranked : from,
    );
  };
}

/** A boolean is picked by another function than the rest: of a column by its type, of an expression where it is the whole metric. */
function picksBoolean({ rows }: FactSetting, column: FactColumn, { call }: FormulaAggregate): boolean {
  const picked = call.args?.[0];
  if (picked && 'ColumnRef' in picked) return rows.find(nameParts(picked.ColumnRef.fields))?.type === 'boolean';
  return column.type === 'boolean';
}
