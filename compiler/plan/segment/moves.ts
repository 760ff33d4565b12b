import type { Node } from '../../expression/ast.ts';
import { parseFragment } from '../../expression/parse-fragment.ts';
import type { CatalogActivity } from '../catalog.ts';
import { leavesOf } from '../cohort/leaves.ts';
import { elapsedSeconds, parseLength, secondsOfMicros } from '../cohort/length.ts';
import { takeApart } from '../metric/value.ts';
import { type Asked, createSetting, membershipSql } from './membership.ts';
import { questionOf } from './metric-value.ts';
import { leafConditions } from './placed.ts';
import { activitiesOf } from './population.ts';
import type { CatalogSegment, Condition, MetricCondition, Split, Timing } from './rule.ts';
import type { SegmentSetting } from './setting.ts';

/** Rows by which an entity is judged. */
export interface MoveSource {
  readonly model: string;
  /** The column that says whose they are. */
  readonly key: string;
  readonly where?: Node;
  /** By what they come into view; absent: they always count. */
  readonly time?: { readonly column: string; readonly timezone: string };
  /** How long before the cut a row begins, or ceases, to count: seconds. */
  readonly lengths: readonly string[];
}

/** What may make a segment answer otherwise of an entity from one cut to the next, as time goes on and rows come and go. */
export interface Moves {
  readonly sources: readonly MoveSource[];
  /** Models that rows of others look into: of their rows nothing says whom they concern. */
  readonly joined: readonly string[];
  /** Why at every cut everyone is looked at. */
  readonly always?: string;
}

/** Worked out from the rule, and from those of the segments that it names. */
export function movesOf(asked: Asked, segment: CatalogSegment): Moves {
  const joined = new Set<string>();
  membershipSql({ ...asked, joined }, segment);
  const setting = createSetting(asked, segment);
  const sources = sourcesOf(setting);
  const isMoving = segment.rule!.form === 'split' && hasMovingRuler(segment.rule!.split);
  return {
    sources,
    joined: [...joined].sort(),
    ...(isMoving ? { always: 'its quantiles are reckoned over everyone at each cut' } : {}),
  };
}

export function hasMovingRuler({ quantiles, breaks }: Split): boolean {
  return quantiles !== undefined && breaks === undefined;
}

function sourcesOf(setting: SegmentSetting): readonly MoveSource[] {
  const { rule } = setting.segment;
  const own =
    rule!.form === 'split'
      ? ofSplit(setting, rule!.split)
      : leafConditions(rule!.where).flatMap(({ condition }) => ofCondition(setting, condition));
  return [...ofPopulation(setting), ...ofExclusions(setting), ...own];
}

/** Who there is: the rows with properties, by their time; or whoever has done anything. */
function ofPopulation({ catalog, segment }: SegmentSetting): readonly MoveSource[] {
  const { timezone } = catalog.calendar;
  if (segment.attributes === undefined)
    return activitiesOf(catalog, segment.entity).map((activity) => ofLeaf(activity, timezone, []));
  const { name, time, columns } = catalog.models.get(segment.attributes)!;
  const type = columns.find((column) => column.name === time)?.type;
  const isTimed = type === 'timestamp' || type === 'date';
  return [{ model: name, key: segment.key, ...(isTimed ? { time: { column: time!, timezone } } : {}), lengths: [] }];
}

function ofExclusions({ catalog, segment }: SegmentSetting): readonly MoveSource[] {
  return segment.exclude.map((name) => {
    const { key, in: model, where } = catalog.exclusions.get(name)!;
    return { model, key, where: parseFragment(where), lengths: [] };
  });
}

function ofSplit(setting: SegmentSetting, { activity, within, cuts, breaks }: Split): readonly MoveSource[] {
  const days = (cuts.recency ?? []).map((cut) => String(Number(cut) * 86_400));
  const elapsed = (breaks?.recency ?? []).flatMap((one) => (one === null ? [] : [secondsOfMicros(one)]));
  return ofActivity(setting, activity, [secondsOf(within), ...days, ...elapsed]);
}

function ofCondition(setting: SegmentSetting, condition: Condition): readonly MoveSource[] {
  switch (condition.kind) {
    case 'did':
    case 'edge': {
      const { timing } = condition;
      const own = ofActivity(setting, condition.activity, lengthsIn(timing));
      // The start of an entity's own window moves with its events, and with nothing else.
      return timing?.form === 'since' ? [...own, ...ofActivity(setting, timing.activity, [])] : own;
    }
    case 'sequence':
      return condition.steps.flatMap((step) => ofActivity(setting, step, lengthsOf(condition.within)));
    case 'metric':
      return ofMetric(setting, condition);
    case 'segment': {
      const segment = setting.catalog.segments.get(condition.segment)!;
      return sourcesOf({ ...setting, segment });
    }
    default:
      // Properties come with the population; a list is part of the rule.
      return [];
  }
}

/** An event is at one side of it or at the other. */
function lengthsIn(timing: Timing | undefined): readonly string[] {
  return timing?.form === 'within' || timing?.form === 'before' ? lengthsOf(timing.length) : [];
}

function lengthsOf(length: string | undefined): readonly string[] {
  return length === undefined ? [] : [secondsOf(length)];
}

function secondsOf(length: string): string {
  return String(elapsedSeconds(parseLength(length)));
}

function ofMetric(setting: SegmentSetting, { metric: name, within }: MetricCondition): readonly MoveSource[] {
  const { catalog, segment, diagnostics } = setting;
  const { facts } = takeApart(catalog, questionOf(setting, name), [catalog.metrics.get(name)!], diagnostics);
  return facts.map(({ model, where, time, timezone }) => ({
    model,
    key: segment.key,
    ...(where ? { where } : {}),
    ...(time === undefined ? {} : { time: { column: time, timezone } }),
    lengths: lengthsOf(within),
  }));
}

function ofActivity(
  { catalog: { activities, calendar } }: SegmentSetting,
  name: string,
  lengths: readonly string[],
): readonly MoveSource[] {
  return leavesOf(activities.get(name)!, activities).map((leaf) => ofLeaf(leaf, calendar.timezone, lengths));
}

function ofLeaf(
  { model, key, time, where }: CatalogActivity,
  timezone: string,
  lengths: readonly string[],
): MoveSource {
  const filter = where === undefined ? {} : { where: parseFragment(where) };
  return { model: model!, key: key!, time: { column: time!, timezone }, lengths, ...filter };
}
