import { catalogOf } from './catalog-of.ts';
import { activityColumns, type ColumnUse, createReader, excludedBy, uniqueUses, use } from './column-uses.ts';
import type { Manifest, ManifestSegment } from './manifest-types.ts';
import { leavesOf } from './plan/cohort/leaves.ts';
import { hasValue } from './plan/segment/activity-rows.ts';
import { leafConditions } from './plan/segment/placed.ts';
import type { Condition, SegmentRule, Timing } from './plan/segment/rule.ts';
import { scoresOf } from './plan/segment/split.ts';

/**
 * The columns that a segment reads itself: whose rows are whose, when and what they did, the properties that are asked for, and what decides who is left out. Those that its metrics and the segments named in it read are theirs.
 *
 * @example
 * segmentColumns(manifest, vip) // [{ model: 'marts.orders', column: 'paid_at', how: 'time' }, …]
 */
export function segmentColumns(manifest: Manifest, segment: ManifestSegment): readonly ColumnUse[] {
  const { rule, attributes, key, exclude } = segment;
  if (rule === undefined) return [];
  const conditions = rule.form === 'where' ? leafConditions(rule.where).map(({ condition }) => condition) : [];
  return uniqueUses([
    ...(attributes === undefined ? everybody(manifest, segment) : population(manifest, attributes, key)),
    ...conditions.flatMap((condition) => conditionColumns(manifest, segment, condition)),
    ...splitColumns(manifest, rule),
    ...(attributes === undefined ? [] : excludedBy(manifest, exclude, attributes, key)),
  ]);
}

function population(manifest: Manifest, attributes: string, key: string): readonly ColumnUse[] {
  const model = catalogOf(manifest).models.get(attributes)!;
  const { named } = createReader(manifest, model);
  return [...named(key, 'aggregated'), ...(model.time === undefined ? [] : named(model.time, 'time'))];
}

/** Without a model of properties everybody is who has done anything. */
function everybody(manifest: Manifest, { entity }: ManifestSegment): readonly ColumnUse[] {
  return manifest.activities
    .filter((activity) => activity.model !== undefined && activity.entity === entity)
    .flatMap((activity) => activityColumns(manifest, activity, false));
}

function conditionColumns(manifest: Manifest, segment: ManifestSegment, condition: Condition): readonly ColumnUse[] {
  switch (condition.kind) {
    case 'did': {
      const isValued = condition.tests.some(({ measure }) => measure !== 'times' && measure !== 'days');
      return [
        ...eventColumns(manifest, condition.activity, { isValued, where: condition.where }),
        ...timingColumns(manifest, condition.timing),
      ];
    }
    case 'edge':
      return [
        ...eventColumns(manifest, condition.activity, { where: condition.where }),
        ...timingColumns(manifest, condition.timing),
      ];
    case 'sequence':
      return condition.steps.flatMap((step) => [...eventColumns(manifest, step), ...tieColumns(manifest, step)]);
    case 'property': {
      const model = catalogOf(manifest).models.get(segment.attributes!)!;
      return createReader(manifest, model)
        .read(condition.is)
        .map((source) => use(source, 'filtered'));
    }
    case 'metric':
      return keysOf(manifest, condition.metric, segment.key);
    default:
      return [];
  }
}

function timingColumns(manifest: Manifest, timing: Timing | undefined): readonly ColumnUse[] {
  return timing?.form === 'since' ? eventColumns(manifest, timing.activity) : [];
}

function splitColumns(manifest: Manifest, rule: SegmentRule): readonly ColumnUse[] {
  if (rule.form !== 'split') return [];
  const { activity } = rule.split;
  const isValued = scoresOf(rule.split, hasValue(catalogOf(manifest), activity)).includes('monetary');
  return eventColumns(manifest, activity, { isValued });
}

function eventColumns(
  manifest: Manifest,
  activity: string,
  { isValued = false, where }: { readonly isValued?: boolean; readonly where?: string | undefined } = {},
): readonly ColumnUse[] {
  const { activities, models } = catalogOf(manifest);
  return leavesOf(activities.get(activity)!, activities).flatMap((leaf) => [
    ...activityColumns(manifest, leaf, isValued),
    ...createReader(manifest, models.get(leaf.model!)!)
      .read(where)
      .map((source) => use(source, 'filtered')),
  ]);
}

/** Of two events at the same instant the keys of their rows decide which was first. */
function tieColumns(manifest: Manifest, activity: string): readonly ColumnUse[] {
  const { activities, models } = catalogOf(manifest);
  return leavesOf(activities.get(activity)!, activities).flatMap(({ model }) =>
    models.get(model!)!.key.map((column) => ({ model: model!, column, how: 'filtered' as const })),
  );
}

/** A metric of somebody is one of their own rows: those that the key tells. */
function keysOf(manifest: Manifest, metric: string, key: string): readonly ColumnUse[] {
  const { metrics, models } = catalogOf(manifest);
  const { model, inputs } = metrics.get(metric)!;
  const isKeyed = model !== undefined && models.get(model)!.columns.some(({ name }) => name === key);
  const own = isKeyed ? [{ model, column: key, how: 'filtered' as const }] : [];
  return [...own, ...inputs.flatMap((input) => keysOf(manifest, input, key))];
}
