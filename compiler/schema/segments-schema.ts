import type { JsonSchema } from './json-schema.ts';
import { choice, count, described, dictionary, exclusive, list, record, ref, text } from './json-schema.ts';

const activity = (description: string): JsonSchema => described(description, ['purchase'], ref('name'));
const cuts = (description: string, example: readonly number[]): JsonSchema =>
  list(
    'a list of growing numbers',
    { title: 'a number', type: 'number' },
    { minItems: 1, uniqueItems: true, description, examples: [example] },
  );

const rfm = record(
  'recency, frequency and money',
  {
    activity: activity('The activity that is scored.'),
    within: described('The time looked at.', ['365 days'], ref('duration')),
    recency: cuts('Days since the last event: fewer is a better score.', [30, 90, 180]),
    frequency: cuts('Number of events: more is better.', [2, 4, 10]),
    monetary: cuts('Sum of the values: more is better.', [50, 200, 500]),
    quantiles: count('Scores by equal shares of buyers instead of thresholds.', [5], { minimum: 2 }),
    freeze: choice('The breaks of quantiles: fixed for a version, or reckoned anew each time.', ['version', 'none'], {
      default: 'version',
    }),
  },
  {
    required: ['activity', 'within'],
    allOf: [
      ...exclusive('quantiles', 'recency'),
      ...exclusive('quantiles', 'frequency'),
      ...exclusive('quantiles', 'monetary'),
    ],
    dependencies: { freeze: ['quantiles'] },
    description: 'Scores r, f and m.',
    examples: [
      {
        activity: 'purchase',
        within: '365 days',
        recency: [30, 90, 180],
        frequency: [2, 4, 10],
        monetary: [50, 200, 500],
      },
    ],
  },
);

const split = record(
  'a split',
  {
    rfm,
    parts: dictionary(
      'parts by name',
      text('A condition over r, f and m, or `else`.', ['r = 4 and f >= 3', 'else'], { minLength: 1 }),
      {
        minProperties: 1,
        description: 'Part → condition; an entity is in the first that fits.',
        examples: [{ champions: 'r = 4 and f >= 3', others: 'else' }],
      },
    ),
  },
  {
    required: ['rfm', 'parts'],
    description: 'Puts everyone into exactly one part.',
    examples: [
      { rfm: { activity: 'purchase', within: '365 days', recency: [30] }, parts: { fresh: 'r = 2', others: 'else' } },
    ],
  },
);

const aboutSegment: Readonly<Record<string, JsonSchema>> = {
  title: text('The name for readers.', ['VIP']),
  description: text('Who they are, in a sentence.', ['Bought often and much in the last year.']),
  entity: described('The entity that its members are.', ['user'], ref('name')),
  owner: text('Who answers for it.', ['crm@example.com']),
  tags: described('Words to select by.', [['crm']], ref('tags')),
  status: choice('A draft is never exported.', ['draft', 'production', 'archived'], { default: 'production' }),
  version: count('Raised when the meaning changes.', [2], { default: 1 }),
  changes: described('What each version changed.', [{ 2: 'Threshold raised.' }], ref('changes')),
  schedule: text('How often it is computed: `hourly`, `daily`, `weekly`, `on_demand` or a cron line.', ['daily'], {
    title: '`hourly`, `daily`, `weekly`, `on_demand` or a cron line of five fields',
    pattern: '^(hourly|daily|weekly|on_demand|[-0-9*/,]+( [-0-9A-Za-z*/,]+){4})$',
    default: 'daily',
  }),
  exclude: described('Exclusions of the project that apply.', [['test_users']], ref('names')),
  expect: record(
    'what is expected',
    {
      size: record(
        'bounds',
        { min: count('The fewest members.', [1], { minimum: 0 }), max: count('The most.', [100000], { minimum: 0 }) },
        { minProperties: 1, description: 'How many members.', examples: [{ min: 1 }] },
      ),
      disjoint_with: described('Segments that share no member with it.', [['churned']], ref('names')),
    },
    {
      minProperties: 1,
      description: 'Tests of the membership.',
      examples: [{ size: { min: 1 }, disjoint_with: ['churned'] }],
    },
  ),
  export: record(
    'an export',
    {
      columns: described('The columns handed out.', [['user_id']], ref('names')),
      limit: count('The most rows handed out.', [50000]),
      roles: described('Who may export.', [['exporter']], ref('names')),
    },
    {
      required: ['columns'],
      description: 'What may leave the house.',
      examples: [{ columns: ['user_id'], limit: 50000 }],
    },
  ),
  examples: described(
    'Worked examples.',
    [[{ title: 'One user', given: { 'marts.users': [{ user_id: 'a' }] }, expect: { members: ['a'] } }]],
    ref('segmentExamples'),
  ),
};

const segment: JsonSchema = {
  title: 'a segment: `where` or `split`',
  anyOf: [
    record(
      'a segment with `where`',
      {
        ...aboutSegment,
        where: described('What must hold for a member.', [{ did: 'purchase', within: '90 days' }], ref('condition')),
      },
      { required: ['entity', 'where'] },
    ),
    record('a segment with `split`', { ...aboutSegment, split }, { required: ['entity', 'split'] }),
  ],
  description: 'Entities that have something in common, or a split of all of them.',
  examples: [{ entity: 'user', where: { did: 'purchase', times: '>= 3', within: '90 days' } }],
};

export const segmentsSchema: JsonSchema = record(
  'a file of segments',
  {
    segments: dictionary('segments by name', segment, {
      description: 'The segments.',
      examples: [{ frequent: { entity: 'user', where: { did: 'purchase', times: '>= 3', within: '90 days' } } }],
    }),
  },
  {
    description: 'Segments by name.',
    examples: [{ segments: { frequent: { entity: 'user', where: { did: 'purchase', times: '>= 3' } } } }],
  },
);
