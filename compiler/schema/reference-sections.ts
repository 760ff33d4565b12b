import { builtModelSchema } from './built-model-schema.ts';
import { builtColumn } from './column-schemas.ts';
import { schemaDefinitions } from './document-kinds.ts';
import type { JsonSchema } from './json-schema.ts';
import { metricsSchema } from './metrics-schema.ts';
import { projectSchema } from './project-schema.ts';
import { dataTestsSchema } from './project-test-schema.ts';
import { rawModelSchema } from './raw-model-schema.ts';
import { segmentsSchema } from './segments-schema.ts';

export interface ReferencePart {
  readonly title: string;
  readonly schema: JsonSchema;
  /** An example of the part as the file that it would stand in. */
  readonly within: (example: unknown) => unknown;
}

export interface ReferenceSection {
  readonly title: string;
  readonly place: string;
  readonly schema: JsonSchema;
  readonly more: readonly ReferencePart[];
}

/** The value of a mapping's keys: what an entry of `metrics:` looks like. */
function entryOf(schema: JsonSchema, key: string): JsonSchema {
  const value = schema.properties?.[key]?.additionalProperties;
  if (!value) throw new Error(`\`${key}\` is no dictionary`);
  return value;
}

function itemOf(name: string): JsonSchema {
  return schemaDefinitions[name]!.items!;
}

const model = (rest: object): object => ({
  from: 'raw.orders',
  key: 'order_id',
  time: 'paid_at',
  columns: { order_id: null, paid_at: null },
  ...rest,
});

/** The column that a test of the page makes sense on. */
function columnFor(example: object): string {
  const columns: Readonly<Record<string, string>> = { range: 'amount', references: 'user_id', null_share: 'country' };
  return columns[Object.keys(example)[0]!] ?? 'status';
}

const projectExample = projectSchema.examples![0] as object;

export const referenceSections: readonly ReferenceSection[] = [
  {
    title: 'Project',
    place: '`project.yml`',
    schema: projectSchema,
    more: [
      {
        title: 'Entities',
        schema: entryOf(projectSchema, 'entities'),
        within: (example) => ({ ...projectExample, entities: { user: example } }),
      },
      {
        title: 'Exclusions',
        schema: entryOf(projectSchema, 'exclude'),
        within: (example) => ({
          ...projectExample,
          entities: { user: { key: 'user_id' } },
          exclude: { test_users: example },
        }),
      },
      {
        title: 'Variables',
        schema: entryOf(projectSchema, 'vars'),
        within: (example) => ({ ...projectExample, vars: { channels: example } }),
      },
      {
        title: 'Targets',
        schema: entryOf(projectSchema, 'targets'),
        within: (example) => ({ ...projectExample, targets: { dev: example } }),
      },
    ],
  },
  {
    title: 'Raw models',
    place: '`models/raw/NAME.yml`',
    schema: rawModelSchema,
    more: [
      {
        title: 'Sources',
        schema: rawModelSchema.properties!.source!,
        within: (example) => ({ source: example, columns: { event_id: 'text' } }),
      },
      {
        title: 'Raw columns',
        schema: rawModelSchema.properties!.columns!.additionalProperties as JsonSchema,
        within: (example) => ({ source: { files: 'data/exports/*.csv' }, columns: { order_id: example } }),
      },
    ],
  },
  {
    title: 'Clean and marts models',
    place: '`models/clean/NAME.yml`, `models/marts/NAME.yml`, each with `NAME.sql` beside it where a query fills it',
    schema: builtModelSchema,
    more: [
      {
        title: 'Columns',
        schema: builtColumn,
        within: (example) => model({ columns: { order_id: null, paid_at: null, country: example } }),
      },
      {
        title: 'Tests of a column',
        schema: itemOf('columnTests'),
        within: (example) =>
          model({ columns: { order_id: null, paid_at: null, [columnFor(example as object)]: { tests: [example] } } }),
      },
      {
        title: 'Tests of a model',
        schema: itemOf('modelTests'),
        within: (example) =>
          model({
            columns: { order_id: null, line: null, user_id: null, event_name: null, created_at: null, paid_at: null },
            tests: [example],
          }),
      },
    ],
  },
  {
    title: 'Metrics',
    place: '`metrics/NAME.yml`',
    schema: metricsSchema,
    more: [
      {
        title: 'A metric',
        schema: entryOf(metricsSchema, 'metrics').anyOf![1]!,
        within: (example) => ({ from: 'marts.orders', time: 'paid_at', metrics: { revenue: example } }),
      },
      {
        title: 'Activities',
        schema: entryOf(metricsSchema, 'activities'),
        within: (example) => ({ activities: { active: example } }),
      },
      {
        title: 'Cohorts',
        schema: entryOf(metricsSchema, 'cohorts'),
        within: (example) => ({ cohorts: { first_purchase: example } }),
      },
      {
        title: 'Worked examples',
        schema: itemOf('metricExamples'),
        within: (example) => ({
          metrics: { revenue: { is: 'sum(amount)', from: 'marts.orders', examples: [example] } },
        }),
      },
    ],
  },
  {
    title: 'Segments',
    place:
      '`segments/NAME.yml`. Everyone there is: the rows of the entity’s `attributes`, or without them whoever has done an activity. See [segments](segments.md).',
    schema: segmentsSchema,
    more: [
      {
        title: 'A segment',
        schema: entryOf(segmentsSchema, 'segments'),
        within: (example) => ({ segments: { frequent: example } }),
      },
      {
        title: 'Conditions',
        schema: schemaDefinitions.condition!,
        within: (example) => ({ segments: { frequent: { entity: 'user', where: example } } }),
      },
    ],
  },
  {
    title: 'Tests that span models',
    place: '`tests/data/NAME.yml`, `tests/data/NAME.sql`',
    schema: dataTestsSchema,
    more: [
      {
        title: 'A test',
        schema: dataTestsSchema.additionalProperties as JsonSchema,
        within: (example) => ({ orders_have_users: example }),
      },
    ],
  },
];
