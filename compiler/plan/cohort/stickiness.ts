import { startOfDaySql } from '../period.ts';
import { identifier as id } from '../sql-text.ts';
import { eventsSql } from './events.ts';
import { createPeriods, localDaySql, type Periods } from './periods.ts';
import { metricColumn, observedSql, type ResultPeriods, resultPeriods, stateColumn } from './result-periods.ts';
import { type StickinessRule, trailingDays } from './rule.ts';
import { type Answer, type CohortSetting, shareSql } from './setting.ts';

/**
 * Stickiness (semantics.md §5): mean actives of the short periods over the actives of the long one; of a period that is open or cut, the short ones that have begun and are asked for. With
 * `window: trailing` the last day over the days that end with it. As a histogram, entities by their number of short periods.
 */
export function answerStickiness(setting: CohortSetting<StickinessRule>): Answer {
  const { rule, catalog, zone } = setting;
  const result = resultPeriods(setting, { count: 1, unit: rule.in }, 'events');
  const short = createPeriods({ count: 1, unit: rule.of }, catalog.calendar, zone);
  const events = eventsSql(setting, rule.activity, [
    ['day', (leaf) => localDaySql(leaf.time, short.zone)],
    ['short', (leaf) => short.of(leaf.time)],
    ['period', (leaf) => result.periods.of(leaf.time)],
  ]);
  const ctes: [string, string][] = [
    ['events', events],
    ['active', 'select distinct entity, day, short, period from events'],
    ['result_periods', result.sql],
    ['spans', spansSql(setting, result)],
  ];
  const own = rule.window === 'trailing' ? '' : 'a.period = p.period and ';
  const on = `${own}a.day >= p.low and a.day < p.high`;
  if (rule.as === 'histogram') return histogram(result, ctes, on);
  if (rule.window === 'trailing') {
    const counted = `select p.period, count(distinct a.entity) as wide, count(distinct a.entity) filter (where a.day = p.high - 1) as narrow from spans as p join active as a on ${on} group by p.period`;
    return rate(result, [...ctes, ['counted', counted]], shareSql('n.narrow', 'n.wide'));
  }
  const counted = `select p.period, count(distinct a.entity) as wide from spans as p join active as a on ${on} group by p.period`;
  const pairs = `select period, count(*) as pairs from (select distinct p.period, a.entity, a.short from spans as p join active as a on ${on}) as each_short group by period`;
  const mean = shareSql('m.pairs', `(n.wide * s.shorts)`);
  const all: [string, string][] = [
    ...ctes,
    ['counted', counted],
    ['paired', pairs],
    ['lengths', lengthsSql(setting, short)],
  ];
  return rate(
    result,
    all,
    mean,
    ' left join paired as m on m.period = p.period left join lengths as s on s.period = p.period',
  );
}

/** The days that count in each period. Those after `asOf` have not begun. */
function spansSql({ rule, asOf }: CohortSetting<StickinessRule>, { periods }: ResultPeriods): string {
  const known = `(cast((${asOf} - interval '1 microsecond') at time zone ${periods.zone} as date) + 1)`;
  const high = `least(p.end_day, ${known})`;
  const low = rule.window === 'trailing' ? `(${high} - ${trailingDays[rule.in]})` : 'p.first_day';
  return `select p.period, ${low} as low, ${high} as high from result_periods as p where p.state <> 'unobservable'`;
}

/** How many short periods there are in each span. */
function lengthsSql({ rule, asOf }: CohortSetting<StickinessRule>, short: Periods): string {
  if (rule.of === 'day') return 'select p.period, p.high - p.low as shorts from spans as p';
  if (rule.of === 'hour') {
    const start = startOfDaySql('p.low', short.zone);
    const end = `least(${startOfDaySql('p.high', short.zone)}, ${asOf})`;
    return `select p.period, ceil(extract(epoch from (${end} - ${start})) / 3600) as shorts from spans as p`;
  }
  const first = short.index(short.ofDay('p.low'));
  const last = short.index(short.ofDay('(p.high - 1)'));
  return `select p.period, ${last} - ${first} + 1 as shorts from spans as p`;
}

function rate(result: ResultPeriods, ctes: [string, string][], share: string, joins = ''): Answer {
  return {
    with: ctes,
    rows: `select ${result.select}, ${observedSql(share)} as rate, p.state from result_periods as p left join counted as n on n.period = p.period${joins}`,
    columns: [result.column, metricColumn('rate', 'double'), stateColumn],
    order: [id(result.periods.label)],
  };
}

function histogram(result: ResultPeriods, ctes: [string, string][], on: string): Answer {
  const each = `select p.period, a.entity, count(distinct a.short) as days from spans as p join active as a on ${on} group by p.period, a.entity`;
  return {
    with: [...ctes, ['each_entity', each]],
    rows: `select ${result.select}, n.days, count(*) as entities, p.state from result_periods as p join each_entity as n on n.period = p.period group by p.period, n.days, p.state`,
    columns: [
      result.column,
      { name: 'days', type: 'integer', role: 'dimension' },
      metricColumn('entities', 'integer'),
      stateColumn,
    ],
    order: [id(result.periods.label), 'days'],
  };
}
