import type { JsonSchema } from './json-schema.ts';
import { choice, described, dictionary, flag, list, record, ref, text } from './json-schema.ts';

const row: JsonSchema = {
  ...dictionary('a row', {
    title: 'a value',
    type: ['string', 'number', 'boolean', 'null', 'array', 'object'],
    description: 'A value; a list or mapping in a `json` column.',
    examples: [10],
  }),
  description: 'Column → value. A column left out is null in `given`, and not compared in `expect`.',
  examples: [{ order_id: 1, user_id: 'a', amount: 10 }],
};

const rows = list('a list of rows', row, { description: 'Rows.', examples: [[{ day: '2025-01-03', revenue: 6 }]] });

const members = record(
  'members',
  {
    members: list(
      'a list of ids',
      { title: 'an id', type: ['string', 'number'] },
      { description: 'The ids of the members.', examples: [['a', 'b']] },
    ),
  },
  { required: ['members'] },
);

const attrition = record(
  'attrition',
  {
    attrition: described(
      'What each condition removes.',
      [[{ condition: 1, fails: 600, removed: 600, sole: 380 }]],
      rows,
    ),
  },
  { required: ['attrition'] },
);

const shared: Readonly<Record<string, JsonSchema>> = {
  title: text('The rule or edge that the example shows.', ['A refund is taken off the day of its order'], {
    minLength: 1,
  }),
  given: dictionary('tables by name', rows, {
    description: 'The rows there are. A model left out is built from those given, if it can be, else empty.',
    examples: [{ 'marts.orders': [{ order_id: 1, amount: 10 }] }],
  }),
  as_of: text(
    'The instant up to which data is complete, a day for its first instant by the calendar; the end of the day after the last given instant if absent.',
    ['2025-02-01T00:00Z'],
    {
      title: 'an instant such as `2025-02-01T00:00Z`',
      pattern:
        '^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:?[0-9]{2}))?$',
    },
  ),
  calendar: described('A calendar in place of the project’s.', [{ timezone: 'Europe/Berlin' }], ref('calendar')),
  disagree: list(
    'a list of other answers',
    record(
      'another answer',
      {
        system: text('The product or method.', ['zero-padded table']),
        value: {
          title: 'a text or number',
          type: ['string', 'number'],
          description: 'What it answers.',
          examples: [0.2],
        },
        why: text('Why it does.', ['It divides by all five users.']),
      },
      {
        required: ['system', 'value', 'why'],
        description: 'What another product would say.',
        examples: [{ system: 'zero-padded table', value: 0.2, why: 'It divides by all five users.' }],
      },
    ),
    {
      description: 'How others would count it; shown in the dictionary.',
      examples: [[{ system: 'zero-padded table', value: 0.2, why: 'It divides by all five users.' }]],
    },
  ),
};

const date = (description: string): JsonSchema =>
  text(description, ['2025-01-01'], {
    title: 'a date such as `2025-01-01`',
    pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}.*)?$',
  });

/** Rows without a time are of no period and do not count, so they have one. */
export const workedExample = {
  title: 'Two orders of a day',
  given: {
    'marts.orders': [
      { order_id: 1, paid_at: '2025-01-03T10:00Z', amount: 10 },
      { order_id: 2, paid_at: '2025-01-03T12:00Z', amount: 2.5 },
    ],
  },
  grain: 'day',
  expect: [{ day: '2025-01-03', revenue: 12.5 }],
};

const metricExample = record(
  'an example',
  {
    ...shared,
    by: described('Dimensions asked for.', [['country']], ref('names')),
    grain: choice(
      'The period asked for; one figure over all if absent.',
      ['hour', 'day', 'week', 'month', 'quarter', 'year'],
      { examples: ['day'] },
    ),
    from: date('The first day, included.'),
    to: date('The last day, left out.'),
    where: text('A condition over dimensions.', ["country = 'DE'"]),
    ordered: flag('The order of rows counts.', { default: false }),
    expect: described(
      'The whole result: as many rows, compared on the columns written, numbers at the digits written.',
      [[{ day: '2025-01-03', revenue: 6 }]],
      rows,
    ),
  },
  {
    required: ['title', 'given', 'expect'],
    description: 'Given rows and the result that they must yield.',
    examples: [workedExample],
  },
);

const segmentExample = record(
  'an example',
  {
    ...shared,
    ordered: flag('The order of rows counts.', { default: false }),
    expect: {
      title: 'rows, `members` or `attrition`',
      anyOf: [rows, members, attrition],
      description: 'The members, the rows of a split, or what each condition removes.',
      examples: [{ members: ['a', 'b'] }],
    },
  },
  {
    required: ['title', 'given', 'expect'],
    description: 'Given rows and the members that they must yield.',
    examples: [{ title: 'One order', given: { 'marts.users': [{ user_id: 'a' }] }, expect: { members: ['a'] } }],
  },
);

export const exampleSchemas: Readonly<Record<string, JsonSchema>> = {
  metricExamples: list('a list of examples', metricExample, {
    description: 'Worked examples. They are run as tests and shown in the dictionary.',
    examples: [[workedExample]],
  }),
  segmentExamples: list('a list of examples', segmentExample, {
    description: 'Worked examples. They are run as tests and shown in the dictionary.',
    examples: [[{ title: 'One user', given: { 'marts.users': [{ user_id: 'a' }] }, expect: { members: ['a'] } }]],
  }),
};
