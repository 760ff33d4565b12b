import type { ProjectTest } from './data-test.ts';
import type { ActivityDefinition, CohortDefinition, MetricDefinition } from './metric.ts';
import type { ModelDefinition } from './model.ts';
import type { ProjectDefinition } from './project.ts';
import type { SegmentDefinition } from './segment.ts';

/** All that a project defines: frozen plain data, each list sorted by name. Names are unique within models, metrics, activities, cohorts, segments. */
export interface Definitions {
  readonly project: ProjectDefinition;
  readonly models: readonly ModelDefinition[];
  readonly metrics: readonly MetricDefinition[];
  readonly activities: readonly ActivityDefinition[];
  readonly cohorts: readonly CohortDefinition[];
  readonly segments: readonly SegmentDefinition[];
  /** Those of tests/data. Tests on models and columns stand in the models. */
  readonly tests: readonly ProjectTest[];
}
