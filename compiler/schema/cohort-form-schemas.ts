import type { JsonSchema } from './json-schema.ts';
import { choice, count, described, exclusive, flag, list, record, ref, text } from './json-schema.ts';

const activity = (description: string): JsonSchema => described(description, ['purchase'], ref('name'));
const cohort = described('The cohort: whom it counts, and from when.', ['first_purchase'], ref('name'));
const every = text('The length of a period.', ['month'], {
  title: 'a period such as `week` or `3 days`',
  pattern: '^(hour|day|week|month|quarter|year|[1-9][0-9]* (hours?|days?|weeks?|months?))$',
});
const periods = count('The last interval: `k` runs from 0 to this.', [12], { minimum: 0 });

const horizon: JsonSchema = {
  title: '`as_of`, `{periods: n}` or a date',
  anyOf: [
    { title: '`as_of` or a date', type: 'string', pattern: '^(as_of|[0-9]{4}-[0-9]{2}-[0-9]{2})$' },
    record('a number of periods', { periods: count('How many periods.', [3]) }, { required: ['periods'] }),
  ],
  default: 'as_of',
  description: 'With `criteria: on_or_after`: how far returns are looked for.',
  examples: ['as_of', { periods: 3 }],
};

const includePartial = flag('Averages take cells that are still open, too.', { default: false });

const noPartial: JsonSchema = {
  title: '`false`',
  enum: [false],
  default: false,
  description: 'No average over cohorts is taken here: a period that is open is shown, and says so.',
  examples: [false],
};

/** What retention and the churn of a cohort share: one is 1 less the other. */
const returning: Readonly<Record<string, JsonSchema>> = {
  cohort,
  return: activity('The activity that counts as coming back.'),
  every,
  periods,
  brackets: list('a list of lengths', count('So many intervals.', [4]), {
    minItems: 1,
    description:
      'How many intervals each bracket takes, from interval 1 on: `[1, 2, 4]` with days is day 1, days 2-3, days 4-7.',
    examples: [[1, 2, 4]],
  }),
  criteria: choice(
    'When a return counts: in interval k; in k or later; in 1 to k; in each of 1 to k.',
    ['on', 'on_or_after', 'on_or_before', 'streak'],
    { default: 'on' },
  ),
  interval: choice('Periods of the calendar, or time elapsed since the anchor.', ['calendar', 'rolling'], {
    default: 'calendar',
  }),
  period_zero: choice('Interval 0: everyone by definition, or those seen again within it.', ['anchor', 'observed'], {
    default: 'anchor',
  }),
  return_after_anchor: choice(
    'In interval 0 a return comes after the anchor, or may fall on the same instant.',
    ['strict', 'same_instant'],
    { default: 'strict' },
  ),
  min_occurrences: count('Return events needed in an interval.', [2], { default: 1 }),
  mean: choice('The mean over cohorts: sum by sum, or the mean of the rates.', ['pooled', 'simple'], {
    default: 'pooled',
  }),
  horizon,
  include_partial: includePartial,
};

const retention = record('a retention', returning, {
  required: ['cohort', 'return', 'every'],
  allOf: exclusive('periods', 'brackets'),
  description: 'How many of a cohort come back, interval by interval.',
  examples: [{ cohort: 'signup', return: 'active', every: 'week', periods: 12 }],
});

const churn: JsonSchema = {
  title: 'a churn: of a cohort, by inactivity or of contracts',
  anyOf: [
    record('churn of a cohort', returning, {
      required: ['cohort', 'return', 'every'],
      allOf: exclusive('periods', 'brackets'),
    }),
    record(
      'churn by inactivity',
      {
        activity: activity('The activity that keeps an entity alive.'),
        inactive_for: described(
          'Dates without it, after which an entity counts as lost.',
          ['30 days'],
          ref('duration'),
        ),
        every: { ...every, description: 'The period at whose end it is asked; the grain asked for if absent.' },
        include_partial: noPartial,
      },
      { required: ['activity', 'inactive_for'] },
    ),
    record(
      'churn of contracts',
      {
        activity: activity('The activity that lasts: one with `until`.'),
        of: choice(
          'The base: those of the opening, or those who joined in the period, too.',
          ['opening', 'opening_plus_new'],
          { examples: ['opening'] },
        ),
        every: { ...every, description: 'The period; the grain asked for if absent.' },
        include_partial: noPartial,
      },
      { required: ['activity', 'of'] },
    ),
  ],
  description: 'How many are lost.',
  examples: [
    { activity: 'active', inactive_for: '30 days' },
    { cohort: 'signup', return: 'active', every: 'month', periods: 6 },
  ],
};

const revenueRetention: JsonSchema = {
  title: 'a revenue retention: of a period or of a cohort',
  anyOf: [
    record(
      'revenue retention of a cohort',
      { cohort, activity: activity('The activity with the value.'), every, periods, include_partial: includePartial },
      { required: ['cohort', 'activity', 'every'] },
    ),
    record(
      'revenue retention of a period',
      {
        activity: activity('The activity with the value.'),
        every,
        kind: choice('`gross` never counts an expansion, `net` does.', ['gross', 'net'], { examples: ['net'] }),
        base: choice(
          'Those who paid in the period before, or also those who came back.',
          ['opening', 'opening_plus_reactivated'],
          { default: 'opening' },
        ),
        include_partial: noPartial,
      },
      { required: ['activity', 'every', 'kind'] },
    ),
  ],
  description: 'How much of the money stays.',
  examples: [{ activity: 'subscription_paid', every: 'month', kind: 'net' }],
};

const ltv = record(
  'a lifetime value',
  {
    cohort,
    every: { ...every, description: 'The period of a cohort; the grain asked for if absent.' },
    activity: activity('The activity with the value. A refund is a row with a negative value.'),
    horizons: list('a list of lengths of time', ref('duration'), {
      minItems: 1,
      uniqueItems: true,
      description: 'How long after the anchor value is added up.',
      examples: [['30 days', '90 days']],
    }),
    refunds: choice(
      'Not taken off; taken off on their own day; or on the day of their order.',
      ['gross', 'on_refund_date', 'on_order_date'],
      { default: 'on_refund_date' },
    ),
  },
  {
    required: ['cohort', 'activity', 'horizons'],
    description: 'Value per member of a cohort, of those old enough.',
    examples: [{ cohort: 'first_purchase', activity: 'purchase', horizons: ['30 days', '90 days'] }],
  },
);

const repeat = record(
  'a repeat rate',
  {
    activity: activity('The activity that is repeated.'),
    within: described('Time after the first one.', ['30 days'], ref('duration')),
    every: { ...every, description: 'The period of a cohort, with `by: [cohort]`; the grain asked for if absent.' },
    same_day: choice('Events on one day are one, or each counts.', ['merge', 'count'], { default: 'merge' }),
  },
  {
    required: ['activity', 'within'],
    description: 'How many do it again in time, of those whose time is over.',
    examples: [{ activity: 'purchase', within: '30 days' }],
  },
);

const lifecycle = record(
  'a lifecycle',
  { activity: activity('The activity that makes an entity active.'), every, include_partial: noPartial },
  {
    required: ['activity', 'every'],
    description: 'New, returning, resurrected and dormant, period by period.',
    examples: [{ activity: 'active', every: 'week' }],
  },
);

const returned = record(
  'a count of returned',
  { activity: activity('The activity.'), after: described('The gap before it.', ['7 days'], ref('duration')) },
  {
    required: ['activity', 'after'],
    description: 'How many come back after a gap.',
    examples: [{ activity: 'active', after: '7 days' }],
  },
);

const stickiness = record(
  'a stickiness',
  {
    activity: activity('The activity that makes an entity active.'),
    of: choice('The short period.', ['hour', 'day', 'week'], { default: 'day' }),
    in: choice('The long one.', ['day', 'week', 'month', 'quarter', 'year'], { examples: ['month'] }),
    as: choice('A rate, or entities by number of active days.', ['rate', 'histogram'], { default: 'rate' }),
    window: choice('The whole period, or its last day over the days ending with it.', ['period', 'trailing'], {
      default: 'period',
    }),
    include_partial: noPartial,
  },
  {
    required: ['activity', 'in'],
    description: 'Active in a day, of those active in the month.',
    examples: [{ activity: 'active', of: 'day', in: 'month' }],
  },
);

const funnel = record(
  'a funnel',
  {
    steps: list('a list of activities', ref('name'), {
      minItems: 2,
      description: 'The activities, in order.',
      examples: [['checkout_started', 'invoice_paid']],
    }),
    within: described('Time from the first step to the last, or between steps.', ['60 minutes'], ref('duration')),
    entry: choice(
      'The clock starts at the first entry, or each entry is an attempt and the best wins.',
      ['first', 'any'],
      { default: 'first' },
    ),
    window_from: choice(
      'Time is measured from the first step, or from the one before.',
      ['first_step', 'previous_step'],
      { default: 'first_step' },
    ),
    bound: choice('A step exactly at the end of the window counts, or not.', ['inclusive', 'exclusive'], {
      default: 'inclusive',
    }),
    order: choice('Steps in order; in order with none between; or in any order.', ['sequential', 'strict', 'any'], {
      default: 'sequential',
    }),
    count: choice('Entities, or their attempts.', ['entities', 'attempts'], { default: 'entities' }),
  },
  {
    required: ['steps', 'within'],
    description: 'How many go from step to step in time.',
    examples: [{ steps: ['checkout_started', 'invoice_paid'], within: '60 minutes' }],
  },
);

/** Form → its knobs. */
export const cohortFormSchemas: Readonly<Record<string, JsonSchema>> = {
  retention,
  churn,
  revenue_retention: revenueRetention,
  ltv,
  repeat,
  lifecycle,
  returned,
  stickiness,
  funnel,
};
