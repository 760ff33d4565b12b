import { dataTestRule, sqlFileSchema } from './data-test-rule.ts';
import type { JsonSchema } from './json-schema.ts';
import { choice, count, described, list, record, ref, text } from './json-schema.ts';

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
  dataTestRule('not_null', 'test `not_null`', yes('Never null.')),
  dataTestRule('unique', 'test `unique`', yes('No value twice; nulls aside.')),
  dataTestRule(
    'accepted',
    'test `accepted`',
    list('a list of values', scalar, {
      minItems: 1,
      uniqueItems: true,
      description: 'One of these values, or null.',
      examples: [['paid', 'refunded']],
    }),
  ),
  dataTestRule(
    'range',
    'test `range`',
    record(
      'bounds',
      { min: bound('The least value allowed.', 0), max: bound('The greatest value allowed.', 100) },
      { minProperties: 1, description: 'Within these bounds, both included.', examples: [{ min: 0 }] },
    ),
  ),
  dataTestRule(
    'references',
    'test `references`',
    text('Every value stands in that column of another model; nulls aside.', ['clean.users.user_id'], {
      title: 'a column, `layer.model.column`',
      pattern: '^(raw|clean|marts)\\.[^.]+\\.[^.]+$',
    }),
  ),
  dataTestRule(
    'matches',
    'test `matches`',
    text('The text matches this regular expression (PostgreSQL).', ['^[a-z_]+$'], { minLength: 1 }),
  ),
  dataTestRule(
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

const modelRules: readonly JsonSchema[] = [
  dataTestRule(
    'expression',
    'test `expression`',
    described('True or unknown in every row.', ['paid_at >= created_at'], ref('sql')),
  ),
  dataTestRule(
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
  dataTestRule(
    'volume',
    'test `volume`',
    record(
      'a usual volume',
      {
        per: choice('The period whose rows are counted.', periods, { default: 'day' }),
        within: text(
          'How far from the usual count a period may be. The usual is the median of the periods before it: for days those of the same weekday, for hours those of the same hour and weekday.',
          ['40% of median'],
          { title: 'a band such as `40% of median`', pattern: '^[0-9]+(\\.[0-9]+)?% of median$' },
        ),
        over: text(
          'How many days back the median looks. If absent: 28 days for hours and days, 84 for weeks, 365 for months.',
          ['28 days'],
          { title: 'a number of days such as `28 days`', pattern: '^[1-9][0-9]* days?$' },
        ),
      },
      {
        required: ['within'],
        description:
          'As many rows as is usual, in the last period that is complete. Where the usual scatter (three median absolute deviations) is wider than `within`, it is borne. Silent until eight periods exist.',
        examples: [{ per: 'day', within: '40% of median', over: '28 days' }],
      },
    ),
  ),
  dataTestRule(
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
  dataTestRule(
    'sequence',
    'test `sequence`',
    record(
      'an order of events',
      {
        first: text('The event that comes first.', ['checkout_started']),
        // biome-ignore lint/suspicious/noThenProperty: `then` is a key of the language; schemas are never awaited.
        then: text('The event that must not come without it.', ['invoice_paid']),
        per: text('The column whose rows belong together.', ['user_id']),
        event: text(
          'The column with the name of the event. If absent: the one that the tracking plan’s name came from, else `event_name`.',
          ['event_name'],
        ),
        max_violations: described(
          'The share of `then` events that may lack a `first` before them.',
          ['0.1%'],
          ref('share'),
        ),
      },
      {
        required: ['first', 'then', 'per'],
        description:
          'An event comes only after another, or at the same instant. Rows without `per` or without a time are not tested. The model needs `time:`.',
        // biome-ignore lint/suspicious/noThenProperty: as above.
        examples: [{ first: 'checkout_started', then: 'invoice_paid', per: 'user_id', max_violations: '0.1%' }],
      },
    ),
  ),
  dataTestRule(
    'references',
    'test `references`',
    record(
      'a reference by several columns',
      {
        on: described(
          'Columns of this model, in the order of the other one’s key.',
          [['order_id', 'line']],
          ref('columns'),
        ),
        to: described('The model whose key they are.', ['marts.order_lines'], ref('model')),
      },
      {
        required: ['on', 'to'],
        description: 'Every row names a row of another model; a row with a null in one of the columns is not tested.',
        examples: [{ on: ['order_id', 'line'], to: 'marts.order_lines' }],
      },
    ),
  ),
  dataTestRule('sql', 'test `sql`', sqlFileSchema),
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
