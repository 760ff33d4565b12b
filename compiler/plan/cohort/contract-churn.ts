import { identifier as id } from '../sql-text.ts';
import { endedColumn, eventsSql, ranSql, runsSql } from './events.ts';
import { metricColumn, observedSql, resultPeriods, stateColumn } from './result-periods.ts';
import type { ContractRule } from './rule.ts';
import { type Answer, type CohortSetting, shareSql } from './setting.ts';

/** Churn of contracts (semantics.md §5): of those with one running as the period begins, who has none as it ends. */
export function answerContractChurn(setting: CohortSetting<ContractRule>): Answer {
  const { rule, asked } = setting;
  const result = resultPeriods(setting, rule.every ?? { count: 1, unit: asked.grain! }, 'contracts');
  const { periods } = result;
  const bounds = `select p.*, ${periods.start('p.first_day')} as starts, ${periods.start('p.end_day')} as ends from result_periods as p`;
  const running = (at: string) => `bool_or(${runsSql(`p.${at}`)})`;
  const per = `select p.period, p.state, c.entity, ${running('starts')} as opened, ${running('ends')} as stays, bool_or(c.at >= p.starts) as joined from bounds as p join running as c on c.at < p.ends and (c.ended is null or c.ended >= p.starts) group by p.period, p.state, c.entity`;
  const base = rule.of === 'opening' ? 'opened' : '(opened or joined)';
  const counted = `select period, count(*) filter (where ${base}) as at_risk, count(*) filter (where ${base} and not stays) as churned from per_entity group by period`;
  const [atRisk, churned] = ['coalesce(n.at_risk, 0)', 'coalesce(n.churned, 0)'];
  const select = [
    result.select,
    `${observedSql(atRisk)} as at_risk`,
    `${observedSql(churned)} as churned`,
    `${observedSql(shareSql(churned, atRisk))} as rate`,
    'p.state',
  ];
  return {
    with: [
      ['contracts', eventsSql(setting, rule.activity, [endedColumn(setting)])],
      ['running', ranSql('contracts')],
      ['result_periods', result.sql],
      ['bounds', bounds],
      ['per_entity', per],
      ['counted', counted],
    ],
    rows: `select ${select.join(', ')} from result_periods as p left join counted as n on n.period = p.period`,
    columns: [
      result.column,
      metricColumn('at_risk', 'integer'),
      metricColumn('churned', 'integer'),
      metricColumn('rate', 'double'),
      stateColumn,
    ],
    order: [id(periods.label)],
  };
}
