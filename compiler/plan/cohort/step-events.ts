import type { CatalogActivity } from '../catalog.ts';
import { leafRows } from './events.ts';
import { leavesOf } from './leaves.ts';
import type { FunnelRule } from './rule.ts';
import type { CohortSetting } from './setting.ts';

/** Rows of one model by one time: what can be put in order by (time, key). */
interface Source {
  readonly activity: CatalogActivity;
  /** The conditions of each step on these rows; a step made of several activities may have several. */
  readonly conditions: Map<number, (string | undefined)[]>;
}

/**
 * The events of a funnel as common table expressions that end with `steps`, one row each: `entity`, `at`, `source`, `place` (the event's number among the entity's of its source, by time
 * and key), `is_step_1` …, and with several sources `is_first`, whether it is the first of its source at its instant.
 */
export function stepEvents(setting: CohortSetting<FunnelRule>): { tables: [string, string][]; sources: number } {
  const sources = sourcesOf(setting);
  const ctes = sources.map((source, i): [string, string] => [`source_${i + 1}`, sourceSql(setting, source)]);
  const isFirst =
    sources.length > 1 ? ', row_number() over (partition by entity, at order by place) = 1 as is_first' : '';
  const events = sources.map(({ conditions }, i) => {
    const flags = setting.rule.steps.map((_, s) => `${conditions.has(s + 1) ? '' : 'false as '}is_step_${s + 1}`);
    return `select entity, at, ${i + 1} as source, place, ${flags.join(', ')}${isFirst} from source_${i + 1}`;
  });
  return { tables: [...ctes, ['steps', events.join(' union all ')]], sources: sources.length };
}

function sourcesOf({ rule, catalog }: CohortSetting<FunnelRule>): Source[] {
  const sources = new Map<string, Source>();
  for (const [i, name] of rule.steps.entries()) {
    for (const leaf of leavesOf(catalog.activities.get(name)!, catalog.activities)) {
      const key = JSON.stringify([leaf.model, leaf.key, leaf.time]);
      const source = sources.get(key) ?? { activity: leaf, conditions: new Map() };
      source.conditions.set(i + 1, [...(source.conditions.get(i + 1) ?? []), leaf.where]);
      sources.set(key, source);
    }
  }
  return [...sources.values()];
}

function sourceSql(setting: CohortSetting<FunnelRule>, { activity, conditions }: Source): string {
  const { where: _, ...rows } = activity;
  const leaf = leafRows(setting, rows);
  const keys = setting.catalog.models.get(activity.model!)!.key.map((key) => leaf.rows.text([key]));
  const isStep = [...conditions].map(([step, all]) => {
    const any = all.map((one) => (one === undefined ? 'true' : `coalesce(${leaf.expression(one)}, false)`));
    return { step, sql: `(${any.join(' or ')})` };
  });
  const place = `row_number() over (partition by ${leaf.entity} order by ${[leaf.at, ...keys].join(', ')}) as place`;
  const flags = isStep.map(({ step, sql }) => `${sql} as is_step_${step}`);
  const select = [`${leaf.entity} as entity`, `${leaf.at} as at`, place, ...flags];
  return `select ${select.join(', ')} ${leaf.source([`(${isStep.map(({ sql }) => sql).join(' or ')})`])}`;
}
