import { textLiteral } from '../sql-text.ts';
import { type EventColumn, eventsSql, valueColumn } from './events.ts';
import { elapsedSql } from './length.ts';
import { cohortPeriodsSql, dimensionColumn, isWholeSql, membersSql } from './members.ts';
import { createPeriods, type Periods } from './periods.ts';
import { metricColumn, stateColumn } from './result-periods.ts';
import { dimensionColumns } from './retention.ts';
import type { LtvRule } from './rule.ts';
import { type Answer, type CohortSetting, shareSql } from './setting.ts';

/** Lifetime value (semantics.md §6): value within `[anchor, anchor + H)` of the members whose horizon is over, who alone are counted above and below the line. */
export function answerLtv(setting: CohortSetting<LtvRule>): Answer {
  const { rule, catalog, asked, asOf } = setting;
  const every = rule.every ?? { count: 1, unit: asked.grain ?? 'day' };
  const periods = createPeriods(every, catalog.calendar, setting.zone);
  const dimensions = asked.dimensions.map((_, i) => dimensionColumn(i));
  const horizons = rule.horizons.map(
    (h, i) => `select ${i} as place, ${textLiteral(h.text)} as horizon, ${elapsedSql(h)} as length`,
  );
  const own = ['m.entity', 'm.cohort', 'm.at', ...dimensions.map((d) => `m.${d}`), 'h.place', 'h.length'].join(', ');
  const worth = `select ${own}, coalesce(sum(e.value), 0) as value from members as m cross join horizons as h left join ledger as e on e.entity = m.entity and e.counted_at >= m.at and e.counted_at < m.at + h.length where m.at + h.length <= ${asOf} group by ${own}`;
  const groups = [...(asked.cohort ? ['cohort'] : []), ...dimensions];
  const key = (alias: string) => groups.map((g) => `${alias}.${g}`);
  const counted = (from: string, alias: string, place: string, columns: string) =>
    `select ${[...key(alias), ...(place ? [place] : []), columns].join(', ')} from ${from} as ${alias}${groups.length > 0 || place ? ` group by ${[...key(alias), ...(place ? [place] : [])].join(', ')}` : ''}`;
  const totals = counted('members', 'm', '', 'count(*) as n_total');
  const mature = counted('worth', 'w', 'w.place', 'count(*) as n_mature, sum(w.value) as value');
  return {
    with: [
      ['members', membersSql(setting, catalog.cohorts.get(rule.cohort)!, periods)],
      ['horizons', horizons.join(' union all ')],
      ['events', eventsSql(setting, rule.activity, ledgerColumns(rule))],
      ['ledger', ledgerSql(rule)],
      ['worth', worth],
      ['totals', totals],
      ['mature', mature],
      ['groups', groupsSql(setting, periods, groups)],
    ],
    rows: rowsSql(setting, periods, groups),
    columns: [
      ...(asked.cohort ? ([{ name: 'cohort', type: periods.type, role: 'grain' }] as const) : []),
      { name: 'horizon', type: 'text', role: 'dimension' },
      ...dimensionColumns(setting),
      metricColumn('n_total', 'integer'),
      metricColumn('n_mature', 'integer'),
      metricColumn('value', 'decimal'),
      metricColumn('ltv', 'double'),
      stateColumn,
    ],
    order: [...(asked.cohort ? ['cohort'] : []), ...dimensions, 'place'],
  };
}

function ledgerColumns({ refunds }: LtvRule): EventColumn[] {
  if (refunds !== 'on_order_date') return [valueColumn];
  return [valueColumn, ['order_of', (leaf, activity) => leaf.rows.text([activity.order!])]];
}

/** When each amount counts. A refund goes to the day of its order, if that is known; else it stays on its own. */
function ledgerSql({ refunds }: LtvRule): string {
  if (refunds === 'gross') return 'select entity, at as counted_at, value from events where value >= 0';
  if (refunds === 'on_refund_date') return 'select entity, at as counted_at, value from events';
  const ordered = 'min(case when value >= 0 then at end) over (partition by entity, order_of)';
  return `select entity, case when value < 0 and order_of is not null then coalesce(ordered_at, at) else at end as counted_at, value from (select entity, at, value, order_of, ${ordered} as ordered_at from events) as with_orders`;
}

/** What there is a row for at each horizon: every cohort of the range, or the groups that somebody is in, or all together. */
function groupsSql(setting: CohortSetting<LtvRule>, periods: Periods, groups: readonly string[]): string {
  if (groups.length === 0) return 'select 1 as one';
  if (groups.length === 1 && setting.asked.cohort)
    return `select p.period as cohort from (${cohortPeriodsSql(setting, periods)}) as p`;
  return `select distinct ${groups.join(', ')} from members`;
}

function rowsSql(setting: CohortSetting<LtvRule>, periods: Periods, groups: readonly string[]): string {
  const { asked, asOf, to } = setting;
  const same = (alias: string) => groups.map((g) => `${alias}.${g} is not distinct from g.${g}`);
  const total = 'coalesce(t.n_total, 0)';
  const matured = 'coalesce(m.n_mature, 0)';
  const whole = asked.cohort
    ? [isWholeSql(setting, periods, 'g.cohort'), `${periods.start(periods.after('g.cohort', 1))} <= ${asOf}`]
    : to
      ? [`${periods.start(periods.type === 'date' ? `date '${to}'` : periods.ofDay(`date '${to}'`))} <= ${asOf}`]
      : [];
  const future = asked.cohort ? `when ${periods.start('g.cohort')} >= ${asOf} then 'unobservable' ` : '';
  const final = [`${matured} = ${total}`, ...whole].join(' and ');
  const state = `case ${future}when ${total} = 0 then 'empty' when ${matured} = 0 then 'unobservable' when ${final} then 'final' else 'partial' end`;
  const select = [
    ...(asked.cohort ? ['g.cohort'] : []),
    'h.horizon',
    ...asked.dimensions.map((_, i) => `g.${dimensionColumn(i)}`),
    `${total} as n_total`,
    `${matured} as n_mature`,
    'm.value',
    `${shareSql('m.value', matured)} as ltv`,
    `${state} as state`,
    'h.place',
  ];
  const on = (conditions: readonly string[]) => (conditions.length > 0 ? conditions.join(' and ') : 'true');
  return `select ${select.join(', ')} from groups as g cross join horizons as h left join totals as t on ${on(same('t'))} left join mature as m on ${on([...same('m'), 'm.place = h.place'])}`;
}
