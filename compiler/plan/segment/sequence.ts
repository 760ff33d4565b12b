import type { CatalogActivity } from '../catalog.ts';
import { leavesOf } from '../cohort/leaves.ts';
import { activityRows } from './activity-rows.ts';
import type { ConditionSql } from './did.ts';
import type { Condition } from './rule.ts';
import type { SegmentSetting } from './setting.ts';
import { beforeCutSql } from './window.ts';

type Sequence = Extract<Condition, { kind: 'sequence' }>;

/** Rows of one model by one time: what can be put in order by (time, key). */
interface Source {
  readonly activity: CatalogActivity;
  /** Step → the conditions on these rows; a step made of several activities may have several. */
  readonly steps: Map<number, (string | undefined)[]>;
}

/**
 * One activity after the other, each event later than the one before, or at the same instant later by the key of their model; between two models a tie never follows. Of the events that
 * a step can be reached at only the earliest of each model count: whatever follows another one follows it, too.
 */
export function sequenceSql(setting: SegmentSetting, condition: Sequence): ConditionSql {
  const { tables } = setting;
  const sources = sourcesOf(setting, condition);
  const events = sources.map((source) => tables.add('events', sourceSql(setting, condition, source)));
  const ofStep = (step: number) =>
    sources
      .flatMap(({ steps }, i) =>
        steps.has(step) ? [`select entity, at, place, ${i + 1} as source from ${events[i]} where is_step_${step}`] : [],
      )
      .join(' union all ');
  let reached: string | undefined;
  for (const step of condition.steps.keys()) {
    const follows =
      reached === undefined
        ? ''
        : ` where exists (select 1 from ${reached} as before where before.entity = step.entity and (step.at > before.at or (step.source = before.source and step.place > before.place)))`;
    reached = tables.add(
      'reached',
      `select step.entity, step.source, min(step.at) as at, min(step.place) as place from (${ofStep(step + 1)}) as step${follows} group by step.entity, step.source`,
    );
  }
  const table = tables.add('sequence', `select entity, min(at) as at from ${reached!} group by entity`);
  return {
    sql: `${table}.entity is not null`,
    tables: [table],
    values: [{ name: 'at', sql: `${table}.at`, type: 'timestamp' }],
  };
}

function sourcesOf({ catalog: { activities } }: SegmentSetting, { steps }: Sequence): Source[] {
  const sources = new Map<string, Source>();
  for (const [i, name] of steps.entries()) {
    for (const leaf of leavesOf(activities.get(name)!, activities)) {
      const key = JSON.stringify([leaf.model, leaf.key, leaf.time]);
      const source = sources.get(key) ?? { activity: leaf, steps: new Map() };
      source.steps.set(i + 1, [...(source.steps.get(i + 1) ?? []), leaf.where]);
      sources.set(key, source);
    }
  }
  return [...sources.values()];
}

function sourceSql(setting: SegmentSetting, { within }: Sequence, { activity, steps }: Source): string {
  const { where: _, ...all } = activity;
  const leaf = activityRows(setting, all);
  const keys = setting.catalog.models.get(activity.model!)!.key.map((key) => leaf.rows.text([key]));
  const flags = [...steps].map(([step, conditions]) => {
    const any = conditions.map((one) => (one === undefined ? 'true' : `coalesce(${leaf.expression(one)}, false)`));
    return { step, sql: `(${any.join(' or ')})` };
  });
  const select = [
    `${leaf.entity} as entity`,
    `${leaf.at} as at`,
    `row_number() over (partition by ${leaf.entity} order by ${[leaf.at, ...keys].join(', ')}) as place`,
    ...flags.map(({ step, sql }) => `${sql} as is_step_${step}`),
  ];
  const inWindow = within === undefined ? [] : [`${leaf.at} >= ${beforeCutSql(setting, within)}`];
  return `select ${select.join(', ')} ${leaf.source([...inWindow, `(${flags.map(({ sql }) => sql).join(' or ')})`])}`;
}
