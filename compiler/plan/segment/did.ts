import { elapsedSql, parseLength } from '../cohort/length.ts';
import { eventsSql } from './activity-rows.ts';
import type { DidCondition, EdgeCondition, MeasureTest, Timing } from './rule.ts';
import type { SegmentSetting } from './setting.ts';
import { sinceInstantSql, untilInstantSql, windowSql } from './window.ts';

/** A condition as SQL over the population with `tables` joined to it, and the values that it looks at. */
export interface ConditionSql {
  readonly sql: string;
  readonly tables: readonly string[];
  readonly values: readonly { readonly name: string; readonly sql: string; readonly type: string }[];
}

/**
 * What was done so often. Nothing done is a count and a sum of 0, and it has no mean, least or greatest value: these do not hold. Unless `times` or `days` says otherwise, it has to have
 * been done at all. Never unknown.
 */
export function didSql(setting: SegmentSetting, condition: DidCondition): ConditionSql {
  const { activity, tests, timing, where, negated } = condition;
  const needs = (...measures: readonly MeasureTest['measure'][]) => tests.some((t) => measures.includes(t.measure));
  const hasValue = needs('sum', 'avg', 'min', 'max');
  const events = eventsSql(setting, activity, {
    when: (at) => windowSql(setting, timing, at),
    ...(where === undefined ? {} : { where }),
    value: hasValue,
    day: needs('days'),
  });
  const columns = [
    'events.entity',
    'count(*) as times',
    ...(needs('days') ? ['count(distinct events.day) as days'] : []),
    ...(needs('sum', 'avg') ? ['sum(events.value) as total'] : []),
    ...(needs('avg') ? ['count(events.value) as amounts'] : []),
    ...(needs('min') ? ['min(events.value) as least'] : []),
    ...(needs('max') ? ['max(events.value) as greatest'] : []),
  ];
  const from = sinceSql(setting, timing);
  const table = setting.tables.add(
    'did',
    `select ${columns.join(', ')} from (${events}) as events${from} group by events.entity`,
  );
  const once = needs('times', 'days') ? [] : [`${table}.entity is not null`];
  const holds = [...once, ...tests.map((test) => testSql(table, test))].join(' and ');
  return {
    sql: negated ? `not (${holds})` : `(${holds})`,
    tables: [table],
    values: [
      seenSql(table, 'times'),
      ...tests.filter(({ measure }) => measure !== 'times').map(({ measure }) => seenSql(table, measure)),
    ],
  };
}

/** The mean is compared as a sum, so that no engine rounds it. */
function testSql(table: string, { measure, operator, number }: MeasureTest): string {
  const against = `${operator} ${number}`;
  switch (measure) {
    case 'times':
    case 'days':
      return `coalesce(${table}.${measure}, 0) ${against}`;
    case 'sum':
      return `coalesce(${table}.total, 0) ${against}`;
    case 'avg':
      return `coalesce(${table}.amounts > 0 and ${table}.total ${operator} ${number} * ${table}.amounts, false)`;
    case 'min':
      return `coalesce(${table}.least ${against}, false)`;
    case 'max':
      return `coalesce(${table}.greatest ${against}, false)`;
  }
}

function seenSql(table: string, measure: MeasureTest['measure']): ConditionSql['values'][number] {
  switch (measure) {
    case 'times':
      return { name: 'times', sql: `coalesce(${table}.times, 0)`, type: 'integer' };
    case 'days':
      return { name: 'days', sql: `coalesce(${table}.days, 0)`, type: 'integer' };
    case 'sum':
      return { name: 'sum', sql: `coalesce(${table}.total, 0)`, type: 'decimal' };
    case 'avg':
      return {
        name: 'avg',
        sql: `cast(${table}.total / nullif(${table}.amounts, 0) as double precision)`,
        type: 'double',
      };
    case 'min':
      return { name: 'min', sql: `${table}.least`, type: 'decimal' };
    case 'max':
      return { name: 'max', sql: `${table}.greatest`, type: 'decimal' };
  }
}

/** From the entity's own start on; who has none has no events. */
export function sinceSql(setting: SegmentSetting, timing: Timing | undefined): string {
  if (timing?.form !== 'since') return '';
  const pick = timing.which === 'first' ? 'min' : 'max';
  const starts = eventsSql(setting, timing.activity);
  const table = setting.tables.add(
    'since',
    `select entity, ${pick}(at) as at from (${starts}) as starts group by entity`,
  );
  const end =
    timing.within === undefined ? '' : ` and events.at < ${table}.at + ${elapsedSql(parseLength(timing.within))}`;
  return ` join ${table} on ${table}.entity = events.entity and events.at >= ${table}.at${end}`;
}

/** When the first or last event was; who has none does not meet it. Of a last event that is to lie behind an instant, one behind it tells, and earlier ones are not read where nobody asks when it was. */
export function edgeSql(setting: SegmentSetting, { which, activity, timing, where }: EdgeCondition): ConditionSql {
  const telling = which === 'last' ? sinceInstantSql : untilInstantSql;
  const events = eventsSql(setting, activity, {
    when: (at) => (setting.explains ? [] : telling(setting, timing, at)),
    ...(where === undefined ? {} : { where }),
  });
  const pick = which === 'first' ? 'min' : 'max';
  const table = setting.tables.add(
    which,
    `select entity, ${pick}(at) as at from (${events}) as events group by entity`,
  );
  return {
    sql: `coalesce(${windowSql(setting, timing, `${table}.at`).join(' and ')}, false)`,
    tables: [table],
    values: [{ name: 'at', sql: `${table}.at`, type: 'timestamp' }],
  };
}
