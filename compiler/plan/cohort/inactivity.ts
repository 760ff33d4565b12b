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
  // A row for each day of an entity, which is its last one until the next.
  const days =
    'select entity, day, min(day) over (partition by entity) as first_one, lead(day) over (partition by entity order by day) as next from (select distinct entity, day from events) as active_days';
  const limit = datesBeforeSql('p.end_day', rule.inactiveFor);
  const churned = 'count(d.entity) filter (where d.day < p.since and (d.next is null or d.next >= p.end_day))';
  const atRisk = 'count(d.entity) filter (where d.day = d.first_one and d.day < p.since)';
  const counted = `select p.period, p.state, ${atRisk} as at_risk, ${churned} as churned from judged as p left join days as d on d.day < p.since group by p.period, p.state`;
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
