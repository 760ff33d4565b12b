import type { Document } from '../source/source-file.ts';
import { defineActivity, defineCohort } from './define-activity.ts';
import { defineMetric } from './define-metric.ts';
import type { DefinitionContext } from './definition-context.ts';
import { refuseOptions } from './definition-context.ts';
import type { ActivityDefinition, CohortDefinition, MetricDefinition } from './metric.ts';
import { entriesOf, findNode } from './read-node.ts';

export interface MetricsFile {
  readonly activities: readonly ActivityDefinition[];
  readonly cohorts: readonly CohortDefinition[];
  readonly metrics: readonly MetricDefinition[];
}

const plainDefaults = ['from', 'time', 'where', 'by'];
const otherDefaults = ['exclude', 'timezone', 'owner', 'tags', 'grains'];

/** A file's defaults are for its metrics; without one that could take them they would be ignored. */
function refuseIdleDefaults(
  context: DefinitionContext,
  document: Document,
  metrics: readonly MetricDefinition[],
): void {
  const plain = metrics.some(({ form }) => form === 'plain');
  if (!plain) refuseOptions(context, document.root.entries, plainDefaults, 'the file has no metric with `is`');
  if (metrics.length === 0) refuseOptions(context, document.root.entries, otherDefaults, 'the file has no metrics');
}

export function defineMetricsFile(context: DefinitionContext, document: Document): MetricsFile {
  const { root } = document;
  const metrics = entriesOf(findNode(root, 'metrics')).map((entry) => defineMetric(context, root, entry));
  refuseIdleDefaults(context, document, metrics);
  return {
    activities: entriesOf(findNode(root, 'activities')).map((entry) => defineActivity(context, entry)),
    cohorts: entriesOf(findNode(root, 'cohorts')).map((entry) => defineCohort(context, entry)),
    metrics,
  };
}
