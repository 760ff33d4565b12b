import { parseFragment } from '../../expression/parse-fragment.ts';
import { writeExpression } from '../../expression/write-sql.ts';
import type { Catalog, CatalogActivity } from '../catalog.ts';
import { createFactRows } from '../metric/fact-rows.ts';
import { replaceColumns } from '../metric/formula.ts';
import { instantSql } from '../period.ts';
import { activityRows } from './activity-rows.ts';
import { amongSql, noteReads, type SegmentSetting } from './setting.ts';

/** The activities of rows that an entity does. */
export function activitiesOf({ activities }: Pick<Catalog, 'activities'>, entity: string): readonly CatalogActivity[] {
  return [...activities.values()].filter((one) => one.model !== undefined && one.entity === entity);
}

/**
 * Everyone there is: the rows of the model with the entity's properties, but those whose own time (of a user: the signing up) is not before the cut; of an entity without properties, whoever has done
 * anything. `properties`: canonical conditions, each a column of its own.
 */
export function populationSql(setting: SegmentSetting, properties: readonly string[]): string {
  const { catalog, segment, asOf, zone, diagnostics } = setting;
  if (segment.attributes === undefined) {
    const seen = activitiesOf(catalog, segment.entity).map((activity) => {
      const leaf = activityRows(setting, activity);
      return `select ${leaf.entity} as entity ${leaf.source([])}`;
    });
    return `select distinct entity from (${seen.join(' union all ')}) as seen`;
  }
  const model = catalog.models.get(segment.attributes)!;
  const rows = createFactRows(catalog, {}, { model: model.name, exclude: [] }, diagnostics);
  const key = rows.text([segment.key]);
  const columns = properties.map((is, i) => {
    const sql = writeExpression(replaceColumns(parseFragment(is), rows.column));
    return `(${sql}) as ${propertyColumn(i)}`;
  });
  const type = model.time === undefined ? undefined : rows.find([model.time])?.type;
  const begins =
    type === 'timestamp' || type === 'date'
      ? [instantSql({ sql: rows.text([model.time!]), type, zone })].map((at) => `(${at} is null or ${at} < ${asOf})`)
      : [];
  const sql = `select ${[`${key} as entity`, ...columns].join(', ')} from ${rows.from()}${rows.where([`${key} is not null`, ...amongSql(setting, key), ...begins])}`;
  noteReads(setting, rows.reads());
  return sql;
}

export function propertyColumn(i: number): string {
  return `property_${i + 1}`;
}
