import type { Node } from '../../expression/ast.ts';
import { parseFragment } from '../../expression/parse-fragment.ts';
import { writeExpression } from '../../expression/write-sql.ts';
import type { CatalogActivity } from '../catalog.ts';
import { exclusionSql } from '../exclusion.ts';
import { createFactRows, type FactRows } from '../metric/fact-rows.ts';
import { replaceColumns } from '../metric/formula.ts';
import { instantSql, type TimeColumn } from '../period.ts';
import { textLiteral } from '../sql-text.ts';
import { eventSources } from './leaves.ts';
import type { CohortSetting } from './setting.ts';

/** The rows of an activity's model, known before `asOf`, of an entity. */
export interface LeafRows {
  readonly rows: FactRows;
  readonly entity: string;
  readonly time: TimeColumn;
  /** The instant it happens at. */
  readonly at: string;
  /** An author's expression over the model's columns. */
  expression(canonical: string): string;
  /** `from … where …` with more conditions; to be read after all columns have been asked for. */
  source(more?: readonly string[]): string;
}

export function leafRows(setting: CohortSetting, activity: CatalogActivity, predicate?: Node): LeafRows {
  const { catalog, metric, diagnostics, reads } = setting;
  const where = activity.where === undefined ? {} : { where: parseFragment(activity.where) };
  const fact = { model: activity.model!, exclude: [], ...where };
  const rows = createFactRows(catalog, predicate ? { predicate } : {}, fact, diagnostics);
  const entity = rows.text([activity.key!]);
  const time = timeOf(rows, activity.time!, setting);
  const at = instantSql(time);
  const excluded = metric.exclude.map((name) => exclusionSql(catalog.exclusions.get(name)!, entity));
  return {
    rows,
    entity,
    time,
    at,
    expression: (canonical) => writeExpression(replaceColumns(parseFragment(canonical), rows.column)),
    source: (more = []) => {
      const source = `from ${rows.from()}${rows.where([`${entity} is not null`, `${at} < ${setting.asOf}`, ...excluded, ...more])}`;
      for (const model of rows.reads()) reads.add(model);
      return source;
    },
  };
}

/** A column of time, in the zone of the metric's periods. */
export function timeOf(rows: FactRows, column: string, { zone }: CohortSetting): TimeColumn {
  const type = rows.find([column])?.type === 'date' ? 'date' : 'timestamp';
  return { sql: rows.text([column]), type, zone: textLiteral(zone) };
}

/** A column of events beside `entity` and `at`. */
export type EventColumn = readonly [name: string, sql: (leaf: LeafRows, activity: CatalogActivity) => string];

/** The events of an activity, of all that it is made of: `entity`, `at` and the columns asked for. */
export function eventsSql(setting: CohortSetting, name: string, columns: readonly EventColumn[] = []): string {
  const { activities } = setting.catalog;
  return eventSources(activities.get(name)!, activities)
    .map((activity) => {
      const leaf = leafRows(setting, activity);
      const select = [
        `${leaf.entity} as entity`,
        `${leaf.at} as at`,
        ...columns.map(([as, sql]) => `${sql(leaf, activity)} as ${as}`),
      ];
      return `select ${select.join(', ')} ${leaf.source()}`;
    })
    .join(' union all ');
}

/** What an event is worth. */
export const valueColumn: EventColumn = ['value', (leaf, activity) => leaf.expression(activity.value!)];

/** When what lasts ended. An end at or after `asOf` is not known yet. */
export function endedColumn(setting: CohortSetting): EventColumn {
  return [
    'ended',
    (leaf, activity) => {
      const ended = instantSql(timeOf(leaf.rows, activity.until!, setting));
      return `case when ${ended} < ${setting.asOf} then ${ended} end`;
    },
  ];
}

/** What lasted at all: what ends before it begins never ran. */
export function ranSql(events: string): string {
  return `select * from ${events} where ended is null or ended >= at`;
}

/** Whether the lasting event `c` runs as an instant comes: what ends there still does, what starts there does not yet. */
export function runsSql(at: string): string {
  return `c.at < ${at} and (c.ended is null or c.ended >= ${at})`;
}
