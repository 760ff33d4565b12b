import { eventsSql } from './events.ts';
import { elapsedSql } from './length.ts';
import { cohortPeriodsSql, isWholeSql } from './members.ts';
import { createPeriods, localDaySql } from './periods.ts';
import { metricColumn, stateColumn } from './result-periods.ts';
import type { RepeatRule } from './rule.ts';
import { type Answer, type CohortSetting, shareSql } from './setting.ts';

/** Repeat (semantics.md §6): of those whose first event is longer ago than `within`, who had a later one at most so long after it. */
export function answerRepeat(setting: CohortSetting<RepeatRule>): Answer {
  const { rule, catalog, asked, asOf, from, to } = setting;
  const every = rule.every ?? { count: 1, unit: asked.grain ?? 'day' };
  const periods = createPeriods(every, catalog.calendar, setting.zone);
  const events = eventsSql(setting, rule.activity, [
    ['day', (leaf) => localDaySql(leaf.time, periods.zone)],
    ['cohort', (leaf) => periods.of(leaf.time)],
  ]);
  const range = [...(from ? [`day >= date '${from}'`] : []), ...(to ? [`day < date '${to}'`] : [])];
  const members = `select entity, min(at) as at, min(day) as day, min(cohort) as cohort from events group by entity`;
  const chosen = `select * from (${members}) as firsts${range.length > 0 ? ` where ${range.join(' and ')}` : ''}`;
  const length = elapsedSql(rule.within);
  const later = [
    'e.entity = m.entity',
    'e.at > m.at',
    `e.at <= m.at + ${length}`,
    ...(rule.sameDay === 'merge' ? ['e.day > m.day'] : []),
  ].join(' and ');
  const back = `select distinct m.entity from members as m join events as e on ${later}`;
  const judged = `select m.cohort, m.at + ${length} < ${asOf} as is_mature, b.entity is not null as is_back from members as m left join back as b on b.entity = m.entity`;
  const counts = `count(*) as n_total, count(*) filter (where is_mature) as n_mature, count(*) filter (where is_mature and is_back) as repeated`;
  const counted = asked.cohort
    ? `select cohort, ${counts} from judged group by cohort`
    : `select ${counts} from judged`;
  const total = 'coalesce(n.n_total, 0)';
  const mature = 'coalesce(n.n_mature, 0)';
  const repeated = `case when ${mature} = 0 then null else n.repeated end`;
  const complete = asked.cohort
    ? [isWholeSql(setting, periods, 'p.period'), `${periods.start(periods.after('p.period', 1))} <= ${asOf}`]
    : to && periods.type === 'date'
      ? [`${periods.start(`date '${to}'`)} <= ${asOf}`]
      : [];
  const future = asked.cohort ? `when ${periods.start('p.period')} >= ${asOf} then 'unobservable' ` : '';
  const final = [`${mature} = ${total}`, ...complete].join(' and ');
  const state = `case ${future}when ${total} = 0 then 'empty' when ${mature} = 0 then 'unobservable' when ${final} then 'final' else 'partial' end`;
  const select = [
    ...(asked.cohort ? ['p.period as cohort'] : []),
    `${total} as n_total`,
    `${mature} as n_mature`,
    `${repeated} as repeated`,
    `${shareSql(repeated, mature)} as rate`,
    `${state} as state`,
  ];
  const source = asked.cohort
    ? `(${cohortPeriodsSql(setting, periods)}) as p left join counted as n on n.cohort = p.period`
    : 'counted as n';
  return {
    with: [
      ['events', events],
      ['members', chosen],
      ['back', back],
      ['judged', judged],
      ['counted', counted],
    ],
    rows: `select ${select.join(', ')} from ${source}`,
    columns: [
      ...(asked.cohort ? ([{ name: 'cohort', type: periods.type, role: 'grain' }] as const) : []),
      metricColumn('n_total', 'integer'),
      metricColumn('n_mature', 'integer'),
      metricColumn('repeated', 'integer'),
      metricColumn('rate', 'double'),
      stateColumn,
    ],
    order: asked.cohort ? ['cohort'] : [],
  };
}
