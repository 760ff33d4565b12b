import type { CatalogActivity, CatalogCohort } from '../catalog.ts';
import { everyWords, type Span, spanWords } from '../metric/frame.ts';
import { propertyWords } from '../segment/condition-columns.ts';
import type { CohortRule, FunnelRule, RetentionRule } from './rule.ts';

interface Names {
  readonly activities: ReadonlyMap<string, CatalogActivity>;
  readonly cohorts: ReadonlyMap<string, CatalogCohort>;
}

/** The rule in plain words, a sentence each, for people who read no SQL. */
export function describeRule(rule: CohortRule, names: Names): string[] {
  switch (rule.rule) {
    case 'retention':
    case 'cohort_churn':
      return [...cohortWords(rule.cohort, rule.every, names), ...retentionWords(rule)];
    case 'inactivity_churn':
      return [
        `At the end of each period: of those with \`${rule.activity}\` before the ${rule.inactiveFor.text} that end with it, how many have none in them.`,
        'The days are dates of the calendar; who comes back is no longer counted as lost.',
      ];
    case 'contract_churn':
      return [
        rule.of === 'opening'
          ? `Of those with a running \`${rule.activity}\` as the period begins, how many have none as it ends.`
          : `Of those with a running \`${rule.activity}\` as the period begins, or who start one in it, how many have none as it ends.`,
        "What ends at a period's first instant ends in it; what starts then is new.",
      ];
    case 'kept_revenue':
      return [
        `Of those with a value of \`${rule.activity}\` in the period before: how much of it is left in the period${rule.keeps === 'gross' ? ', for each at most what it was' : ''}.`,
        ...(rule.base === 'opening_plus_reactivated'
          ? ['What those bring who had been customers earlier is added; what the new bring is not.']
          : ['What the new and the reactivated bring is not in it.']),
      ];
    case 'cohort_revenue':
      return [
        ...cohortWords(rule.cohort, rule.every, names),
        `The value of \`${rule.activity}\` in interval k, from the anchor on, over that in interval 0.`,
      ];
    case 'ltv':
      return [
        ...cohortWords(rule.cohort, rule.every, names),
        `The value of \`${rule.activity}\` from the anchor up to the horizon, of those whose horizon is over, divided by their number.`,
        refundWords[rule.refunds],
      ];
    case 'repeat':
      return [
        `Of those whose first \`${rule.activity}\` is more than ${rule.within.text} ago: how many had another one within that time after it.`,
        rule.sameDay === 'merge'
          ? 'What happens on the day of the first is the same one.'
          : 'A later one on the same day counts.',
      ];
    case 'lifecycle':
      return [
        `By ${everyWords(rule.every)}: who has the first \`${rule.activity}\` ever (new), was active in the period before, too (returning), or only earlier (resurrected); and who was active in the period before and is not (dormant).`,
        'Active are the new, the returning and the resurrected together.',
      ];
    case 'returned':
      return [`How many have an event of \`${rule.activity}\` at least ${rule.after.text} after their last one.`];
    case 'stickiness':
      return stickinessWords(rule);
    case 'funnel':
      return funnelWords(rule);
  }
}

const refundWords = {
  gross: 'Refunds are not taken off.',
  on_refund_date: 'A refund counts on its own day: one after the horizon is not in it.',
  on_order_date: 'A refund counts on the day of its order, whenever it came.',
} as const;

function cohortWords(name: string, every: Span | undefined, { cohorts }: Names): string[] {
  const cohort = cohorts.get(name)!;
  const which = {
    first_ever: `first \`${cohort.anchor}\` ever`,
    first_matching: `first matching \`${cohort.anchor}\``,
    every_period: `\`${cohort.anchor}\`, in each period that has one`,
  };
  const occurrence =
    typeof cohort.occurrence === 'string'
      ? which[cohort.occurrence]
      : `\`${cohort.anchor}\` number ${cohort.occurrence.nth}`;
  const by = every ? `, by ${everyWords(every)}` : '';
  const filter =
    cohort.where === undefined
      ? ''
      : cohort.occurrence === 'first_ever'
        ? ` It must be one where ${propertyWords(cohort.where).text}, else they are in no cohort.`
        : ` Only those where ${propertyWords(cohort.where).text} count.`;
  return [`A cohort is those who had their ${occurrence}${by}.${filter}`];
}

function retentionWords(rule: RetentionRule): string[] {
  const lost = rule.rule === 'cohort_churn';
  const enough = rule.minOccurrences === 1 ? '' : `, ${rule.minOccurrences} times or more`;
  const when = {
    on: 'in interval k',
    on_or_after: 'in interval k or later',
    on_or_before: 'in one of the intervals 1 to k',
    streak: 'in each of the intervals 1 to k',
  }[rule.criteria];
  return [
    `Counted is who ${lost ? 'does not have' : 'has'} \`${rule.activity}\` ${when}${enough}.`,
    rule.interval === 'calendar'
      ? `Interval k is the k-th ${rule.every.count === 1 ? rule.every.unit : `stretch of ${spanWords(rule.every)}`} of the calendar after the cohort's own.`
      : `Interval k begins k times ${spanWords(rule.every)} after the anchor, to the microsecond.`,
    rule.periodZero === 'anchor'
      ? 'Interval 0 is everyone, by definition.'
      : `Interval 0 is who comes back within it, ${rule.returnAfterAnchor === 'strict' ? 'after' : 'at or after'} the anchor.`,
    'What cannot be known yet is empty and not 0.',
    `The mean over cohorts is ${rule.mean === 'pooled' ? 'the sum of the returned over the sum of the sizes' : 'the mean of the rates'}, of ${rule.includePartial ? 'closed and open' : 'closed'} cells.`,
  ];
}

function stickinessWords(rule: Extract<CohortRule, { rule: 'stickiness' }>): string[] {
  const span = rule.window === 'trailing' ? `days that end with the ${rule.in}` : rule.in;
  if (rule.as === 'histogram')
    return [`Entities by the number of each ${rule.of} with \`${rule.activity}\` in the ${span}.`];
  return rule.window === 'trailing'
    ? [`Active on the last day of the ${rule.in}, of those active in the ${span}.`]
    : [`The mean of who is active in a ${rule.of}, over who is active in the ${rule.in}.`];
}

function funnelWords(rule: FunnelRule): string[] {
  const steps = rule.steps.map((step) => `\`${step}\``).join(', then ');
  const order = {
    sequential: 'Other steps may come between.',
    strict: 'No other step of the funnel may come between.',
    any: 'The order of the steps does not matter.',
  };
  return [
    `${steps}: within ${rule.within.text} ${rule.windowFrom === 'first_step' ? 'from the first' : 'from each to the next'}${rule.bound === 'inclusive' ? '' : ', that instant left out'}.`,
    order[rule.order],
    rule.entry === 'first'
      ? 'The clock starts at the first entry.'
      : 'Each entry is an attempt, and the best one counts.',
    'An entry whose time is not over is left out, also when it has come through.',
    rule.count === 'attempts' ? 'Counted are attempts.' : 'Counted are entities, each once.',
  ];
}
