import { cohortFormSchemas } from './cohort-form-schemas.ts';
import { workedExample } from './example-schema.ts';
import type { JsonSchema } from './json-schema.ts';
import { choice, count, described, dictionary, exclusive, flag, list, record, ref, text } from './json-schema.ts';

const grain = choice('A period.', ['hour', 'day', 'week', 'month', 'quarter', 'year'], { examples: ['day'] });

/** What a file may say once for all its metrics. */
const fileDefaults: Readonly<Record<string, JsonSchema>> = {
  from: described('The model that the rows come from.', ['marts.orders'], ref('model')),
  time: text('Its column of time; the model’s `time:` if absent.', ['paid_at'], { minLength: 1 }),
  where: described('The rows that count.', ["status = 'paid'"], ref('sql')),
  by: described('Allowed dimensions; dotted = through a relation.', [['country', 'customer.channel']], ref('names')),
  exclude: described('Exclusions of the project that apply.', [['test_users']], ref('names')),
  timezone: text('The IANA zone of periods, or a column that holds one; the calendar’s if absent.', [
    'Asia/Tokyo',
    'stores.zone',
  ]),
  owner: text('Who answers for it.', ['finance@example.com']),
  tags: described('Words to select by.', [['finance']], ref('tags')),
  grains: list('a list of periods', grain, {
    uniqueItems: true,
    default: [],
    description:
      'Periods for which a run keeps what the metric is added up from, as tables that questions then read (kept-metrics.md); of a cohort form the one that it goes by.',
    examples: [['day', 'month']],
  }),
};

const aboutMetric: Readonly<Record<string, JsonSchema>> = {
  title: text('The name for readers.', ['Net revenue']),
  description: text('What it says, in a sentence or two.', ['Money received, refunds taken off.']),
  unit: text(
    'The unit of the value. The dictionary shows a currency as money and `percent` as a percentage of a fraction.',
    ['EUR'],
  ),
  owner: fileDefaults.owner!,
  tags: described(
    'Words to select by; `headline` brings it to the first page of the dictionary.',
    [['headline']],
    ref('tags'),
  ),
  status: choice('How far it may be relied on.', ['draft', 'production', 'deprecated'], { default: 'production' }),
  replaced_by: described('Deprecated: what to use instead.', ['net_revenue'], ref('name')),
  until: text('Deprecated: the day from which it is gone.', ['2026-01-01'], {
    title: 'a date such as `2026-01-01`',
    pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$',
  }),
  version: count('Raised when the meaning changes.', [2], { default: 1 }),
  changes: described('What each version changed.', [{ 2: 'Cancelled orders left out.' }], ref('changes')),
  exclude: fileDefaults.exclude!,
  timezone: fileDefaults.timezone!,
  grains: fileDefaults.grains!,
  examples: described('Worked examples.', [[workedExample]], ref('metricExamples')),
};

const compare = record(
  'a comparison',
  {
    to: text('The earlier period.', ['1 month ago'], {
      title: 'a shift such as `1 month ago`',
      pattern: '^[1-9][0-9]* (hour|day|week|month|quarter|year)s? ago$',
    }),
    as: choice(
      'The change as a fraction, the difference, the ratio, or the earlier value itself.',
      ['percent', 'difference', 'ratio', 'value'],
      { default: 'percent' },
    ),
    include_partial: flag('Compare an open period with the same elapsed part of the earlier one; else null.', {
      default: false,
    }),
  },
  { required: ['to'], description: 'Set against an earlier period.', examples: [{ to: '1 month ago', as: 'percent' }] },
);

export const plainMetricSchema = record(
  'a metric with `is`',
  {
    is: described(
      'Aggregates over the rows, or other metrics by name, combined last; by zero it is null. Aggregates are `count(*)`, `count(x)`, `count(distinct x)`, `sum`, `avg`, `min`, `max`, `median`, `stddev`, `percentile(x, 0.95)` (interpolated), `percentile_disc(x, 0.95)` and, by time, `first(x)` and `last(x)`, each with `filter (where …)` if wanted.',
      ['sum(amount)', 'revenue / orders'],
      ref('sql'),
    ),
    ...aboutMetric,
    from: fileDefaults.from!,
    time: fileDefaults.time!,
    where: described('The rows that count, in place of the file’s `where`.', ["status = 'paid'"], ref('sql')),
    by: fileDefaults.by!,
    per: described(
      'With `first()` and `last()`: one pick per value of these columns, then summed.',
      ['account_id'],
      ref('columns'),
    ),
    requires: described(
      'Dimensions without which it has no meaning, such as a currency: a question cuts by them or holds them still in `where`.',
      [['currency']],
      ref('names'),
    ),
    window: text(
      'The value over so much time up to and including the period; `unbounded` for all of it.',
      ['28 days', 'unbounded'],
      {
        title: 'a length of time or `unbounded`',
        pattern: '^([1-9][0-9]* (hour|day|week|month|quarter|year)s?|unbounded)$',
      },
    ),
    to_date: { ...grain, description: 'The value from the start of this period on.', examples: ['month'] },
    compare,
    fill: {
      title: '`0`, `null` or `none`',
      enum: [0, null, 'none'],
      default: 'none',
      description: 'A row for every period of the range, with this value where there is none.',
      examples: [0],
    },
  },
  {
    required: ['is'],
    allOf: exclusive('window', 'to_date'),
    description: 'A plain metric.',
    examples: [
      { is: 'sum(amount)', unit: 'EUR' },
      { is: "count(distinct user_id) filter (where status = 'paid')", unit: 'buyers' },
      { is: 'sum(amount) / count(distinct user_id)', unit: 'EUR', by: ['country'] },
    ],
  },
);

function cohortMetric(form: string, knobs: JsonSchema): JsonSchema {
  return record(
    `a metric with \`${form}\``,
    { [form]: knobs, ...aboutMetric },
    {
      required: [form],
      description: knobs.description ?? form,
      examples: (knobs.examples ?? []).map((e) => ({ [form]: e })),
    },
  );
}

const metric: JsonSchema = {
  title: 'a metric',
  anyOf: [
    ref('sql'),
    plainMetricSchema,
    ...Object.entries(cohortFormSchemas).map(([form, knobs]) => cohortMetric(form, knobs)),
  ],
  description: 'An expression, or a mapping with `is` or one of the cohort forms.',
  examples: ['count(*)', { is: 'sum(amount)', unit: 'EUR' }],
};

const activity: JsonSchema = {
  title: 'an activity: `from` a model, or `any` of others',
  anyOf: [
    record(
      'an activity of rows',
      {
        description: text('What is done.', ['A paid order.']),
        from: described('The model with one row per event.', ['marts.orders'], ref('model')),
        entity: described('Who does it.', ['user'], ref('name')),
        time: text('The column that says when.', ['paid_at']),
        until: text('It lasts, up to this column; null is still running.', ['ended_at']),
        where: described('The rows that count.', ["status = 'paid'"], ref('sql')),
        value: described('What an event is worth.', ['amount'], ref('sql')),
        order: text('The column with the order that a refund belongs to.', ['order_id']),
      },
      { required: ['from', 'entity', 'time'] },
    ),
    record(
      'an activity of activities',
      {
        description: text('What they have in common.', ['Any use of the app.']),
        any: described('Each of these counts.', [['app_open', 'purchase']], { ...ref('names') }),
      },
      { required: ['any'] },
    ),
  ],
  description: 'Something an entity does, so that "active" means one thing.',
  examples: [
    { from: 'marts.orders', entity: 'user', time: 'paid_at', where: "status = 'paid'" },
    { any: ['app_open', 'purchase'] },
  ],
};

const cohort = record(
  'a cohort',
  {
    description: text('Who is in it.', ['Users by the day of their first order.']),
    anchor: described('The activity that puts an entity in.', ['purchase'], ref('name')),
    occurrence: {
      title: '`first_ever`, `first_matching`, `every_period` or `{nth: n}`',
      anyOf: [
        { type: 'string', enum: ['first_ever', 'first_matching', 'every_period'] },
        record('the nth event', { nth: count('Which one.', [2]) }, { required: ['nth'] }),
      ],
      default: 'first_ever',
      description: 'Which of its events. `first_ever`: the very first in all history, and it must match `where`.',
      examples: ['first_ever', { nth: 2 }],
    },
    where: described('Which events count as an anchor.', ["country = 'DE'"], ref('sql')),
    by: described('Dimensions, taken at the anchor event.', [['country']], ref('names')),
  },
  {
    required: ['anchor'],
    description: 'Entities grouped by when they did something.',
    examples: [{ anchor: 'purchase', occurrence: 'first_ever' }],
  },
);

export const metricsSchema: JsonSchema = record(
  'a file of metrics',
  {
    ...fileDefaults,
    activities: dictionary('activities by name', activity, {
      description: 'What entities do.',
      examples: [{ active: { any: ['app_open', 'purchase'] } }],
    }),
    cohorts: dictionary('cohorts by name', cohort, {
      description: 'Groups of entities by when they did something.',
      examples: [{ signup: { anchor: 'signup' } }],
    }),
    metrics: dictionary('metrics by name', metric, {
      description: 'The figures.',
      examples: [{ orders: 'count(*)', aov: 'revenue / orders' }],
    }),
  },
  {
    description:
      'Activities, cohorts and metrics. Keys beside them are the file’s defaults, which a metric may override.',
    examples: [
      {
        from: 'marts.orders',
        time: 'paid_at',
        metrics: { orders: 'count(*)', revenue: { is: 'sum(amount)', unit: 'EUR' } },
      },
    ],
  },
);
