import type { CatalogActivity } from '../catalog.ts';
import { leavesOf } from '../cohort/leaves.ts';
import { leafConditions } from './placed.ts';
import type { Condition, SegmentRule } from './rule.ts';

/** What a rule names, each once; activities down to those of rows. */
export interface NamesIn {
  readonly activities: readonly string[];
  readonly metrics: readonly string[];
  readonly segments: readonly string[];
}

export function namesIn(rule: SegmentRule | undefined, activities: ReadonlyMap<string, CatalogActivity>): NamesIn {
  const found = { activities: new Set<string>(), metrics: new Set<string>(), segments: new Set<string>() };
  if (rule?.form === 'split') found.activities.add(rule.split.activity);
  const conditions = rule?.form === 'where' ? leafConditions(rule.where).map((one) => one.condition) : [];
  for (const condition of conditions) {
    for (const name of activitiesIn(condition)) found.activities.add(name);
    if (condition.kind === 'metric') found.metrics.add(condition.metric);
    if (condition.kind === 'segment') found.segments.add(condition.segment);
  }
  const leaves = [...found.activities].flatMap((name) => leavesOf(activities.get(name)!, activities));
  return {
    activities: [...new Set(leaves.map(({ name }) => name))].sort(),
    metrics: [...found.metrics].sort(),
    segments: [...found.segments].sort(),
  };
}

function activitiesIn(condition: Condition): readonly string[] {
  switch (condition.kind) {
    case 'did':
    case 'edge':
      return condition.timing?.form === 'since'
        ? [condition.activity, condition.timing.activity]
        : [condition.activity];
    case 'sequence':
      return condition.steps;
    default:
      return [];
  }
}
