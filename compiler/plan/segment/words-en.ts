import type { Comparison } from '../../definition/condition.ts';
import { propertyWords } from './condition-columns.ts';
import type { Condition, DidCondition, MeasureTest, Split, Timing } from './rule.ts';
import type { SegmentWords } from './words.ts';

const comparisons: Readonly<Record<Comparison, string>> = {
  '=': 'exactly',
  '<>': 'other than',
  '<': 'less than',
  '<=': 'at most',
  '>': 'more than',
  '>=': 'at least',
};

const measured: Readonly<Record<MeasureTest['measure'], (amount: string, number: string) => string>> = {
  times: (amount, n) => `${amount} ${n === '1' ? 'time' : 'times'}`,
  days: (amount, n) => `on ${amount} ${n === '1' ? 'day' : 'days'}`,
  sum: (amount) => `worth ${amount} in all`,
  avg: (amount) => `worth ${amount} on average`,
  min: (amount) => `the least worth ${amount}`,
  max: (amount) => `the greatest worth ${amount}`,
};

function testWords({ measure, operator, number }: MeasureTest): string {
  return measured[measure](`${comparisons[operator]} ${number}`, number);
}

function timingWords(timing: Timing | undefined): string {
  switch (timing?.form) {
    case undefined:
      return '';
    case 'within':
      return ` in the last ${timing.length}`;
    case 'before':
      return ` more than ${timing.length} ago`;
    case 'between':
      return ` from ${timing.from} on, before ${timing.to}`;
    case 'since':
      return timing.within === undefined
        ? ` since the ${timing.which} \`${timing.activity}\``
        : ` within ${timing.within} of the ${timing.which} \`${timing.activity}\``;
  }
}

function didWords({ negated, activity, tests, timing, where }: DidCondition): string {
  const filter = where === undefined ? '' : ` with ${propertyWords(where).text}`;
  const often = tests.length === 0 ? '' : ` ${tests.map(testWords).join(', ')}`;
  return `${negated ? 'did not do' : 'did'} \`${activity}\`${filter}${often}${timingWords(timing)}`;
}

function conditionWords(condition: Condition): string {
  switch (condition.kind) {
    case 'all':
      return 'all of these';
    case 'any':
      return 'at least one of these';
    case 'not':
      return 'not this; unknown where this is unknown';
    case 'did':
      return didWords(condition);
    case 'edge': {
      const filter = condition.where === undefined ? '' : ` with ${propertyWords(condition.where).text}`;
      return `the ${condition.which} \`${condition.activity}\`${filter} was${timingWords(condition.timing)}`;
    }
    case 'sequence': {
      const within = condition.within === undefined ? '' : `, all in the last ${condition.within}`;
      return `did ${condition.steps.map((step) => `\`${step}\``).join(', then ')}${within}`;
    }
    case 'property': {
      const { text, columns } = propertyWords(condition.is);
      return columns.length === 0 ? text : `${text}; unknown where ${columns.join(' or ')} is missing`;
    }
    case 'metric': {
      const within = condition.within === undefined ? '' : ` over the last ${condition.within}`;
      return `\`${condition.metric}\`${within} is ${comparisons[condition.operator]} ${condition.number}; unknown without a value`;
    }
    case 'segment':
      return `is in the segment \`${condition.segment}\``;
    case 'list':
      return `stands in ${condition.path} (${condition.ids.length === 1 ? '1 id' : `${condition.ids.length} ids`})`;
  }
}

function splitWords({ activity, within, cuts, quantiles, parts }: Split): string[] {
  const by = { recency: 'r, days since the last one', frequency: 'f, how many', monetary: 'm, what they are worth' };
  const scores =
    quantiles === undefined
      ? Object.entries(cuts).map(([score, values]) => `${by[score as keyof typeof by]}: cut at ${values.join(', ')}`)
      : [`r, f and m: ${quantiles} equal shares of those who did it, ties together in the lower one`];
  return [
    `Everyone who did \`${activity}\` in the last ${within} is scored; anyone else is \`none\`.`,
    ...scores.map((score) => `Score ${score}.`),
    ...parts.map(({ name, when }) => `\`${name}\`: ${when === 'else' ? 'anyone else' : propertyWords(when).text}.`),
  ];
}

export const english: SegmentWords = {
  condition: conditionWords,
  excluded: (name) => `is not excluded by \`${name}\``,
  leftOut: (name) => `Left out: \`${name}\`.`,
  split: splitWords,
};
