import type { Definitions } from './definition/definitions.ts';
import { omitUndefined } from './definition/omit-undefined.ts';
import type { SegmentDefinition } from './definition/segment.ts';
import { inEachLanguage } from './expression/words-language.ts';
import { fingerprint } from './graph/fingerprint.ts';
import type { ManifestMetric, ManifestSegment } from './manifest-types.ts';
import type { ProjectPlan } from './plan/plan-project.ts';
import type { AnalysedSegment } from './plan/segment/analyse-segments.ts';
import { activitiesOf } from './plan/segment/population.ts';
import { describeSegment } from './plan/segment/words.ts';

/** The segments of a manifest, by name. */
export function buildManifestSegments(
  { segments, project }: Definitions,
  plan: ProjectPlan,
  metrics: readonly ManifestMetric[],
): ManifestSegment[] {
  const fingerprints = new Map<string, string>();
  const meanings = new Map(metrics.map((metric) => [metric.name, metric.fingerprint]));
  // Each after those that it names: a meaning is made of theirs.
  for (const segment of plan.segments.values())
    fingerprints.set(segment.name, fingerprintOf(segment, plan, project.calendar.timezone, meanings, fingerprints));
  return segments.flatMap((definition) => {
    const segment = plan.segments.get(definition.name);
    return segment ? [manifestSegment(definition, segment, fingerprints.get(segment.name)!)] : [];
  });
}

/** The rule with all that decides who is in: the activities, metrics, exclusions and segments that it names, and the calendar's zone. Not the models. */
function fingerprintOf(
  { entity, key, attributes, exclude, rule, activities, metrics, inputs }: AnalysedSegment,
  plan: ProjectPlan,
  timezone: string,
  meanings: ReadonlyMap<string, string>,
  segments: ReadonlyMap<string, string>,
): string {
  const meant = {
    entity,
    key,
    attributes,
    timezone,
    rule,
    exclude: exclude.map((name) => plan.exclusions.get(name)),
    activities: activities.map((name) => plan.activities.get(name)),
    // Without properties whoever has done anything is there.
    ...(attributes === undefined ? { population: activitiesOf(plan, entity) } : {}),
    metrics: metrics.map((name) => meanings.get(name)),
    segments: inputs.map((name) => segments.get(name)),
  };
  return fingerprint(JSON.stringify(meant));
}

function manifestSegment(definition: SegmentDefinition, segment: AnalysedSegment, meaning: string): ManifestSegment {
  const { entity, key, attributes, computed, notComputed, rule, exclude } = segment;
  return omitUndefined({
    kind: 'segment' as const,
    name: definition.name,
    title: definition.title,
    description: definition.description,
    entity,
    key,
    attributes,
    owner: definition.owner,
    tags: definition.tags,
    status: definition.status,
    version: definition.version,
    changes: definition.changes,
    schedule: definition.schedule,
    computed,
    notComputed,
    rule,
    exclude,
    activities: segment.activities,
    metrics: segment.metrics,
    inputs: segment.inputs,
    reads: segment.reads,
    words: inEachLanguage((language) => describeSegment(segment, language)),
    examples: definition.examples,
    export: definition.export && { ...definition.export, columns: definition.export.columns.map(({ value }) => value) },
    path: definition.path,
    line: definition.span.start.line,
    fingerprint: meaning,
  }) as ManifestSegment;
}
