import { identifier as id } from '../sql-text.ts';
import { endedColumn, eventsSql, ranSql, runsSql, valueColumn } from './events.ts';
import { metricColumn, observedSql, type ResultPeriods, resultPeriods, stateColumn } from './result-periods.ts';
import type { KeptRevenueRule } from './rule.ts';
import { type Answer, type CohortSetting, shareSql } from './setting.ts';

/** Revenue retention of a period (semantics.md §6): what is left of the money of its opening set. The sums are per entity and period before they are compared. */
export function answerKeptRevenue(setting: CohortSetting<KeptRevenueRule>): Answer {
  const { rule } = setting;
  const result = resultPeriods(setting, rule.every, 'events');
  const { periods } = result;
  // Who had something to lose in the period before, and what there is of it now.
  const kept = rule.keeps === 'gross' ? 'least(o.value, coalesce(c.value, 0))' : 'coalesce(c.value, 0)';
  const opening = `select o.position + 1 as position, sum(o.value) as opening, sum(${kept}) as retained from sums as o left join sums as c on c.entity = o.entity and c.position = o.position + 1 where o.value > 0 group by o.position + 1`;
  const back = `select c.position, sum(c.value) as value from sums as c join firsts as f on f.entity = c.entity and f.position < c.position left join sums as o on o.entity = c.entity and o.position = c.position - 1 where coalesce(o.value, 0) <= 0 group by c.position`;
  const reactivated = rule.base === 'opening_plus_reactivated' && rule.keeps === 'net';
  const position = periods.index('p.period');
  const retained = `coalesce(n.retained, 0)${reactivated ? ' + coalesce(b.value, 0)' : ''}`;
  const select = [
    result.select,
    `${observedSql('coalesce(n.opening, 0)')} as opening`,
    `${observedSql(retained)} as retained`,
    `${observedSql(shareSql(`(${retained})`, 'n.opening'))} as rate`,
    'p.state',
  ];
  const joins = [
    `left join opening as n on n.position = ${position}`,
    ...(reactivated ? [`left join reactivated as b on b.position = ${position}`] : []),
  ];
  return {
    with: [
      ...(rule.lasts ? standing(setting, result) : paid(setting, result)),
      ['opening', opening],
      ...(reactivated ? [['reactivated', back] as const] : []),
    ],
    rows: `select ${select.join(', ')} from result_periods as p ${joins.join(' ')}`,
    columns: [
      result.column,
      metricColumn('opening', 'decimal'),
      metricColumn('retained', 'decimal'),
      metricColumn('rate', 'double'),
      stateColumn,
    ],
    order: [id(periods.label)],
  };
}

type Named = readonly [name: string, sql: string];

/** `sums`: what each brings in a period. `firsts`: the first period that each brings something in. */
function paid(setting: CohortSetting<KeptRevenueRule>, { periods, sql }: ResultPeriods): readonly Named[] {
  const events = eventsSql(setting, setting.rule.activity, [['period', (leaf) => periods.of(leaf.time)], valueColumn]);
  return [
    ['events', events],
    ['result_periods', sql],
    [
      'sums',
      `select entity, ${periods.index('period')} as position, coalesce(sum(value), 0) as value from events group by 1, 2`,
    ],
    ['firsts', 'select entity, min(position) as position from sums group by entity'],
  ];
}

/** The same of what lasts: what each has running as a period ends, and so as the next one begins; `firsts` is the first such end after each began. */
function standing(setting: CohortSetting<KeptRevenueRule>, { periods, sql }: ResultPeriods): readonly Named[] {
  const position = periods.index('p.period');
  const ends = `select ${position} as position, ${periods.start('p.end_day')} as at from result_periods as p`;
  const starts = `select ${position} - 1 as position, ${periods.start('p.first_day')} as at from result_periods as p`;
  return [
    ['events', eventsSql(setting, setting.rule.activity, [endedColumn(setting), valueColumn])],
    ['result_periods', sql],
    ['contracts', ranSql('events')],
    ['ends', `${ends} union ${starts}`],
    [
      'sums',
      `select c.entity, e.position, coalesce(sum(c.value), 0) as value from ends as e join contracts as c on ${runsSql('e.at')} group by 1, 2`,
    ],
    [
      'firsts',
      'select c.entity, min(e.position) as position from ends as e join contracts as c on c.at < e.at group by c.entity',
    ],
  ];
}
