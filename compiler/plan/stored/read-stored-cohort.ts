import type { Catalog, CatalogActivity, CatalogCohort, CatalogMetric, CatalogModel } from '../catalog.ts';
import { createPeriods } from '../cohort/periods.ts';
import type { CohortRule } from '../cohort/rule.ts';
import type { QueryRequest } from '../query-types.ts';
import { isSegmentDimension } from '../segment/dimension-name.ts';
import { identifier as id, textLiteral } from '../sql-text.ts';
import { beginsPeriod } from './begins-period.ts';
import { activityGrain, activityName, memberDimensions, membersName } from './cohort-sql.ts';
import type { StoredCatalog } from './read-stored.ts';
import { hasTriangle, knownTriangle, triangleDimensions, triangleName } from './triangle-sql.ts';

/** A cohort form defined over the tables of who was active when, and of the cohort's members, as far as they are fresh. */
export function withStoredCohort(
  catalog: Catalog,
  metric: CatalogMetric & { readonly rule: CohortRule },
  request: QueryRequest,
  fresh: ReadonlySet<string>,
): StoredCatalog {
  const { rule } = metric;
  const { asOf } = request;
  const counted = withTriangle(catalog, metric, request, fresh);
  if (counted) return counted;
  const grain = activityGrain(rule);
  const name = grain && activityName(metric.name, grain);
  if (!grain || !name || !fresh.has(name) || !('activity' in rule)) return { catalog, used: [] };
  const instant = `timestamptz ${textLiteral(asOf)}`;
  const active: CatalogModel = {
    ...catalog.models.get(name)!,
    rows: `select s.entity as entity, s.${id(grain)} as ${id(grain)} from ${name} as s where s.first_at < ${instant}`,
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

/** The counts themselves, where they answer the question: a range that cuts a cohort needs to know who of it lies inside. */
function withTriangle(
  catalog: Catalog,
  metric: CatalogMetric & { readonly rule: CohortRule },
  { asOf, from, to, by }: QueryRequest,
  fresh: ReadonlySet<string>,
): StoredCatalog | undefined {
  const { rule } = metric;
  // Counts do not say who was counted.
  if (by.some(isSegmentDimension)) return undefined;
  const name = triangleName(metric.name);
  const grain = activityGrain(rule);
  if (!grain || !fresh.has(name) || !hasTriangle(rule)) return undefined;
  if ([from, to].some((day) => day !== undefined && !beginsPeriod(day, grain, catalog.calendar))) return undefined;
  const cohort = catalog.cohorts.get(rule.cohort)!;
  const setting = { catalog, metric, cohort, anchor: catalog.activities.get(cohort.anchor)!, grain };
  const instant = `timestamptz ${textLiteral(asOf)}`;
  const { index } = createPeriods(rule.every, catalog.calendar, metric.ownTimezone ?? catalog.calendar.timezone);
  const model: CatalogModel = {
    ...catalog.models.get(name)!,
    flattened: triangleDimensions(setting),
    rows: knownTriangle(setting, index, instant),
  };
  const own: CohortRule = { ...rule, counted: name };
  return {
    catalog: {
      ...catalog,
      models: new Map(catalog.models).set(name, model),
      metrics: new Map(catalog.metrics).set(metric.name, { ...metric, rule: own }),
    },
    used: [name],
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
