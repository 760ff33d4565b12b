import { canonicalType } from '../canonical-type.ts';
import { textLiteral } from '../sql-text.ts';
import { type ConditionSql, didSql, edgeSql } from './did.ts';
import { keyType } from './key-type.ts';
import { metricSql } from './metric-value.ts';
import type { Condition } from './rule.ts';
import { sequenceSql } from './sequence.ts';
import { population, type SegmentSetting } from './setting.ts';

export type { ConditionSql } from './did.ts';

/** How another segment's verdict is read: its SELECT of `entity` and `verdict`. */
export type OtherSegment = (name: string) => string;

/** A condition that is no group; `property`: the column of the population that answers the n-th one on properties. */
export function conditionSql(
  setting: SegmentSetting,
  condition: Condition,
  property: string | undefined,
  other: OtherSegment,
): ConditionSql {
  switch (condition.kind) {
    case 'did':
      return didSql(setting, condition);
    case 'edge':
      return edgeSql(setting, condition);
    case 'sequence':
      return sequenceSql(setting, condition);
    case 'metric':
      return metricSql(setting, condition);
    case 'property':
      return { sql: `${population}.${property!}`, tables: [], values: [] };
    case 'segment': {
      const table = setting.tables.add('segment', other(condition.segment));
      const verdict = `${table}.verdict`;
      return {
        sql: `case when ${verdict} = 'member' then true when ${verdict} = 'unknown' then null else false end`,
        tables: [table],
        values: [{ name: 'verdict', sql: verdict, type: 'text' }],
      };
    }
    case 'list':
      return listSql(setting, condition);
    case 'all':
    case 'any':
    case 'not':
      throw new Error(`a group is no single condition: ${condition.kind}`);
  }
}

function listSql(setting: SegmentSetting, { ids }: Extract<Condition, { kind: 'list' }>): ConditionSql {
  const type = canonicalType(keyType(setting.catalog, setting.segment));
  const rows = ids.map((one) => `select cast(${textLiteral(one)} as ${type})`);
  const none = `select cast(null as ${type}) as entity where false`;
  const table = setting.tables.add('list', [none, ...rows].join(' union all '));
  return { sql: `${table}.entity is not null`, tables: [table], values: [] };
}
