import { parseFragment } from '../../expression/parse-fragment.ts';
import { writeExpression } from '../../expression/write-sql.ts';
import type { Catalog, CatalogActivity } from '../catalog.ts';
import { eventSources, leavesOf } from '../cohort/leaves.ts';
import { createFactRows, type FactRows } from '../metric/fact-rows.ts';
import { replaceColumns } from '../metric/formula.ts';
import { daySql, instantSql, type TimeColumn } from '../period.ts';
import { textLiteral } from '../sql-text.ts';
import { amongSql, noteReads, type SegmentSetting } from './setting.ts';

/** The rows of an activity's model: whose they are, when they happened, what else is asked of them. */
export interface ActivityRows {
  readonly rows: FactRows;
  readonly entity: string;
  /** The instant. */
  readonly at: string;
  /** The day of the calendar. */
  readonly day: string;
  expression(canonical: string): string;
  /** `from … where …`, before the cut; to be read after all columns have been asked for. */
  source(more: readonly string[]): string;
}

export function activityRows(setting: SegmentSetting, activity: CatalogActivity): ActivityRows {
  const { catalog, diagnostics, asOf, zone } = setting;
  const where = activity.where === undefined ? {} : { where: parseFragment(activity.where) };
  const rows = createFactRows(catalog, {}, { model: activity.model!, exclude: [], ...where }, diagnostics);
  const entity = rows.text([activity.key!]);
  const type = rows.find([activity.time!])?.type === 'date' ? 'date' : 'timestamp';
  const time: TimeColumn = { sql: rows.text([activity.time!]), type, zone };
  const at = instantSql(time);
  return {
    rows,
    entity,
    at,
    day: daySql(time),
    expression: (canonical) => writeExpression(replaceColumns(parseFragment(canonical), rows.column)),
    source(more) {
      const those = [`${entity} is not null`, `${at} < ${asOf}`, ...amongSql(setting, entity), ...more];
      const source = `from ${rows.from()}${rows.where(those)}`;
      noteReads(setting, rows.reads());
      return source;
    },
  };
}

/** What is asked of the events of an activity. */
export interface EventsAsked {
  /** Conditions on the instant. */
  readonly when?: (at: string) => readonly string[];
  /** Canonical condition over the columns of the event's model. */
  readonly where?: string;
  readonly value?: boolean;
  readonly day?: boolean;
  /** What an event is shown by: `activity`, `worth` as text where it has any, and `event`, the key of its row. */
  readonly shown?: boolean;
}

/** The events of an activity, of all that it is made of: `entity`, `at`, and `value` and `day` where they are asked for. */
export function eventsSql(setting: SegmentSetting, name: string, asked: EventsAsked = {}): string {
  const { activities } = setting.catalog;
  return eventSources(activities.get(name)!, activities)
    .map((activity) => {
      const leaf = activityRows(setting, activity);
      const select = [
        `${leaf.entity} as entity`,
        `${leaf.at} as at`,
        ...(asked.value ? [`${leaf.expression(activity.value!)} as value`] : []),
        ...(asked.day ? [`${leaf.day} as day`] : []),
        ...(asked.shown ? shownColumns(setting, activity, leaf) : []),
      ];
      const where = asked.where === undefined ? [] : [`(${leaf.expression(asked.where)})`];
      return `select ${select.join(', ')} ${leaf.source([...(asked.when?.(leaf.at) ?? []), ...where])}`;
    })
    .join(' union all ');
}

function shownColumns({ catalog }: SegmentSetting, activity: CatalogActivity, leaf: ActivityRows): string[] {
  const keys = catalog.models.get(activity.model!)!.key.map((key) => `cast(${leaf.rows.text([key])} as text)`);
  const worth = activity.value === undefined ? 'null' : leaf.expression(activity.value);
  return [
    `${textLiteral(activity.name)} as activity`,
    `cast(${worth} as text) as worth`,
    `${keys.length === 0 ? 'cast(null as text)' : keys.join(` || '/' || `)} as event`,
  ];
}

/** Whether every event of an activity is worth something. */
export function hasValue({ activities }: Pick<Catalog, 'activities'>, name: string): boolean {
  return leavesOf(activities.get(name)!, activities).every(({ value }) => value !== undefined);
}
