import type { QueryColumn } from '../query-types.ts';
import { identifier as id, textLiteral } from '../sql-text.ts';
import { elapsedSql } from './length.ts';
import { metricColumn, type ResultPeriods, resultPeriods, stateColumn } from './result-periods.ts';
import type { FunnelRule } from './rule.ts';
import { type Answer, type CohortSetting, shareSql } from './setting.ts';
import { followsSql, stepEventsSql } from './step-events.ts';

type Named = [string, string];

/**
 * A funnel (semantics.md §7): how many come as far as each step. Matching is on instants; an attempt belongs to the period of its entry. Attempts whose time is not over are in no
 * count, whatever they have come to.
 */
export function answerFunnel(setting: CohortSetting<FunnelRule>): Answer {
  const { rule, asked } = setting;
  const result = asked.grain ? resultPeriods(setting, { count: 1, unit: asked.grain }, 'steps') : undefined;
  const ways = rule.order === 'any' ? anyOrder(rule) : inOrder(rule);
  const names = rule.steps
    .map((name, i) => `select ${i + 1} as step, ${textLiteral(name)} as name`)
    .join(' union all ');
  return {
    with: [
      ...stepEventsSql(setting),
      ['attempts', attemptsSql(setting, result)],
      ...ways,
      ['step_names', names],
      ...(result ? [['result_periods', result.sql] as const] : []),
      ['counted', countedSql(rule, result !== undefined)],
    ],
    rows: rowsSql(setting, result),
    columns: columnsOf(rule, result),
    order: [...(result ? [id(result.periods.label)] : []), 'step'],
  };
}

/** Entries whose time is over: the last step's moment included with an inclusive bound. */
function attemptsSql(setting: CohortSetting<FunnelRule>, result: ResultPeriods | undefined): string {
  const { rule, asOf, from, to, zone } = setting;
  const lengths = rule.windowFrom === 'previous_step' ? rule.steps.length - 1 : 1;
  const day = `cast((at at time zone ${textLiteral(zone)}) as date)`;
  const kept = [
    ...(rule.entry === 'first' ? ['rank = 1'] : []),
    `at + ${elapsedSql(rule.within, lengths)} ${rule.bound === 'inclusive' ? '<' : '<='} ${asOf}`,
    ...(from ? [`${day} >= date '${from}'`] : []),
    ...(to ? [`${day} < date '${to}'`] : []),
  ];
  const entries = `select distinct entity, at, source, place from steps${rule.order === 'any' ? '' : ' where step = 1'}`;
  const ranked = `select e.*, row_number() over (partition by entity order by at, source, place) as rank from (${entries}) as e`;
  const period = result
    ? `, ${result.periods.of({ sql: 'at', type: 'timestamp', zone: result.periods.zone })} as period`
    : '';
  return `select entity, at, source, place, at as started, row_number() over (order by entity, at, source, place) as attempt${period} from (${ranked}) as ranked where ${kept.join(' and ')}`;
}

/** Step by step: of those that came to one, what follows it in time. */
function inOrder(rule: FunnelRule): Named[] {
  const within = withinSql(rule, rule.windowFrom === 'first_step' ? 'a.started' : 'a.at', 'e.at');
  const between = `not exists (select 1 from steps as b where b.entity = a.entity and ${followsSql('a', 'b')} and ${followsSql('b', 'e')})`;
  const columns = 'attempt, entity, started, at, source, place';
  const ways: Named[] = [['way_1', `select ${columns} from attempts`]];
  for (let step = 2; step <= rule.steps.length; step++) {
    const on = [
      'e.entity = a.entity',
      `e.step = ${step}`,
      followsSql('a', 'e'),
      within,
      ...(rule.order === 'strict' ? [between] : []),
    ].join(' and ');
    const next = `select distinct a.attempt, a.entity, a.started, e.at, e.source, e.place from way_${step - 1} as a join steps as e on ${on}`;
    // Of one source the earliest leaves the most time. Not so where each step has its own time, or its own neighbour.
    const isEarliestBest = rule.order === 'sequential' && rule.windowFrom === 'first_step';
    const earliest = `select ${columns} from (select n.*, row_number() over (partition by attempt, source order by place) as rank from (${next}) as n) as ranked where rank = 1`;
    ways.push([`way_${step}`, isEarliestBest ? earliest : next]);
  }
  const reached = rule.steps.map((_, i) => `select distinct attempt, entity, ${i + 1} as step from way_${i + 1}`);
  return [...ways, ['reached', reached.join(' union all ')]];
}

/** All steps up to one within the time from the first of them, whichever it is: without a gap the n-th step done is step n. */
function anyOrder(rule: FunnelRule): Named[] {
  const on = `e.entity = a.entity and e.at >= a.started and ${withinSql(rule, 'a.started', 'e.at')}`;
  const done = `select distinct a.attempt, a.entity, e.step from attempts as a join steps as e on ${on}`;
  const ranked = `select d.*, row_number() over (partition by attempt order by step) as place from (${done}) as d`;
  return [['reached', `select attempt, entity, step from (${ranked}) as ranked where step = place`]];
}

function withinSql({ within, bound }: FunnelRule, start: string, at: string): string {
  return `${at} ${bound === 'inclusive' ? '<=' : '<'} ${start} + ${elapsedSql(within)}`;
}

function countedSql({ count }: FunnelRule, isByPeriod: boolean): string {
  const counted = count === 'attempts' ? 'count(*)' : 'count(distinct r.entity)';
  if (!isByPeriod) return `select r.step, ${counted} as n from reached as r group by r.step`;
  return `select a.period, r.step, ${counted} as n from reached as r join attempts as a on a.attempt = r.attempt group by a.period, r.step`;
}

function rowsSql({ rule, asOf }: CohortSetting<FunnelRule>, result: ResultPeriods | undefined): string {
  const n = 'coalesce(c.n, 0)';
  const part = result ? 'partition by p.period ' : '';
  const first = `first_value(${n}) over (${part}order by s.step)`;
  const before = `lag(${n}) over (${part}order by s.step)`;
  const name = id(rule.count);
  if (!result)
    return `select s.step, s.name, ${n} as ${name}, ${shareSql(n, first)} as rate, ${shareSql(n, before)} as step_rate from step_names as s left join counted as c on c.step = s.step`;
  const lengths = rule.windowFrom === 'previous_step' ? rule.steps.length - 1 : 1;
  const over = `${result.periods.start('p.end_day')} + ${elapsedSql(rule.within, lengths)} <= ${asOf}`;
  const state = `case when p.state = 'final' and not (${over}) then 'partial' else p.state end`;
  const value = (sql: string) => `case when p.state = 'unobservable' then null else ${sql} end`;
  return `select ${result.select}, s.step, s.name, ${value(n)} as ${name}, ${value(shareSql(n, first))} as rate, ${value(shareSql(n, before))} as step_rate, ${state} as state from result_periods as p cross join step_names as s left join counted as c on c.step = s.step and c.period = p.period`;
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
