import type { JsonSchema } from './json-schema.ts';
import { described, exclusive, list, record, ref, text } from './json-schema.ts';

const activity = (description: string): JsonSchema => described(description, ['purchase'], ref('name'));
const within = described('In so much time before the cut.', ['90 days'], ref('duration'));

const threshold = (description: string, example: string): JsonSchema =>
  text(description, [example], {
    title: 'a comparison such as `">= 3"`',
    pattern: '^(=|<>|!=|<|<=|>|>=) *-?[0-9]+(\\.[0-9]+)?$',
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

/** The tree of conditions of a segment; it holds itself. */
export const conditionSchema: JsonSchema = {
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
          'Is in a committed list of ids: a CSV file in lists/ or below segments/, its path from the project’s folder; its first column is named as the key.',
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
