import type { QueryColumn } from '../query-types.ts';
import { identifier as id, textLiteral } from '../sql-text.ts';
import { type Reach, reachSql } from './funnel-reach.ts';
import { elapsedSql } from './length.ts';
import { metricColumn, type ResultPeriods, resultPeriods, stateColumn } from './result-periods.ts';
import type { FunnelRule } from './rule.ts';
import { type Answer, type CohortSetting, shareSql } from './setting.ts';
import { stepEvents } from './step-events.ts';

/**
 * A funnel (semantics.md §7): how many come as far as each step. Matching is on instants; an attempt belongs to the period of its entry. Attempts whose time is not over are in no
 * count, whatever they have come to.
 */
export function answerFunnel(setting: CohortSetting<FunnelRule>): Answer {
  const { rule, asked } = setting;
  const result = asked.grain ? resultPeriods(setting, { count: 1, unit: asked.grain }, 'steps') : undefined;
  const { tables, sources } = stepEvents(setting);
  const reach = reachSql(rule, sources);
  const names = rule.steps
    .map((name, i) => `select ${i + 1} as step, ${textLiteral(name)} as name`)
    .join(' union all ');
  return {
    with: [
      ...tables,
      ...reach.tables,
      ['attempts', attemptsSql(setting, reach, result)],
      ['step_names', names],
      ...(result ? [['result_periods', result.sql] as const] : []),
      ['counted', countedSql(rule, result !== undefined)],
    ],
    rows: rowsSql(setting, result),
    columns: columnsOf(rule, result),
    order: [...(result ? [id(result.periods.label)] : []), 'step'],
  };
}

/** Entries whose time is over, the last step's moment included with an inclusive bound, and whether they reach each step. */
function attemptsSql(setting: CohortSetting<FunnelRule>, reach: Reach, result: ResultPeriods | undefined): string {
  const { rule, asOf, from, to, zone } = setting;
  const day = `cast((at at time zone ${textLiteral(zone)}) as date)`;
  const kept = [
    ...(rule.entry === 'first' ? ['entry = 1'] : []),
    `at + ${elapsedSql(rule.within, lengths(rule))} ${rule.bound === 'inclusive' ? '<' : '<='} ${asOf}`,
    ...(from ? [`${day} >= date '${from}'`] : []),
    ...(to ? [`${day} < date '${to}'`] : []),
  ];
  const entries = [
    'w.*',
    ...(rule.entry === 'first' ? ['row_number() over (partition by entity order by at, source, place) as entry'] : []),
  ];
  const columns = [
    'entity',
    'at',
    ...(result ? [`${result.periods.of({ sql: 'at', type: 'timestamp', zone: result.periods.zone })} as period`] : []),
    ...reach.reached.map((sql, i) => `coalesce(${sql}, false) as reaches_${i + 1}`),
  ];
  const where = rule.order === 'any' ? '' : ' where is_step_1';
  return `select ${columns.join(', ')} from (select ${entries.join(', ')} from ${reach.from} as w${where}) as entries where ${kept.join(' and ')}`;
}

function lengths({ windowFrom, steps }: FunnelRule): number {
  return windowFrom === 'previous_step' ? steps.length - 1 : 1;
}

function countedSql({ count, steps }: FunnelRule, isByPeriod: boolean): string {
  const flags = steps.map((_, i) => `reaches_${i + 1}`);
  const period = isByPeriod ? 'period, ' : '';
  const best = flags.map((flag) => `bool_or(${flag}) as ${flag}`).join(', ');
  const counted =
    count === 'attempts' ? 'attempts' : `(select ${period}${best} from attempts group by ${period}entity) as best`;
  const numbers = flags.map((flag, i) => `count(*) filter (where ${flag}) as n_${i + 1}`).join(', ');
  return `select ${period}${numbers} from ${counted}${isByPeriod ? ' group by period' : ''}`;
}

function rowsSql({ rule, asOf }: CohortSetting<FunnelRule>, result: ResultPeriods | undefined): string {
  const n = `coalesce(case s.step ${rule.steps.map((_, i) => `when ${i + 1} then c.n_${i + 1}`).join(' ')} end, 0)`;
  const part = result ? 'partition by p.period ' : '';
  const first = `first_value(${n}) over (${part}order by s.step)`;
  const before = `lag(${n}) over (${part}order by s.step)`;
  const name = id(rule.count);
  if (!result)
    return `select s.step, s.name, ${n} as ${name}, ${shareSql(n, first)} as rate, ${shareSql(n, before)} as step_rate from step_names as s cross join counted as c`;
  const over = `${result.periods.start('p.end_day')} + ${elapsedSql(rule.within, lengths(rule))} <= ${asOf}`;
  const state = `case when p.state = 'final' and not (${over}) then 'partial' else p.state end`;
  const value = (sql: string) => `case when p.state = 'unobservable' then null else ${sql} end`;
  return `select ${result.select}, s.step, s.name, ${value(n)} as ${name}, ${value(shareSql(n, first))} as rate, ${value(shareSql(n, before))} as step_rate, ${state} as state from result_periods as p cross join step_names as s left join counted as c on c.period = p.period`;
}

function columnsOf(rule: FunnelRule, result: ResultPeriods | undefined): QueryColumn[] {
  return [
    ...(result ? [result.column] : []),
    { name: 'step', type: 'integer', role: 'dimension' },
    { name: 'name', type: 'text', role: 'dimension' },
    metricColumn(rule.count, 'integer'),
    metricColumn('rate', 'double'),
    metricColumn('step_rate', 'double'),
    ...(result ? [stateColumn] : []),
  ];
}
