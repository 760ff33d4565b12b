import type { QueryColumn } from '../query-types.ts';
import { textLiteral } from '../sql-text.ts';
import { eventsSql } from './events.ts';
import { hitsSql } from './hits.ts';
import { elapsedSql } from './length.ts';
import { cohortPeriodsSql, dimensionColumn, isWholeSql, membersSql } from './members.ts';
import { createPeriods, type Periods } from './periods.ts';
import { readCounted } from './read-counted.ts';
import type { CellSpan, RetentionRule } from './rule.ts';
import { type Answer, type CohortSetting, shareSql } from './setting.ts';

/** Retention, and the churn of a cohort, which is 1 less that: one row per cohort and interval, or the mean over cohorts per interval (semantics.md §4). */
export function answerRetention(setting: CohortSetting<RetentionRule>): Answer {
  const { rule, catalog, asked } = setting;
  // Elapsed hours may be cut anyhow; the cohorts of a day are then those of a day.
  const isOddHours = rule.every.unit === 'hour' && rule.every.count > 1;
  const periods = createPeriods(isOddHours ? { count: 1, unit: 'day' } : rule.every, catalog.calendar, setting.zone);
  const ctes: [string, string][] = [
    ['cells', cellsSql(rule.cells)],
    ...(rule.counted === undefined ? countRows(setting, periods) : readCounted(setting, periods, rule.counted)),
    ['triangle', triangleSql(setting, periods)],
  ];
  return asked.cohort ? byCohort(setting, periods, ctes) : overCohorts(setting, ctes);
}

/** Cohorts with their sizes, and `returned`: how many of each count in which cell. */
function countRows(setting: CohortSetting<RetentionRule>, periods: Periods): [string, string][] {
  const { rule, catalog, asked } = setting;
  const counted = ['m.cohort', ...asked.dimensions.map((_, i) => `m.${dimensionColumn(i)}`), 'x.cell'].join(', ');
  return [
    ['members', membersSql(setting, catalog.cohorts.get(rule.cohort)!, periods)],
    ['returns', eventsSql(setting, rule.activity, [['period', (leaf) => periods.of(leaf.time)]])],
    ...hitsSql(rule, periods, setting),
    ['cohorts', cohortsSql(setting, periods)],
    [
      'returned',
      `select ${counted}, count(*) as entities from counted as x join members as m on m.entity = x.entity and m.cohort = x.cohort group by ${counted}`,
    ],
  ];
}

/** Each cell: its place, first and last interval, and name. As VALUES: a UNION of as many SELECTs takes an engine longer to plan than some questions to answer. */
export function cellsSql(cells: readonly CellSpan[]): string {
  const rows = cells.map(({ first, last, name }, i) => `(${i}, ${first}, ${last}, ${textLiteral(name)})`);
  return `select * from (values ${rows.join(', ')}) as c (cell, first, last, name)`;
}

/** Cohorts with their sizes; cut by dimensions, those that somebody is in. */
export function cohortsSql(setting: CohortSetting, periods: Periods): string {
  const dimensions = setting.asked.dimensions.map((_, i) => dimensionColumn(i));
  const counts = 'count(m.entity) as size, min(m.at) as first_at, max(m.at) as last_at';
  if (dimensions.length > 0) {
    const groups = ['m.cohort', ...dimensions.map((d) => `m.${d}`)].join(', ');
    return `select ${groups}, ${counts} from members as m group by ${groups}`;
  }
  const spine = cohortPeriodsSql(setting, periods);
  return `select p.period as cohort, ${counts} from (${spine}) as p left join members as m on m.cohort = p.period group by p.period`;
}

function triangleSql(setting: CohortSetting<RetentionRule>, periods: Periods): string {
  const { rule, asked } = setting;
  const dimensions = asked.dimensions.map((_, i) => dimensionColumn(i));
  const same = dimensions.map((d) => ` and n.${d} is not distinct from c.${d}`).join('');
  const state = cellStateSql(setting, periods);
  const isZero = rule.periodZero === 'anchor' ? 'when k.cell = 0 then c.size ' : '';
  const returned = `case when ${state} in ('unobservable', 'empty') then null ${isZero}else coalesce(n.entities, 0) end`;
  const size = `case when ${periods.start('c.cohort')} >= ${setting.asOf} then null else c.size end`;
  const select = [
    'c.cohort',
    ...dimensions.map((d) => `c.${d}`),
    'k.cell',
    'k.name',
    `${size} as size`,
    `${returned} as returned`,
    `${state} as state`,
  ];
  return `select ${select.join(', ')} from cohorts as c cross join cells as k left join returned as n on n.cohort = c.cohort and n.cell = k.cell${same}`;
}

/** Final is a cell whose cohort is complete and whose interval is over for every member; what has begun for nobody cannot be observed. */
function cellStateSql(setting: CohortSetting<RetentionRule>, periods: Periods): string {
  const { rule, asOf } = setting;
  const isRolling = rule.interval === 'rolling';
  const elapsed = (at: string, k: string) => `${at} + ${elapsedSql(rule.every)} * ${k}`;
  const start = isRolling ? elapsed('c.first_at', 'k.first') : periods.start(periods.after('c.cohort', 'k.first'));
  const end = isRolling
    ? elapsed('c.last_at', '(k.last + 1)')
    : periods.start(periods.after('c.cohort', '(k.last + 1)'));
  const closed = [
    `${end} <= ${asOf}`,
    `${periods.start(periods.after('c.cohort', 1))} <= ${asOf}`,
    isWholeSql(setting, periods, 'c.cohort'),
  ].join(' and ');
  const known = rule.criteria === 'on_or_after' ? "else 'as_of'" : `when ${closed} then 'final' else 'partial'`;
  return `case when ${periods.start('c.cohort')} >= ${asOf} then 'unobservable' when c.size = 0 then 'empty' when ${start} >= ${asOf} then 'unobservable' ${known} end`;
}

function byCohort(setting: CohortSetting<RetentionRule>, periods: Periods, ctes: [string, string][]): Answer {
  const { asked, rule } = setting;
  const dimensions = asked.dimensions.map((_, i) => dimensionColumn(i));
  const { name, count, share } = outcomeOf(rule);
  const select = [
    'cohort',
    ...dimensions,
    `${rule.isBracketed ? 'name' : 'cell'} as k`,
    'size',
    `${count} as ${name}`,
    `${share} as rate`,
    'state',
    'cell',
  ];
  return {
    with: ctes,
    rows: `select ${select.join(', ')} from triangle`,
    columns: [
      { name: 'cohort', type: periods.type, role: 'grain' },
      kColumn(rule),
      ...dimensionColumns(setting),
      ...countColumns(name),
      { name: 'state', type: 'text', role: 'state' },
    ],
    order: ['cohort', ...dimensions, 'cell'],
  };
}

/** The mean over cohorts, of cells that are closed (or open, where asked for). */
function overCohorts(setting: CohortSetting<RetentionRule>, ctes: [string, string][]): Answer {
  const { asked, rule } = setting;
  const states = ["'final'", "'as_of'", ...(rule.includePartial ? ["'partial'"] : [])];
  const used = ` filter (where state in (${states.join(', ')}))`;
  const { name, count, share } = outcomeOf(rule);
  const sum = (sql: string) => `cast(sum(${sql})${used} as bigint)`;
  const rate = rule.mean === 'pooled' ? shareSql(`sum(${count})${used}`, `sum(size)${used}`) : `avg(${share})${used}`;
  const dimensions = asked.dimensions.map((_, i) => dimensionColumn(i));
  const select = [
    ...dimensions,
    `${rule.isBracketed ? 'name' : 'cell'} as k`,
    `${sum('size')} as size`,
    `${sum(count)} as ${name}`,
    `${rate} as rate`,
    'cell',
  ];
  return {
    with: ctes,
    rows: `select ${select.join(', ')} from triangle group by ${['cell', 'name', ...dimensions].join(', ')}`,
    columns: [kColumn(rule), ...dimensionColumns(setting), ...countColumns(name)],
    order: [...dimensions, 'cell'],
  };
}

function outcomeOf({ rule }: RetentionRule): { name: string; count: string; share: string } {
  const count = rule === 'cohort_churn' ? '(size - returned)' : 'returned';
  return { name: rule === 'cohort_churn' ? 'churned' : 'returned', count, share: shareSql(count, 'size') };
}

export function kColumn({ isBracketed }: Pick<RetentionRule, 'isBracketed'>): QueryColumn {
  return { name: 'k', type: isBracketed ? 'text' : 'integer', role: 'dimension' };
}

export function dimensionColumns(setting: CohortSetting): QueryColumn[] {
  return setting.asked.dimensions.map((d): QueryColumn => {
    const type = setting.metric.dimensions.find((one) => one.name === d.name)?.type;
    return { name: d.label, type: type ?? 'text', role: 'dimension' };
  });
}

function countColumns(name: string): QueryColumn[] {
  return [
    { name: 'size', type: 'integer', role: 'metric' },
    { name, type: 'integer', role: 'metric' },
    { name: 'rate', type: 'double', role: 'metric' },
  ];
}
