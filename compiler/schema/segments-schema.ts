import type { JsonSchema } from './json-schema.ts';
import { choice, count, described, dictionary, exclusive, list, record, ref, text } from './json-schema.ts';

const activity = (description: string): JsonSchema => described(description, ['purchase'], ref('name'));
const within = described('In so much time before the cut.', ['90 days'], ref('duration'));

const threshold = (description: string, example: string): JsonSchema =>
  text(description, [example], {
    title: 'a comparison such as `">= 3"`',
    pattern: '^(=|<>|<|<=|>|>=) *-?[0-9]+(\\.[0-9]+)?$',
  });

const day = { title: 'a day or an instant', type: 'string', pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}(T.*)?$' } as const;

const timing: Readonly<Record<string, JsonSchema>> = {
  within,
  between: list('two days', day, {
    minItems: 2,
    maxItems: 2,
    description: 'From the first, included, to the second, left out.',
    examples: [['2025-05-01', '2025-06-01']],
  }),
  since: record(
    'a start',
    {
      first: activity('From its first event on.'),
      last: activity('From its last event on.'),
      within: described('For so long.', ['7 days'], ref('duration')),
    },
    {
      minProperties: 1,
      allOf: exclusive('first', 'last'),
      description: 'Counted from another event of the entity.',
      examples: [{ first: 'signup', within: '7 days' }],
    },
  ),
};

const eventWhere = described('Which of its events count.', ["country = 'DE'"], ref('sql'));

const did = record(
  'a condition with `did`',
  {
    did: activity('The activity that was done.'),
    times: threshold('How often.', '>= 3'),
    sum: threshold('The sum of its values.', '>= 500'),
    avg: threshold('Their mean.', '> 10'),
    min: threshold('The least of them.', '>= 5'),
    max: threshold('The greatest of them.', '< 30'),
    days: threshold('On how many days.', '>= 3'),
    ...timing,
    where: eventWhere,
  },
  {
    required: ['did'],
    allOf: exclusive('within', 'between', 'since'),
    description: 'Did something, so often, in a time.',
    examples: [{ did: 'purchase', times: '>= 3', within: '90 days' }],
  },
);

const didNot = record(
  'a condition with `did_not`',
  { did_not: activity('The activity that was not done.'), ...timing, where: eventWhere },
  {
    required: ['did_not'],
    allOf: exclusive('within', 'between', 'since'),
    description: 'Did not do it; asked of everyone, also of those without any event.',
    examples: [{ did_not: 'ticket', within: '30 days' }],
  },
);

const edge = (which: 'first' | 'last'): JsonSchema =>
  record(
    `a condition with \`${which}\``,
    {
      [which]: activity(`The activity whose ${which} event is asked for.`),
      within,
      before: described('Longer ago than this.', ['60 days'], ref('duration')),
      between: timing.between!,
      where: eventWhere,
    },
    {
      required: [which],
      allOf: exclusive('within', 'before', 'between'),
      description: `When the ${which} event was.`,
      examples: [{ [which]: 'purchase', before: '60 days' }],
    },
  );

const condition: JsonSchema = {
  title: 'a condition',
  anyOf: [
    record(
      'a condition with `all`',
      {
        all: list('a list of conditions', ref('condition'), {
          minItems: 1,
          description: 'Every one holds.',
          examples: [[{ did: 'purchase' }]],
        }),
      },
      { required: ['all'] },
    ),
    record(
      'a condition with `any`',
      {
        any: list('a list of conditions', ref('condition'), {
          minItems: 1,
          description: 'At least one holds.',
          examples: [[{ did: 'purchase' }]],
        }),
      },
      { required: ['any'] },
    ),
    record(
      'a condition with `not`',
      { not: described('It does not hold. Not of unknown is unknown.', [{ segment: 'employees' }], ref('condition')) },
      { required: ['not'] },
    ),
    did,
    didNot,
    edge('first'),
    edge('last'),
    record(
      'a condition with `sequence`',
      {
        sequence: list('a list of activities', ref('name'), {
          minItems: 2,
          description: 'Activities, one after the other.',
          examples: [['viewed', 'paid']],
        }),
        within,
      },
      { required: ['sequence'] },
    ),
    record(
      'a condition with `property`',
      {
        property: described(
          'A condition over the entity’s properties. A missing one is unknown.',
          ["plan = 'pro'"],
          ref('sql'),
        ),
      },
      { required: ['property'] },
    ),
    record(
      'a condition with `metric`',
      {
        metric: described('A plain metric, per entity.', ['revenue'], ref('name')),
        is: threshold('Its value.', '>= 500'),
        within,
      },
      { required: ['metric', 'is'] },
    ),
    record(
      'a condition with `segment`',
      { segment: described('Is in that segment.', ['employees'], ref('name')) },
      { required: ['segment'] },
    ),
    record(
      'a condition with `list`',
      {
        list: text(
          'Is in a committed list of ids: a CSV file from the project folder, whose first line names the key.',
          ['lists/staff.csv'],
          { minLength: 1 },
        ),
      },
      { required: ['list'] },
    ),
  ],
  description: 'What must hold for a member.',
  examples: [{ did: 'purchase', times: '>= 3', within: '90 days' }],
};

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

export const segmentDefinitions: Readonly<Record<string, JsonSchema>> = { condition };

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
