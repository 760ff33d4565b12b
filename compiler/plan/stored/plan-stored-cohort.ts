import type { CohortMetric } from '../../definition/metric.ts';
import { type Diagnostic, diagnostic } from '../../diagnostic/diagnostic.ts';
import type { ShapeColumn } from '../../expression/contract.ts';
import { type Catalog, type CatalogMetric, shapeOf } from '../catalog.ts';
import { leavesOf } from '../cohort/leaves.ts';
import type { CohortRule } from '../cohort/rule.ts';
import {
  activityGrain,
  activityName,
  activitySql,
  type CohortSetting,
  membersName,
  membersTableSql,
} from './cohort-sql.ts';
import { oneRowEach } from './parts-tests.ts';
import { describeSelect, type StoredModel } from './stored-model.ts';
import {
  hasTriangle,
  noMoreThanCohort,
  type TriangleSetting,
  triangleDimensions,
  triangleName,
  triangleSql,
} from './triangle-sql.ts';

/** Who was active in which period, and of a cohort its members: from these two tables, far smaller than the events, a form is answered. */
export function planStoredCohort(
  definition: CohortMetric,
  metric: CatalogMetric & { readonly rule: CohortRule },
  catalog: Catalog,
  diagnostics: Diagnostic[],
): readonly StoredModel[] {
  const { rule } = metric;
  const grain = activityGrain(rule);
  const refuse = (message: string, hints: readonly string[]) => {
    const { grainsSpan: span } = definition;
    if (span) diagnostics.push(diagnostic('E1306', message, { span, hints }));
    return [];
  };
  if (!grain || !('activity' in rule))
    return refuse(
      `\`grains\` does not apply to \`${metric.name}\`: it goes by instants, values or counts of events, which a table of who was active when has not`,
      ['leave `grains` out: it is computed from the rows'],
    );
  if (!definition.grains.includes(grain) || (definition.grainsSpan && definition.grains.length > 1))
    return refuse(`\`${metric.name}\` goes by ${grain}, and is kept by nothing else`, [`\`grains: [${grain}]\``]);
  const activity = catalog.activities.get(rule.activity)!;
  const leaves = leavesOf(activity, catalog.activities);
  const cohort = 'cohort' in rule ? catalog.cohorts.get(rule.cohort) : undefined;
  const anchor = cohort && catalog.activities.get(cohort.anchor);
  const models = [...leaves, ...(anchor?.model ? [anchor] : [])].map(({ model }) => catalog.models.get(model!)!);
  if (models.some(({ notComputed }) => notComputed !== undefined)) return [];
  const setting: CohortSetting = { catalog, metric };
  const shapes = (model: string) => {
    const found = catalog.models.get(model);
    return found && shapeOf(found);
  };
  const name = activityName(metric.name, grain);
  const active: StoredModel = {
    name,
    metric: metric.name,
    what: 'activity',
    of: leaves[0]!.model!,
    description: `Who did \`${rule.activity}\` in which ${grain}, for \`${metric.name}\`.`,
    key: ['entity', grain],
    time: grain,
    // A week is called by its first day, and is the only one that begins there.
    by: 'day',
    ...describeSelect(activitySql(setting, grain), shapes, {
      entity: 'Who was active.',
      [grain]: `The first day of the ${grain}.`,
      first_at: `The first time in the ${grain}.`,
    }),
    tests: [oneRowEach(name, ['entity', grain])],
  };
  if (!cohort || !anchor?.model) return [active];
  const known: TriangleSetting = { ...setting, cohort, anchor, grain };
  const members = planMembers(known, anchor.model, shapes);
  const triangle = planTriangle(known, [active, members], shapes);
  return triangle ? [active, members, triangle] : [active, members];
}

type Shapes = (model: string) => readonly ShapeColumn[] | undefined;

function planMembers(setting: TriangleSetting, of: string, shapes: Shapes): StoredModel {
  const { metric, cohort, anchor } = setting;
  const name = membersName(metric.name);
  const key = ['entity', ...(cohort.occurrence === 'every_period' ? ['period'] : [])];
  return {
    name,
    metric: metric.name,
    what: 'members',
    of,
    description: `Who is in the cohort \`${cohort.name}\` and since when, for \`${metric.name}\`.`,
    key,
    by: 'key',
    ...describeSelect(membersTableSql(setting, cohort, anchor), shapes, {
      entity: 'Who is in it.',
      anchored_at: `When \`${anchor.name}\` put them in.`,
      matches: 'Does the anchor meet the `where` of the cohort?',
      period: 'The period of the anchor.',
    }),
    tests: [oneRowEach(name, key)],
  };
}

/** From these two in turn, where the form is a sum of counts. */
function planTriangle(
  setting: TriangleSetting,
  layers: readonly StoredModel[],
  shapes: Shapes,
): StoredModel | undefined {
  const { metric, cohort, grain } = setting;
  if (!hasTriangle(metric.rule)) return undefined;
  const name = triangleName(metric.name);
  const key = [grain, 'cohort', ...triangleDimensions(setting).values()];
  const known = new Map(layers.map((model) => [model.name, shapeOf({ ...model, relations: [] })]));
  return {
    name,
    metric: metric.name,
    what: 'triangle',
    of: layers[0]!.of,
    description: `How many of each cohort of \`${cohort.name}\` were active in which ${grain}, for \`${metric.name}\`.`,
    key,
    time: grain,
    by: 'day',
    ...describeSelect(triangleSql(setting), (model) => known.get(model) ?? shapes(model), {
      [grain]: `The first day of the ${grain}.`,
      cohort: `The ${grain} of the anchor.`,
      entities: 'How many of the cohort were active; in its own period all of them.',
      latest: 'When the last of them was for the first time in the period.',
    }),
    tests: [oneRowEach(name, key), noMoreThanCohort(setting)],
  };
}
