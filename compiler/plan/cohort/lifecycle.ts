import { eventsSql } from './events.ts';
import { metricColumn, observedSql, resultPeriods, stateColumn } from './result-periods.ts';
import type { LifecycleRule } from './rule.ts';
import type { Answer, CohortSetting } from './setting.ts';

const counts = ['new', 'returning', 'resurrected', 'dormant', 'active'] as const;

/** Who is new, returning, resurrected and dormant, period by period (semantics.md §5). The range chooses rows; it makes nobody new. */
export function answerLifecycle(setting: CohortSetting<LifecycleRule>): Answer {
  const { rule } = setting;
  const result = resultPeriods(setting, rule.every, 'events');
  const { periods } = result;
  const active = `select entity, position, min(position) over (partition by entity) as first_one, lag(position) over (partition by entity order by position) as before, lead(position) over (partition by entity order by position) as next from (select distinct entity, ${periods.index('period')} as position from events) as distinct_periods`;
  const present = `select position, count(*) as active, count(*) filter (where position = first_one) as "new", count(*) filter (where before = position - 1) as "returning", count(*) filter (where before < position - 1) as resurrected from active group by position`;
  const gone = `select position + 1 as position, count(*) as dormant from active where next is null or next > position + 1 group by position + 1`;
  const value = (name: string) => observedSql(`coalesce(${name === 'dormant' ? 'g' : 'n'}."${name}", 0)`);
  const select = [result.select, ...counts.map((name) => `${value(name)} as "${name}"`), 'p.state'];
  const position = periods.index('p.period');
  return {
    with: [
      ['events', eventsSql(setting, rule.activity, [['period', (leaf) => periods.of(leaf.time)]])],
      ['active', active],
      ['present', present],
      ['gone', gone],
      ['result_periods', result.sql],
    ],
    rows: `select ${select.join(', ')} from result_periods as p left join present as n on n.position = ${position} left join gone as g on g.position = ${position}`,
    columns: [result.column, ...counts.map((name) => metricColumn(name, 'integer')), stateColumn],
    order: [`"${periods.label}"`],
  };
}
