import { identifier as id } from '../sql-text.ts';
import { eventsSql } from './events.ts';
import { datesBeforeSql } from './length.ts';
import { localDaySql } from './periods.ts';
import { metricColumn, observedSql, resultPeriods, stateColumn } from './result-periods.ts';
import type { InactivityRule } from './rule.ts';
import { type Answer, type CohortSetting, shareSql } from './setting.ts';

/** Churn by inactivity, judged at the end of each period (semantics.md §5): of those seen before its last `inactive_for` dates, who was not seen in them. */
export function answerInactivity(setting: CohortSetting<InactivityRule>): Answer {
  const { rule, asked } = setting;
  const result = resultPeriods(setting, rule.every ?? { count: 1, unit: asked.grain! }, 'events');
  const zone = result.periods.zone;
  // A row for each day of an entity, which is its last one until the next; added up, so that periods meet pairs of days and not entities.
  const days =
    'select day, min(day) over (partition by entity) as first_one, lead(day) over (partition by entity order by day) as next from (select distinct entity, day from events) as active_days';
  const pairs =
    'select day, next, count(*) as n, count(*) filter (where day = first_one) as n_new from days group by day, next';
  const limit = datesBeforeSql('p.end_day', rule.inactiveFor);
  const sum = (column: string, filter = '') => `cast(coalesce(sum(d.${column})${filter}, 0) as bigint)`;
  const gone = ' filter (where d.next is null or d.next >= p.end_day)';
  const counted = `select p.period, p.state, ${sum('n_new')} as at_risk, ${sum('n', gone)} as churned from judged as p left join pairs as d on d.day < p.since group by p.period, p.state`;
  const select = [
    result.select,
    `${observedSql('p.at_risk')} as at_risk`,
    `${observedSql('p.churned')} as churned`,
    `${observedSql(shareSql('p.churned', 'p.at_risk'))} as rate`,
    'p.state',
  ];
  return {
    with: [
      ['events', eventsSql(setting, rule.activity, [['day', (leaf) => localDaySql(leaf.time, zone)]])],
      ['days', days],
      ['pairs', pairs],
      ['result_periods', result.sql],
      ['judged', `select p.*, ${limit} as since from result_periods as p`],
    ],
    rows: `select ${select.join(', ')} from (${counted}) as p`,
    columns: [
      result.column,
      metricColumn('at_risk', 'integer'),
      metricColumn('churned', 'integer'),
      metricColumn('rate', 'double'),
      stateColumn,
    ],
    order: [id(result.periods.label)],
  };
}
