import type { Grain } from '../../definition/metric.ts';
import type { CatalogActivity, CatalogCohort } from '../catalog.ts';
import type { CohortRule, RetentionRule } from '../cohort/rule.ts';
import { exclusionSql } from '../exclusion.ts';
import { instantSql, periodSql, type TimeColumn } from '../period.ts';
import { identifier as id } from '../sql-text.ts';
import { sayTest } from '../test/words.ts';
import {
  activityGrain,
  activityName,
  type CohortSetting,
  leafOf,
  memberDimensions,
  membersName,
} from './cohort-sql.ts';
import { zoneOf } from './parts-sql.ts';
import type { StoredTest } from './stored-model.ts';

export function triangleName(metric: string): string {
  return `marts.${metric}__triangle`;
}

/** Of a cohort form: what its counts are kept by. */
export interface TriangleSetting extends CohortSetting {
  readonly cohort: CatalogCohort;
  readonly anchor: CatalogActivity;
  readonly grain: Exclude<Grain, 'hour'>;
}

/**
 * Is what the form asks for a sum of counts by cohort and period? So where an interval stands for itself: not where several are looked at together, in which who returns twice counts once, and not where
 * intervals are several periods long.
 */
export function hasTriangle(rule: CohortRule): rule is RetentionRule {
  return (
    activityGrain(rule) !== undefined &&
    (rule.rule === 'retention' || rule.rule === 'cohort_churn') &&
    rule.criteria === 'on' &&
    !rule.isBracketed &&
    rule.every.count === 1
  );
}

/** The cohort's dimensions as columns of the triangle. */
export function triangleDimensions({ cohort, grain }: TriangleSetting): ReadonlyMap<string, string> {
  const taken: readonly string[] = ['cohort', 'entities', 'latest', 'k', grain];
  const columns = [...memberDimensions(cohort)];
  return new Map(columns.map(([name, column], i) => [name, taken.includes(column) ? `dimension_${i + 1}` : column]));
}

/**
 * How many of each cohort were active in which period; in its own all of them are, by definition. A row goes by the period of the activity and not by the interval: then a new day touches the rows of one
 * period, and the rows of one period are computed from those that were active in it.
 */
export function triangleSql(setting: TriangleSetting): string {
  const { metric, grain } = setting;
  const columns = groupColumns(setting);
  const by = [grain, ...columns].map((_, i) => i + 1).join(', ');
  const own = columns.map((column) => `m.${id(column)} as ${id(column)}`).join(', ');
  const sizes = `select m.cohort as ${id(grain)}, ${own}, count(*) as entities, max(m.at) as latest from (${cohortsOf(setting)}) as m group by ${by}`;
  const returns = `select a.${id(grain)} as ${id(grain)}, ${own}, count(*) as entities, max(a.first_at) as latest from ${activityName(metric.name, grain)} as a join (${cohortsOf(setting)}) as m on m.entity = a.entity where a.${id(grain)} > m.cohort group by ${by}`;
  return `${sizes} union all ${returns}`;
}

/** The members with the period that they are called by. */
function cohortsOf(setting: TriangleSetting): string {
  const { catalog, metric, cohort, grain } = setting;
  const labels = triangleDimensions(setting);
  const dimensions = [...memberDimensions(cohort)].map(
    ([name, column]) => `s.${id(column)} as ${id(labels.get(name)!)}`,
  );
  const period = periodSql(anchorTime(setting), grain, catalog.calendar);
  const excluded = metric.exclude.map((name) => exclusionSql(catalog.exclusions.get(name)!, 's.entity'));
  const at = instantSql(anchorTime(setting));
  const select = ['s.entity as entity', `${period} as cohort`, `${at} as at`, ...dimensions].join(', ');
  return `select ${select} from ${membersName(metric.name)} as s where ${['s.matches', ...excluded].join(' and ')}`;
}

function anchorTime(setting: TriangleSetting): TimeColumn {
  const { type } = leafOf(setting, setting.anchor).time;
  return { sql: 's.anchored_at', type, zone: zoneOf(setting.metric, setting.catalog) };
}

/** `cohort` and the dimensions. */
function groupColumns(setting: TriangleSetting): readonly string[] {
  return ['cohort', ...triangleDimensions(setting).values()];
}

/**
 * The same as of an instant, by interval: `cohort`, the dimensions, `k`, `entities`. `edge` is the first period in which somebody came at or after the instant: what is kept of those before it counts whole.
 * Of the edge those count who joined or returned before the instant, and of later periods nobody does.
 */
export function knownTriangle(setting: TriangleSetting, index: (period: string) => string, asOf: string): string {
  const { metric, grain } = setting;
  const columns = groupColumns(setting);
  const list = (alias: string) => columns.map((column) => `${alias}.${id(column)} as ${id(column)}`).join(', ');
  const table = triangleName(metric.name);
  const period = id(grain);
  const k = (alias: string, cohort: string) => `${index(`${alias}.${period}`)} - ${index(cohort)} as k`;
  const by = [...columns, 'k'].map((_, i) => i + 1).join(', ');
  const edge = `(select min(later.${period}) from ${table} as later where later.latest >= ${asOf})`;
  const kept = `select ${list('s')}, ${k('s', 's.cohort')}, s.entities as entities from ${table} as s where s.${period} < coalesce(${edge}, cast('9999-12-31' as date))`;
  const joined = `select ${list('m')}, 0 as k, count(*) as entities from (${cohortsOf(setting)}) as m where m.cohort = ${edge} and m.at < ${asOf} group by ${by}`;
  const returned = `select ${list('m')}, ${k('a', 'm.cohort')}, count(*) as entities from ${activityName(metric.name, grain)} as a join (${cohortsOf(setting)}) as m on m.entity = a.entity where a.${period} = ${edge} and a.first_at < ${asOf} and m.cohort < a.${period} group by ${by}`;
  return [kept, joined, returned].join(' union all ');
}

/** Of a cohort nobody returns who is not in it. */
export function noMoreThanCohort(setting: TriangleSetting): StoredTest {
  const { metric, grain } = setting;
  const columns = groupColumns(setting);
  const list = columns.map((column) => `s.${id(column)} as ${id(column)}`).join(', ');
  const by = columns.map((_, i) => i + 1).join(', ');
  const size = `coalesce(max(case when s.${id(grain)} = s.cohort then s.entities end), 0)`;
  const name = triangleName(metric.name);
  return {
    name: `${name} is within its cohorts`,
    words: sayTest((words) => words.withinCohort(grain)),
    check: {
      mode: 'query',
      failures: `select ${list}, ${size} as size, max(s.entities) as most from ${name} as s group by ${by} having max(s.entities) > ${size}`,
      tested: `select count(*) as tested from ${name} as s where s.${id(grain)} = s.cohort`,
    },
    counts: 'cohorts',
    reads: [name],
  };
}
