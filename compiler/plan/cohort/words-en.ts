import { everyWords, type Span, spanWords } from '../metric/frame.ts';
import { type FunnelRule, type RetentionRule, type StickinessRule, trailingDays } from './rule.ts';
import type { RuleWords } from './words.ts';

const occurrences = {
  first_ever: (anchor: string) => `first \`${anchor}\` ever`,
  first_matching: (anchor: string) => `first matching \`${anchor}\``,
  every_period: (anchor: string) => `\`${anchor}\`, in each period that has one`,
} as const;

const refunds = {
  gross: 'Refunds are not taken off.',
  on_refund_date: 'A refund counts on its own day: one after the horizon is not in it.',
  on_order_date: 'A refund counts on the day of its order, whenever it came.',
} as const;

const orders: Readonly<Record<FunnelRule['order'], string>> = {
  sequential: 'Other steps may come between.',
  strict: 'No other step of the funnel may come between.',
  any: 'The order of the steps does not matter.',
};

function whenReturned({ criteria, horizon }: RetentionRule): string {
  switch (criteria) {
    case 'on':
      return 'in interval k';
    case 'on_or_before':
      return 'in one of the intervals 1 to k';
    case 'streak':
      return 'in each of the intervals 1 to k';
    case 'on_or_after':
      return `in interval k or later, ${horizon === 'as_of' ? 'as far as the data go' : 'periods' in horizon ? `up to interval ${horizon.periods}` : `before ${horizon.date}`}`;
  }
}

function period({ count, unit }: Span): string {
  return count > 1 ? spanWords({ count, unit }) : `${unit === 'hour' ? 'an' : 'a'} ${unit}`;
}

function stickiness(rule: StickinessRule): string {
  const within = rule.of === 'day' ? 'on' : 'in';
  const span = rule.window === 'trailing' ? `${trailingDays[rule.in]} days that end with the ${rule.in}` : rule.in;
  if (rule.as === 'histogram')
    return `How many have \`${rule.activity}\` ${within} one ${rule.of} of the ${span}, how many ${within} two, and so on.`;
  return rule.window === 'trailing'
    ? `Of those with \`${rule.activity}\` in the ${span}: how many have it on the last one.`
    : `How many have \`${rule.activity}\` ${within} ${period({ count: 1, unit: rule.of })}, on average, over how many have it in the ${rule.in}.`;
}

export const english: RuleWords = {
  cohort: ({ anchor, occurrence }, every) => {
    const which =
      typeof occurrence === 'string' ? occurrences[occurrence](anchor) : `\`${anchor}\` number ${occurrence.nth}`;
    return `A cohort is those who had their ${which}${every ? `, by ${everyWords(every)}` : ''}.`;
  },
  firstMustBe: (condition) => `That event must be one where ${condition}, else they are in no cohort.`,
  onlyThose: (condition) => `Only events where ${condition} count for it.`,
  period: (every) => `A period is ${period(every)}.`,
  returns: (rule) => {
    const who = rule.rule === 'cohort_churn' ? 'everyone in the cohort but those who have' : 'who has';
    const enough = rule.minOccurrences === 1 ? '' : `, ${rule.minOccurrences} times or more`;
    return `Counted is ${who} \`${rule.activity}\` ${whenReturned(rule)}${enough}.`;
  },
  interval: ({ interval, every }) =>
    interval === 'calendar'
      ? `Interval k is the k-th ${every.count === 1 ? every.unit : `stretch of ${spanWords(every)}`} of the calendar after the cohort's own.`
      : `Interval k begins k times ${spanWords(every)} after the anchor, to the microsecond.`,
  intervalZero: ({ rule, periodZero, returnAfterAnchor }) =>
    periodZero === 'anchor'
      ? `In interval 0 ${rule === 'retention' ? 'is everyone' : 'nobody is lost'}, by definition.`
      : `In interval 0 a return counts that is within it, ${returnAfterAnchor === 'strict' ? 'after' : 'at or after'} the anchor.`,
  brackets: (cells) => `Several intervals are taken as one: ${cells.join(', ')}.`,
  unknown: 'What cannot be known yet is empty and not 0.',
  mean: ({ rule, mean, includePartial, criteria }) =>
    `The mean over cohorts is ${mean === 'pooled' ? `the sum of the ${rule === 'retention' ? 'returned' : 'lost'} over the sum of the sizes` : 'the mean of the rates'}, of ${criteria === 'on_or_after' ? 'cells that have begun' : cellsUsed(includePartial)}.`,
  inactivity: ({ activity, inactiveFor }) => [
    `At the end of each period: of those with \`${activity}\` before ${inactiveFor.count === 1 ? `the ${inactiveFor.unit} that ends with it, how many have none in it` : `the ${inactiveFor.text} that end with it, how many have none in them`}.`,
    'The days are dates of the calendar; who comes back is no longer counted as lost.',
  ],
  contracts: ({ activity, of }) => [
    `Of those with a running \`${activity}\` as the period begins${of === 'opening' ? '' : ', or who start one in it'}, how many have none as it ends.`,
    "What ends at a period's first instant ends in it; what starts then is new.",
  ],
  keptRevenue: ({ activity, keeps, base, lasts }) => [
    `${lasts ? `Of those whose running \`${activity}\` has a value as the period begins: how much of it runs as it ends` : `Of those with a value of \`${activity}\` in the period before: how much of it is left in the period`}${keeps === 'gross' ? ', for each at most what it was' : ''}.`,
    base === 'opening_plus_reactivated'
      ? 'What those bring who had been customers earlier is added; what the new bring is not.'
      : 'What the new and the reactivated bring is not in it.',
  ],
  cohortRevenue: ({ activity }) =>
    `The value of \`${activity}\` in interval k, from the anchor on, over that in interval 0.`,
  meanRevenue: ({ includePartial }) =>
    `Over several cohorts it is the sum of the values over the sum of those in interval 0, of ${cellsUsed(includePartial)}.`,
  ltv: (rule) => [
    `The value of \`${rule.activity}\` from the anchor up to the horizon (${rule.horizons.map(({ text }) => text).join(', ')}), of those whose horizon is over, divided by their number.`,
    refunds[rule.refunds],
  ],
  repeat: ({ activity, within, sameDay }) => [
    `Of those whose first \`${activity}\` is more than ${within.text} ago: how many had another one within that time after it.`,
    sameDay === 'merge'
      ? 'What happens on the day of the first is the same one.'
      : 'A later one on the same day counts.',
  ],
  lifecycle: ({ activity, every }) => [
    `By ${everyWords(every)}: who has the first \`${activity}\` ever (new), was active in the period before, too (returning), or only earlier (resurrected); and who was active in the period before and is not (dormant).`,
    'Active are the new, the returning and the resurrected together.',
  ],
  returned: ({ activity, after }) =>
    `How many have an event of \`${activity}\` at least ${after.text} after their last one.`,
  stickiness,
  funnel: (rule) => [
    `${rule.steps.map((step) => `\`${step}\``).join(', then ')}: within ${rule.within.text} ${rule.windowFrom === 'first_step' ? 'from the first' : 'from each to the next'}${rule.bound === 'inclusive' ? '' : ', that instant left out'}.`,
    orders[rule.order],
    rule.entry === 'first'
      ? 'The clock starts at the first entry.'
      : 'Each entry is an attempt, and the best one counts.',
    'An entry whose time is not over is left out, also when it has come through.',
    rule.count === 'attempts' ? 'Counted are attempts.' : 'Counted are entities, each once.',
  ],
};

function cellsUsed(includePartial: boolean): string {
  return includePartial ? 'closed and open cells' : 'closed cells';
}
