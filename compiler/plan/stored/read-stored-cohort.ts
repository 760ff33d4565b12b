import type { Catalog, CatalogActivity, CatalogCohort, CatalogMetric, CatalogModel } from '../catalog.ts';
import type { CohortRule } from '../cohort/rule.ts';
import { periodSql } from '../period.ts';
import { identifier as id, textLiteral } from '../sql-text.ts';
import { activityGrain, activityName, activitySql, memberDimensions, membersName } from './cohort-sql.ts';
import { zoneOf } from './parts-sql.ts';
import type { StoredCatalog } from './read-stored.ts';

/** A cohort form defined over the tables of who was active when, and of the cohort's members, as far as they are fresh. */
export function withStoredCohort(
  catalog: Catalog,
  metric: CatalogMetric & { readonly rule: CohortRule },
  asOf: string,
  fresh: ReadonlySet<string>,
): StoredCatalog {
  const { rule } = metric;
  const grain = activityGrain(rule);
  const name = grain && activityName(metric.name, grain);
  if (!grain || !name || !fresh.has(name) || !('activity' in rule)) return { catalog, used: [] };
  const instant = `timestamptz ${textLiteral(asOf)}`;
  const zone = zoneOf(metric, catalog);
  const open = periodSql({ sql: instant, type: 'timestamp', zone }, grain, catalog.calendar);
  const late = activitySql({ catalog, metric }, grain, { open, asOf: instant });
  const active: CatalogModel = {
    ...catalog.models.get(name)!,
    rows: `select s.entity as entity, s.${id(grain)} as ${id(grain)} from ${name} as s where s.${id(grain)} < ${open} union all ${late}`,
  };
  const { entity } = catalog.activities.get(rule.activity)!;
  const activity: CatalogActivity = {
    name,
    model: name,
    key: 'entity',
    time: grain,
    any: [],
    ...(entity === undefined ? {} : { entity }),
  };
  const members = membersOf(catalog, metric, fresh);
  const own: CohortRule = { ...rule, activity: name, ...(members ? { cohort: members.model.name } : {}) };
  const models = new Map(catalog.models).set(name, active);
  const activities = new Map(catalog.activities).set(name, activity);
  const cohorts = new Map(catalog.cohorts);
  if (members) {
    models.set(members.model.name, members.model);
    activities.set(members.anchor.name, members.anchor);
    cohorts.set(members.model.name, members.cohort);
  }
  return {
    catalog: {
      ...catalog,
      models,
      activities,
      cohorts,
      metrics: new Map(catalog.metrics).set(metric.name, { ...metric, rule: own }),
    },
    used: [name, ...(members ? [members.model.name] : [])],
  };
}

function membersOf(
  catalog: Catalog,
  { name, rule }: CatalogMetric & { readonly rule: CohortRule },
  fresh: ReadonlySet<string>,
): { readonly model: CatalogModel; readonly anchor: CatalogActivity; readonly cohort: CatalogCohort } | undefined {
  const table = membersName(name);
  const cohort = 'cohort' in rule ? catalog.cohorts.get(rule.cohort) : undefined;
  const model = catalog.models.get(table);
  if (!cohort || !model || !fresh.has(table)) return undefined;
  const { where: _, occurrence, ...rest } = cohort;
  const { entity } = catalog.activities.get(cohort.anchor)!;
  return {
    model: { ...model, flattened: memberDimensions(cohort) },
    anchor: {
      name: table,
      model: table,
      key: 'entity',
      time: 'anchored_at',
      any: [],
      ...(entity === undefined ? {} : { entity }),
    },
    cohort: {
      ...rest,
      name: table,
      anchor: table,
      // The table holds the nth alone.
      occurrence: typeof occurrence === 'object' ? 'first_matching' : occurrence,
      ...(occurrence === 'first_ever' ? { where: 'matches' } : {}),
    },
  };
}
