import type { Grain } from '../../definition/metric.ts';
import { parseFragment } from '../../expression/parse-fragment.ts';
import { writeExpression } from '../../expression/write-sql.ts';
import type { Catalog, CatalogActivity, CatalogCohort, CatalogMetric } from '../catalog.ts';
import { leavesOf } from '../cohort/leaves.ts';
import type { CohortRule } from '../cohort/rule.ts';
import { createFactRows, type FactRows } from '../metric/fact-rows.ts';
import { replaceColumns } from '../metric/formula.ts';
import { labelDimensions } from '../metric/label-dimensions.ts';
import { instantSql, periodSql, type TimeColumn } from '../period.ts';
import { identifier as id } from '../sql-text.ts';
import { zoneOf } from './parts-sql.ts';

export type CohortSetting = {
  readonly catalog: Catalog;
  readonly metric: CatalogMetric & { readonly rule: CohortRule };
};

/**
 * The grain by which a form needs no more of its activity than who was active in which period; undefined where it goes by instants, values or counts. Facts of one period are the same for all
 * questions, so a table of them serves every range and every instant.
 */
export function activityGrain(rule: CohortRule): Exclude<Grain, 'hour'> | undefined {
  const whole = (unit: Grain) => (unit === 'hour' ? undefined : unit);
  switch (rule.rule) {
    case 'retention':
    case 'cohort_churn': {
      const isByPeriod = rule.interval === 'calendar' && rule.periodZero === 'anchor' && rule.minOccurrences === 1;
      const isDated = typeof rule.horizon === 'object' && 'date' in rule.horizon;
      return isByPeriod && !isDated ? whole(rule.every.unit) : undefined;
    }
    case 'lifecycle':
      return whole(rule.every.unit);
    case 'inactivity_churn':
      return 'day';
    case 'stickiness':
      return whole(rule.of);
    default:
      return undefined;
  }
}

export function activityName(metric: string, grain: Grain): string {
  return `marts.${metric}__active_by_${grain}`;
}

export function membersName(metric: string): string {
  return `marts.${metric}__members`;
}

interface Leaf {
  readonly rows: FactRows;
  readonly entity: string;
  readonly time: TimeColumn;
}

/** Exclusions are left to the question: whom they take out changes with other tables than the events. */
export function leafOf({ catalog, metric }: CohortSetting, activity: CatalogActivity): Leaf {
  const where = activity.where === undefined ? {} : { where: parseFragment(activity.where) };
  const rows = createFactRows(catalog, {}, { model: activity.model!, exclude: [], ...where }, []);
  const type = rows.find([activity.time!])?.type === 'date' ? 'date' : 'timestamp';
  const time: TimeColumn = { sql: rows.text([activity.time!]), type, zone: zoneOf(metric, catalog) };
  return { rows, entity: rows.text([activity.key!]), time };
}

/**
 * Who was active in which period, each once, and since which instant: so as of any instant it is known who was active before it, of the period that it lies in as well. That first instant is another one only
 * where a row comes late.
 */
export function activitySql(setting: CohortSetting, grain: Exclude<Grain, 'hour'>): string {
  const { catalog, metric } = setting;
  const { rule } = metric;
  const activity = catalog.activities.get('activity' in rule ? rule.activity : '')!;
  const events = leavesOf(activity, catalog.activities).map((leaf) => {
    const { rows, entity, time } = leafOf(setting, leaf);
    const period = periodSql(time, grain, catalog.calendar);
    return `select ${entity} as entity, ${period} as ${id(grain)}, ${instantSql(time)} as at from ${rows.from()}${rows.where([`${entity} is not null`, `${time.sql} is not null`])}`;
  });
  return `select e.entity as entity, e.${id(grain)} as ${id(grain)}, min(e.at) as first_at from (${events.join(' union all ')}) as e group by 1, 2`;
}

/** The columns of members for the cohort's dimensions, by their names. */
export function memberDimensions(cohort: CatalogCohort): ReadonlyMap<string, string> {
  const taken = ['entity', 'anchored_at', 'period', 'matches'];
  const labelled = labelDimensions(cohort.by, taken);
  return new Map(labelled.map(({ name, label }, i) => [name, taken.includes(label) ? `dimension_${i + 1}` : label]));
}

/**
 * Who is in a cohort: the anchor of each entity (`every_period`: of each of its periods) with what was so then. An anchor is the same seen from any instant after it, so that a question need only leave
 * out those that lie at or after its own.
 */
export function membersTableSql(setting: CohortSetting, cohort: CatalogCohort, anchor: CatalogActivity): string {
  const { catalog, metric } = setting;
  const { rows, entity, time } = leafOf(setting, anchor);
  const { rule } = metric;
  const isEach = cohort.occurrence === 'every_period';
  const matches =
    cohort.where === undefined
      ? 'true'
      : `coalesce(${writeExpression(replaceColumns(parseFragment(cohort.where), rows.column))}, false)`;
  const keys = catalog.models.get(anchor.model!)!.key.map((key) => rows.text([key]));
  const period = isEach && 'every' in rule ? [`${periodSql(time, rule.every!.unit, catalog.calendar)} as period`] : [];
  const dimensions = [...memberDimensions(cohort)].map(
    ([name, column]) => `${rows.text(name.split('.'))} as ${id(column)}`,
  );
  const anchors = [
    `${entity} as entity`,
    ...period,
    `${time.sql} as anchored_at`,
    `${matches} as matches`,
    ...dimensions,
    ...keys.map((key, i) => `${key} as tie_${i + 1}`),
  ].join(', ');
  const from = `select ${anchors} from ${rows.from()}${rows.where([`${entity} is not null`, `${time.sql} is not null`])}`;
  const order = ['a.anchored_at', ...keys.map((_, i) => `a.tie_${i + 1}`)].join(', ');
  const place = `row_number() over (partition by a.entity${isEach ? ', a.period' : ''} order by ${order}) as place`;
  const columns = [
    'entity',
    ...(isEach ? ['period'] : []),
    'anchored_at',
    'matches',
    ...[...memberDimensions(cohort).values()].map(id),
  ];
  const own = columns.map((column) => `a.${column} as ${column}`);
  const eligible = cohort.occurrence === 'first_ever' ? '' : ' where a.matches';
  const ranked = `select ${own.join(', ')}, ${place} from (${from}) as a${eligible}`;
  const nth = typeof cohort.occurrence === 'object' ? cohort.occurrence.nth : 1;
  return `select ${columns.map((column) => `r.${column} as ${column}`).join(', ')} from (${ranked}) as r where r.place = ${nth}`;
}
