import { parseExpression } from '../../expression/parse-expression.ts';
import { canonicalType } from '../canonical-type.ts';
import { createFactRows } from '../metric/fact-rows.ts';
import type { QueryColumn, QueryPlan } from '../query-types.ts';
import { textLiteral } from '../sql-text.ts';
import { eventsSql } from './activity-rows.ts';
import { sinceSql } from './did.ts';
import { keyType } from './key-type.ts';
import { leafConditions } from './placed.ts';
import type { Condition } from './rule.ts';
import type { SegmentSetting } from './setting.ts';
import { beforeCutSql, windowSql } from './window.ts';

/** What the conditions of a rule have looked at for one entity: events, newest first, and properties. */
export interface EvidenceQuestion {
  readonly ask: 'evidence';
  readonly segment: string;
  readonly entity: string;
  /** The most events of one condition. */
  readonly limit: number;
}

/** `path`: the condition. `what`: the activity, or the property with its path. `event`: the key of the event's row. */
const columns: readonly QueryColumn[] = [
  { name: 'path', type: 'text', role: 'dimension' },
  { name: 'kind', type: 'text', role: 'dimension' },
  { name: 'what', type: 'text', role: 'dimension' },
  { name: 'at', type: 'timestamp', role: 'dimension' },
  { name: 'value', type: 'text', role: 'dimension' },
  { name: 'event', type: 'text', role: 'dimension' },
];

/** A row for each event that counts and each property that is asked for. Conditions that look at neither (metrics, lists, other segments) have none. */
export function evidenceSql(
  setting: SegmentSetting,
  rule: Condition,
  { entity, limit }: EvidenceQuestion,
): Pick<QueryPlan, 'sql' | 'columns'> {
  const { catalog, segment, tables } = setting;
  const own = `entity = cast(${textLiteral(entity)} as ${canonicalType(keyType(catalog, segment))})`;
  const none =
    "select cast('' as text) as path, cast('' as text) as kind, cast('' as text) as what, cast(null as timestamptz) as at, cast(null as text) as value, cast(null as text) as event where false";
  const parts = leafConditions(rule).flatMap(({ path, condition }) => {
    const properties = condition.kind === 'property' ? propertyRows(setting, path, condition.is, own) : [];
    const events = eventRows(setting, condition, own);
    if (events === undefined) return properties;
    const newest = `select activity, at, worth, event from (${events}) as events order by at desc, event desc limit ${limit}`;
    return [
      `select ${textLiteral(path)} as path, 'event' as kind, activity as what, at, worth as value, event from (${newest}) as newest`,
    ];
  });
  const ctes = tables.all.map(([name, sql]) => `${name} as (${sql})`).join(', ');
  const names = columns.map(({ name }) => name).join(', ');
  return {
    sql: `${ctes === '' ? '' : `with ${ctes} `}select ${names} from (${[none, ...parts].join(' union all ')}) as evidence order by path, at desc nulls last, event desc nulls last, what`,
    columns,
  };
}

/** The entity's events that the condition counts; undefined where it counts none. */
function eventRows(setting: SegmentSetting, condition: Condition, own: string): string | undefined {
  const select = (events: string, join = '') =>
    `select events.activity, events.at, events.worth, events.event from (${events}) as events${join} where events.${own}`;
  switch (condition.kind) {
    case 'did': {
      const { activity, timing, where } = condition;
      const when = (at: string) => windowSql(setting, timing, at);
      const events = eventsSql(setting, activity, { when, ...(where === undefined ? {} : { where }), shown: true });
      return select(events, sinceSql(setting, timing));
    }
    case 'edge': {
      const { which, activity, where } = condition;
      const events = eventsSql(setting, activity, { ...(where === undefined ? {} : { where }), shown: true });
      const place = `row_number() over (order by at ${which === 'first' ? 'asc' : 'desc'}, event) as place`;
      return `select activity, at, worth, event from (select activity, at, worth, event, ${place} from (${events}) as events where ${own}) as placed where place = 1`;
    }
    case 'sequence': {
      const { steps, within } = condition;
      const when = (at: string) => (within === undefined ? [] : [`${at} >= ${beforeCutSql(setting, within)}`]);
      const all = [...new Set(steps)].map((step) => eventsSql(setting, step, { when, shown: true }));
      return select(all.join(' union all '));
    }
    default:
      return undefined;
  }
}

/** The columns that a condition on properties names. An instant stands where instants stand. */
function propertyRows(setting: SegmentSetting, path: string, is: string, own: string): string[] {
  const { catalog, segment, diagnostics, reads } = setting;
  const place = { offset: 0, line: 1, column: 1 };
  const { expression } = parseExpression({ text: is, span: { file: 'rule', start: place, end: place } });
  const paths = new Map((expression?.columns ?? []).map((column) => [column.path.join('.'), column.path]));
  return [...paths].map(([name, column]) => {
    const rows = createFactRows(catalog, {}, { model: segment.attributes!, exclude: [] }, diagnostics);
    const key = rows.text([segment.key]);
    const value = rows.text(column);
    const isInstant = rows.find(column)?.type === 'timestamp';
    const select = [
      `${textLiteral(path)} as path`,
      "'property' as kind",
      `${textLiteral(name)} as what`,
      `${isInstant ? value : 'cast(null as timestamptz)'} as at`,
      `${isInstant ? 'cast(null as text)' : `cast(${value} as text)`} as value`,
      'cast(null as text) as event',
    ];
    const from = `from ${rows.from()} where ${own.replace(/^entity/, key)}`;
    for (const model of rows.reads()) reads.add(model);
    return `select ${select.join(', ')} ${from}`;
  });
}
