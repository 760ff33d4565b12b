import type { JsonSchema } from './json-schema.ts';
import { choice, count, described, dictionary, list, record, ref, text } from './json-schema.ts';

/** What every test may say besides its rule. */
const common: Readonly<Record<string, JsonSchema>> = {
  description: text('What the test holds true, in a sentence.', ['Every order has an amount.']),
  severity: choice('`error` stops the publish, `warn` only reports.', ['error', 'warn'], { default: 'error' }),
  max: described('How many failing rows are borne.', ['10 rows', '0.5%'], { ...ref('allowance') }),
  where: described('The rows that are tested; all if absent.', ["status = 'paid'"], ref('sql')),
  owner: text('Who answers for it.', ['finance@example.com']),
  why: text('Why it is there.', ['The ledger was off by a day in March.']),
};

function test(rule: string, title: string, schema: JsonSchema): JsonSchema {
  return record(
    title,
    { [rule]: schema, ...common },
    {
      required: [rule],
      description: schema.description ?? title,
      examples: schema.examples?.map((e) => ({ [rule]: e })) ?? [],
    },
  );
}

const yes = (description: string): JsonSchema => ({ const: true, title: '`true`', description, examples: [true] });
const bound = (description: string, example: number): JsonSchema => ({
  title: 'a number or a date',
  type: ['number', 'string'],
  description,
  examples: [example],
});
const scalar: JsonSchema = {
  title: 'a text, number, true or false',
  type: ['string', 'number', 'boolean'],
  description: 'An accepted value.',
  examples: ['paid'],
};

const columnRules: readonly JsonSchema[] = [
  test('not_null', 'test `not_null`', yes('Never null.')),
  test('unique', 'test `unique`', yes('No value twice; nulls aside.')),
  test(
    'accepted',
    'test `accepted`',
    list('a list of values', scalar, {
      minItems: 1,
      uniqueItems: true,
      description: 'One of these values, or null.',
      examples: [['paid', 'refunded']],
    }),
  ),
  test(
    'range',
    'test `range`',
    record(
      'bounds',
      { min: bound('The least value allowed.', 0), max: bound('The greatest value allowed.', 100) },
      { minProperties: 1, description: 'Within these bounds, both included.', examples: [{ min: 0 }] },
    ),
  ),
  test(
    'references',
    'test `references`',
    text('Every value stands in that column of another model; nulls aside.', ['clean.users.user_id'], {
      title: 'a column, `layer.model.column`',
      pattern: '^(raw|clean|marts)\\.[^.]+\\.[^.]+$',
    }),
  ),
  test(
    'matches',
    'test `matches`',
    text('The text matches this regular expression (PostgreSQL).', ['^[a-z_]+$'], { minLength: 1 }),
  ),
  test(
    'null_share',
    'test `null_share`',
    record(
      'a share',
      { max: described('The greatest share of nulls.', ['2%'], ref('share')) },
      { required: ['max'], description: 'At most this share of the rows is null.', examples: [{ max: '2%' }] },
    ),
  ),
];

const periods = ['hour', 'day', 'week', 'month'];

const sqlFile = text(
  'A file with one SELECT: the rows that it returns are failures. Looked for beside this file, then in `tests/data`.',
  ['orders_without_user.sql'],
  {
    title: 'the name of an `.sql` file',
    pattern: '^[^/].*\\.sql$',
  },
);

const modelRules: readonly JsonSchema[] = [
  test(
    'expression',
    'test `expression`',
    described('True or unknown in every row.', ['paid_at >= created_at'], ref('sql')),
  ),
  test(
    'rows',
    'test `rows`',
    record(
      'a number of rows',
      {
        min: count('The fewest rows.', [1], { minimum: 0 }),
        max: count('The most rows.', [1000000], { minimum: 0 }),
        per: choice('Counted per period of the model’s time; over all if absent.', periods, { examples: ['day'] }),
      },
      { minProperties: 1, description: 'As many rows, in all or in every period.', examples: [{ min: 1, per: 'day' }] },
    ),
  ),
  test(
    'volume',
    'test `volume`',
    record(
      'a usual volume',
      {
        per: choice('The period whose rows are counted.', periods, { default: 'day' }),
        within: text('How far from the median a period may be.', ['40% of median'], {
          title: 'a band such as `40% of median`',
          pattern: '^[0-9]+(\\.[0-9]+)?% of median$',
        }),
        over: text('How many days back the median looks.', ['28 days'], {
          title: 'a number of days such as `28 days`',
          pattern: '^[1-9][0-9]* days?$',
          default: '28 days',
        }),
      },
      {
        required: ['within'],
        description: 'As many rows as is usual. Silent until eight periods exist.',
        examples: [{ per: 'day', within: '40% of median', over: '28 days' }],
      },
    ),
  ),
  test(
    'unique',
    'test `unique`',
    list(
      'a list of columns',
      { title: 'a column', type: 'string' },
      {
        minItems: 1,
        uniqueItems: true,
        description: 'No two rows agree in all these columns.',
        examples: [['user_id', 'created_at']],
      },
    ),
  ),
  test(
    'sequence',
    'test `sequence`',
    record(
      'an order of events',
      {
        first: text('The event that comes first.', ['checkout_started']),
        // biome-ignore lint/suspicious/noThenProperty: `then` is a key of the language; schemas are never awaited.
        then: text('The event that must not come without it.', ['invoice_paid']),
        per: text('The column whose rows belong together.', ['user_id']),
        max_violations: described(
          'The share of `then` events that may lack a `first` before them.',
          ['0.1%'],
          ref('share'),
        ),
      },
      {
        required: ['first', 'then', 'per'],
        description: 'An event comes only after another. The model needs `time:`.',
        // biome-ignore lint/suspicious/noThenProperty: as above.
        examples: [{ first: 'checkout_started', then: 'invoice_paid', per: 'user_id', max_violations: '0.1%' }],
      },
    ),
  ),
  test('sql', 'test `sql`', sqlFile),
];

const side = (which: string): JsonSchema =>
  record(
    'a side',
    {
      from: described('The model that is summed up.', ['marts.orders'], ref('model')),
      value: described('The aggregate that is compared.', ['sum(amount)'], ref('sql')),
      where: described('The rows that count; all if absent.', ["status = 'paid'"], ref('sql')),
    },
    {
      required: ['from', 'value'],
      description: `The ${which} side.`,
      examples: [{ from: 'marts.orders', value: 'sum(amount)' }],
    },
  );

const projectRules: readonly JsonSchema[] = [
  test(
    'reconcile',
    'test `reconcile`',
    record(
      'two sides that must agree',
      {
        left: side('tested'),
        right: side('trusted'),
        per: described('What both sides are grouped by; one total each if absent.', ['paid_day'], ref('sql')),
        tolerance: described('How far the left may be off, as a share of the right.', ['0.5%'], ref('share')),
      },
      {
        required: ['left', 'right'],
        description: 'Two models agree on a figure.',
        examples: [
          {
            left: { from: 'marts.orders', value: 'sum(amount)' },
            right: { from: 'raw.ledger', value: 'sum(amount)' },
            per: 'paid_day',
            tolerance: '0.5%',
          },
        ],
      },
    ),
  ),
  test('sql', 'test `sql`', sqlFile),
];

/** Forms of a test, one schema each. */
export const dataTestSchemas: Readonly<Record<string, JsonSchema>> = {
  columnTests: list(
    'a list of tests',
    {
      title: 'a test of a column',
      anyOf: [
        { ...choice('A rule without settings.', ['not_null', 'unique']), title: '`not_null` or `unique`' },
        ...columnRules,
      ],
      description: 'A rule that every value of the column meets.',
      examples: ['not_null', { range: { min: 0 } }],
    },
    { description: 'Tests of the column.', examples: [['not_null', { range: { min: 0 } }]] },
  ),
  modelTests: list(
    'a list of tests',
    {
      title: 'a test of a model',
      anyOf: modelRules,
      description: 'A rule for the whole model.',
      examples: [{ expression: 'paid_at >= created_at' }],
    },
    { description: 'Tests of the model.', examples: [[{ expression: 'paid_at >= created_at' }]] },
  ),
};

export const dataTestsSchema: JsonSchema = dictionary(
  'a file of tests',
  {
    title: 'a test',
    anyOf: projectRules,
    description: 'A test that spans models.',
    examples: [{ sql: 'orders_without_user.sql' }],
  },
  {
    description:
      'Tests that span models, by name. An `.sql` file in `tests/data` that no test names is a test by itself: the rows it returns are failures.',
    examples: [
      {
        finance_agrees: {
          reconcile: {
            left: { from: 'marts.orders', value: 'sum(amount)' },
            right: { from: 'raw.ledger', value: 'sum(amount)' },
            tolerance: '0.5%',
          },
        },
      },
    ],
  },
);
