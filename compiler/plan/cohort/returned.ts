import { startOfDaySql } from '../period.ts';
import { identifier as id, textLiteral } from '../sql-text.ts';
import { type EventColumn, eventsSql } from './events.ts';
import { elapsedSql } from './length.ts';
import { localDaySql } from './periods.ts';
import { metricColumn, observedSql, resultPeriods, stateColumn } from './result-periods.ts';
import type { ReturnedRule } from './rule.ts';
import type { Answer, CohortSetting } from './setting.ts';

/** Who comes back (semantics.md §5): entities with an event at least `after` their previous one. Each counts once in a period. */
export function answerReturned(setting: CohortSetting<ReturnedRule>): Answer {
  const { rule, asked, metric, asOf, from, to, zone } = setting;
  const literal = textLiteral(zone);
  const gaps = 'select e.*, lag(at) over (partition by entity order by at) as before from events as e';
  const range = [...(from ? [`day >= date '${from}'`] : []), ...(to ? [`day < date '${to}'`] : [])];
  const back = `select * from (${gaps}) as with_gaps where ${[`at >= before + ${elapsedSql(rule.after)}`, ...range].join(' and ')}`;
  const day: EventColumn = ['day', (leaf) => localDaySql(leaf.time, literal)];
  const value = metricColumn(metric.name, 'integer');
  if (!asked.grain) {
    const start = (date: string) => startOfDaySql(`date '${date}'`, literal);
    const unknown = from ? `when ${start(from)} >= ${asOf} then 'unobservable' ` : '';
    const open = to ? `when ${start(to)} > ${asOf} then 'partial' else 'final'` : "else 'partial'";
    const state = unknown || to ? `case ${unknown}${open} end` : "'partial'";
    return {
      with: [
        ['events', eventsSql(setting, rule.activity, [day])],
        ['back', back],
      ],
      rows: `select ${`case when p.state = 'unobservable' then null else p.n end`} as ${id(metric.name)}, p.state from (select count(distinct entity) as n, ${state} as state from back) as p`,
      columns: [value, stateColumn],
      order: [],
    };
  }
  const result = resultPeriods(setting, { count: 1, unit: asked.grain }, 'events');
  const counted = 'select period, count(distinct entity) as n from back group by period';
  return {
    with: [
      ['events', eventsSql(setting, rule.activity, [day, ['period', (leaf) => result.periods.of(leaf.time)]])],
      ['back', back],
      ['counted', counted],
      ['result_periods', result.sql],
    ],
    rows: `select ${result.select}, ${observedSql('coalesce(n.n, 0)')} as ${id(metric.name)}, p.state from result_periods as p left join counted as n on n.period = p.period`,
    columns: [result.column, value, stateColumn],
    order: [id(result.periods.label)],
  };
}
