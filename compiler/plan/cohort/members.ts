import { writeExpression } from '../../expression/write-sql.ts';
import type { CatalogCohort } from '../catalog.ts';
import { replaceColumns } from '../metric/formula.ts';
import { instantSql } from '../period.ts';
import { eventsSql, type LeafRows, leafRows } from './events.ts';
import { localDaySql, type Periods } from './periods.ts';
import type { CohortSetting } from './setting.ts';

/** The column of the i-th dimension of members. */
export function dimensionColumn(i: number): string {
  return `d${i + 1}`;
}

/**
 * Who is in which cohort, and since when: `entity`, `at` (the anchor), `cohort` (its period), `position` (that period's number) and the dimensions asked for. Of anchors outside the range
 * asked for there is no cohort.
 */
export function membersSql(setting: CohortSetting, cohort: CatalogCohort, periods: Periods): string {
  const { occurrence } = cohort;
  const firsts = firstsSql(setting, cohort, periods);
  if (firsts !== undefined) return firsts;
  const anchors = anchorsSql(setting, cohort, periods);
  const isEach = occurrence === 'every_period';
  const before = occurrence !== 'first_ever' ? ' where matches' : '';
  const order = ['at', ...anchors.ties].join(', ');
  const rank = `row_number() over (partition by entity${isEach ? ', cohort' : ''} order by ${order}) as rank`;
  const nth = typeof occurrence === 'object' ? occurrence.nth : 1;
  const kept = [`rank = ${nth}`, 'matches', ...(setting.predicate ? ['wanted'] : []), ...inRange(setting)];
  const dimensions = setting.asked.dimensions.map((_, i) => dimensionColumn(i));
  const columns = ['entity', 'at', 'cohort', `${periods.index('cohort')} as position`, ...dimensions];
  return `select ${columns.join(', ')} from (select anchors.*, ${rank} from (${anchors.sql}) as anchors${before}) as ranked where ${kept.join(' and ')}`;
}

/** Conditions on the day of the anchor. */
function inRange({ from, to }: CohortSetting): readonly string[] {
  return [...(from ? [`day >= date '${from}'`] : []), ...(to ? [`day < date '${to}'`] : [])];
}

/** Where nothing but the time is asked of the first event, the least time of each entity is enough: events need not be put in order, which is most of what a question takes. */
function firstsSql(setting: CohortSetting, cohort: CatalogCohort, periods: Periods): string | undefined {
  const { occurrence, where } = cohort;
  const anchor = setting.catalog.activities.get(cohort.anchor)!;
  const isFirst = occurrence === 'first_matching' || (occurrence === 'first_ever' && where === undefined);
  if (!isFirst || anchor.model === undefined || setting.predicate || setting.asked.dimensions.length > 0)
    return undefined;
  const leaf = leafRows(setting, anchor);
  const matches = where === undefined ? [] : [`(${leaf.expression(where)})`];
  const least = `select ${leaf.entity} as entity, min(${leaf.time.sql}) as least ${leaf.source(matches)} group by 1`;
  const time = { ...leaf.time, sql: 'f.least' };
  const anchors = `select f.entity, ${instantSql(time)} as at, ${localDaySql(time, periods.zone)} as day, ${periods.of(time)} as cohort from (${least}) as f`;
  const kept = inRange(setting);
  const range = kept.length > 0 ? ` where ${kept.join(' and ')}` : '';
  return `select entity, at, cohort, ${periods.index('cohort')} as position from (${anchors}) as firsts${range}`;
}

/** Every event that may be an anchor. `ties`: columns that put events of one instant in order. */
function anchorsSql(
  setting: CohortSetting,
  cohort: CatalogCohort,
  periods: Periods,
): { readonly sql: string; readonly ties: readonly string[] } {
  const { catalog } = setting;
  const anchor = catalog.activities.get(cohort.anchor)!;
  const day = (leaf: LeafRows) => localDaySql(leaf.time, periods.zone);
  if (anchor.model === undefined) {
    const columns = eventsSql(setting, anchor.name, [
      ['day', day],
      ['cohort', (leaf) => periods.of(leaf.time)],
      ['matches', () => 'true'],
    ]);
    return { sql: columns, ties: [] };
  }
  const leaf = leafRows(setting, anchor);
  const { rows } = leaf;
  const { predicate } = setting;
  const keys = catalog.models.get(anchor.model)!.key;
  const select = [
    `${leaf.entity} as entity`,
    `${leaf.at} as at`,
    `${day(leaf)} as day`,
    `${periods.of(leaf.time)} as cohort`,
    `${cohort.where === undefined ? 'true' : `coalesce(${leaf.expression(cohort.where)}, false)`} as matches`,
    ...(predicate ? [`(${writeExpression(replaceColumns(predicate, rows.column))}) as wanted`] : []),
    ...keys.map((key, i) => `${rows.text([key])} as key_${i + 1}`),
    ...setting.asked.dimensions.map((d, i) => `${rows.text(d.path)} as ${dimensionColumn(i)}`),
  ];
  return { sql: `select ${select.join(', ')} ${leaf.source()}`, ties: keys.map((_, i) => `key_${i + 1}`) };
}

/** The periods that have a row each: those of the range, or without an end of it those between the first and the last cohort of somebody. */
export function cohortPeriodsSql(setting: CohortSetting, periods: Periods): string {
  const edge = (given: string | undefined, fn: 'min' | 'max', day: string) =>
    given ? day : `(select ${fn}(cast(at at time zone ${periods.zone} as date)) from members)`;
  const first = edge(setting.from, 'min', `date '${setting.from}'`);
  const last = edge(setting.to, 'max', `(date '${setting.to}' - 1)`);
  const all = periods.between(first, last);
  if (periods.type === 'date' || (setting.from && setting.to)) return all;
  // Days have more hours than those between the first and the last cohort.
  const bounds = [
    ...(setting.from ? [] : ['s.period >= (select min(cohort) from members)']),
    ...(setting.to ? [] : ['s.period <= (select max(cohort) from members)']),
  ];
  return `select s.period from (${all}) as s where ${bounds.join(' and ')}`;
}

/** Whether the range takes in a whole period, as SQL; a period that it cuts is never final. */
export function isWholeSql(setting: CohortSetting, periods: Periods, period: string): string {
  const day = (date: string) => (periods.type === 'date' ? `date '${date}'` : periods.ofDay(`date '${date}'`));
  const parts = [
    ...(setting.from ? [`${period} >= ${day(setting.from)}`] : []),
    ...(setting.to ? [`${periods.after(period, 1)} <= ${day(setting.to)}`] : []),
  ];
  return parts.length > 0 ? `(${parts.join(' and ')})` : 'true';
}
