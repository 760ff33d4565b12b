import { dataTestRule, sqlFileSchema } from './data-test-rule.ts';
import type { JsonSchema } from './json-schema.ts';
import { described, dictionary, record, ref, text } from './json-schema.ts';

const sideRows = described('The rows that count; all if absent.', ["status = 'paid'"], ref('sql'));

const side = (which: string): JsonSchema => ({
  title: 'a side: a model or a file of control totals',
  anyOf: [
    record(
      'a side',
      {
        from: described('The model that is summed up.', ['marts.orders'], ref('model')),
        value: described('The aggregate that is compared.', ['sum(amount)'], ref('sql')),
        where: sideRows,
      },
      { required: ['from', 'value'], examples: [{ from: 'marts.orders', value: 'sum(amount)' }] },
    ),
    record(
      'a file of control totals',
      {
        file: text(
          'A CSV file that is committed with the project, with a header: looked for beside the test, then from the project folder. Its columns are typed by what stands in them: integer, decimal, date, timestamp, boolean, else text.',
          ['controls/revenue.csv'],
          { title: 'the name of a `.csv` file', pattern: '^[^/].*\\.csv$' },
        ),
        value: described('The column that is summed up, or an aggregate.', ['amount', 'max(balance)'], ref('sql')),
        where: sideRows,
      },
      { required: ['file', 'value'], examples: [{ file: 'controls/revenue.csv', value: 'amount' }] },
    ),
  ],
  description: `The ${which} side: a model, or a committed file of control totals.`,
  examples: [
    { from: 'marts.orders', value: 'sum(amount)' },
    { file: 'controls/revenue.csv', value: 'amount' },
  ],
});

const tolerance: JsonSchema = {
  title: 'a share such as `0.5%`, or `share` and `amount`',
  anyOf: [
    { title: 'a percentage such as `0.5%`', type: 'string', pattern: '^[0-9]+(\\.[0-9]+)?%$' },
    { title: 'a fraction from 0 to 1', type: 'number', minimum: 0, maximum: 1 },
    record(
      'a tolerance',
      {
        share: described('As a share of the right side.', ['0.5%'], ref('share')),
        amount: {
          title: 'a number',
          type: 'number',
          minimum: 0,
          description: 'In the unit of the value.',
          examples: [0.01],
        },
      },
      { minProperties: 1 },
    ),
  ],
  default: 0,
  description:
    'How far the left may be off: a share of the right, `{amount: 1.00}` in the unit of the value, or both, of which the larger is borne.',
  examples: ['0.5%', { amount: 1 }, { share: '0.5%', amount: 1 }],
};

const projectRules: readonly JsonSchema[] = [
  dataTestRule(
    'reconcile',
    'test `reconcile`',
    record(
      'two sides that must agree',
      {
        left: side('tested'),
        right: side('trusted'),
        per: described(
          'What both sides are grouped by; one total each if absent. A group that only one side has counts as 0 on the other.',
          ['paid_day'],
          ref('sql'),
        ),
        tolerance,
      },
      {
        required: ['left', 'right'],
        description: 'Two models, or a model and a committed file of control totals, agree on a figure.',
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
  dataTestRule('sql', 'test `sql`', sqlFileSchema),
];

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
