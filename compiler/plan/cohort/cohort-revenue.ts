import { eventsSql, valueColumn } from './events.ts';
import { dimensionColumn, isWholeSql, membersSql } from './members.ts';
import { createPeriods, type Periods } from './periods.ts';
import { metricColumn, stateColumn } from './result-periods.ts';
import { cellsSql, cohortsSql, dimensionColumns, kColumn } from './retention.ts';
import type { CohortRevenueRule } from './rule.ts';
import { type Answer, type CohortSetting, shareSql } from './setting.ts';

/** Revenue retention of a cohort (semantics.md §6): the value of interval k, from the anchor on, over that of interval 0. */
export function answerCohortRevenue(setting: CohortSetting<CohortRevenueRule>): Answer {
  const { rule, catalog, asked } = setting;
  const periods = createPeriods(rule.every, catalog.calendar, setting.zone);
  const dimensions = asked.dimensions.map((_, i) => dimensionColumn(i));
  const events = eventsSql(setting, rule.activity, [['period', (leaf) => periods.of(leaf.time)], valueColumn]);
  const groups = ['cohort', ...dimensions].map((name) => `m.${name}`).join(', ');
  const since = `select ${groups}, ${periods.index('e.period')} - m.position as k, e.value from members as m join events as e on e.entity = m.entity and e.at >= m.at`;
  const by = ['m.cohort', ...dimensions.map((d) => `m.${d}`), 'k.cell'].join(', ');
  const brought = `select ${by}, coalesce(sum(m.value), 0) as value from since as m join cells as k on m.k between k.first and k.last group by ${by}`;
  const isBracketed = rule.cells.some(({ first, last }) => first !== last);
  const ctes: [string, string][] = [
    ['members', membersSql(setting, catalog.cohorts.get(rule.cohort)!, periods)],
    ['events', events],
    ['cells', cellsSql(rule.cells)],
    ['since', since],
    ['brought', brought],
    ['cohorts', cohortsSql(setting, periods)],
    ['triangle', triangleSql(setting, periods, dimensions)],
  ];
  const order = [...dimensions, 'cell'];
  const k = `${isBracketed ? 'name' : 'cell'} as k`;
  const money = [metricColumn('base', 'decimal'), metricColumn('value', 'decimal'), metricColumn('rate', 'double')];
  if (asked.cohort)
    return {
      with: ctes,
      rows: `select ${['cohort', ...dimensions, k, 'base', 'value', `${shareSql('value', 'base')} as rate`, 'state', 'cell'].join(', ')} from triangle`,
      columns: [
        { name: 'cohort', type: periods.type, role: 'grain' },
        kColumn({ isBracketed }),
        ...dimensionColumns(setting),
        ...money,
        stateColumn,
      ],
      order: ['cohort', ...order],
    };
  const used = ` filter (where state in ('final'${rule.includePartial ? ", 'partial'" : ''}))`;
  const rate = shareSql(`sum(value)${used}`, `sum(base)${used}`);
  const select = [
    ...dimensions,
    k,
    `sum(base)${used} as base`,
    `sum(value)${used} as value`,
    `${rate} as rate`,
    'cell',
  ];
  return {
    with: ctes,
    rows: `select ${select.join(', ')} from triangle group by ${['cell', 'name', ...dimensions].join(', ')}`,
    columns: [kColumn({ isBracketed }), ...dimensionColumns(setting), ...money],
    order,
  };
}

function triangleSql(
  setting: CohortSetting<CohortRevenueRule>,
  periods: Periods,
  dimensions: readonly string[],
): string {
  const { asOf } = setting;
  const closed = [
    `${periods.start(periods.after('c.cohort', '(k.last + 1)'))} <= ${asOf}`,
    isWholeSql(setting, periods, 'c.cohort'),
  ].join(' and ');
  const start = (k: string) => periods.start(periods.after('c.cohort', k));
  const state = `case when ${start('0')} >= ${asOf} then 'unobservable' when c.size = 0 then 'empty' when ${start('k.first')} >= ${asOf} then 'unobservable' when ${closed} then 'final' else 'partial' end`;
  const same = (alias: string) => dimensions.map((d) => ` and ${alias}.${d} is not distinct from c.${d}`).join('');
  const joined = (alias: string, cell: string) =>
    `left join brought as ${alias} on ${alias}.cohort = c.cohort and ${alias}.cell = ${cell}${same(alias)}`;
  const base = `case when ${start('0')} >= ${asOf} then null else coalesce(z.value, 0) end`;
  const value = `case when ${state} in ('unobservable', 'empty') then null else coalesce(b.value, 0) end`;
  const select = [
    'c.cohort',
    ...dimensions.map((d) => `c.${d}`),
    'k.cell',
    'k.name',
    `${base} as base`,
    `${value} as value`,
    `${state} as state`,
  ];
  return `select ${select.join(', ')} from cohorts as c cross join cells as k ${joined('z', '0')} ${joined('b', 'k.cell')}`;
}
