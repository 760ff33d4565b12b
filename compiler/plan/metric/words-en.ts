import { spanWords } from './frame.ts';
import type { MetricWords } from './words.ts';

const code = (name: string) => `\`${name}\``;

const compared: Readonly<Record<'percent' | 'difference' | 'ratio' | 'value', (ago: string) => string>> = {
  percent: (ago) => `the change since the same period ${ago}, as a fraction`,
  difference: (ago) => `the difference from the same period ${ago}`,
  ratio: (ago) => `the ratio to the same period ${ago}`,
  value: (ago) => `the value of the same period ${ago}`,
};

export const english: MetricWords = {
  overRows: (formula, model) => `${capital(formula)}, over the rows of \`${model}\`.`,
  overMetrics: (formula) =>
    `Computed from other metrics: ${formula}. Each of them is counted whole first, then the formula; never an average of parts.`,
  as: (metric) => `Counted as \`${metric}\` is.`,
  onlyWhere: (condition) => `Only rows count where ${condition}; a row where that is not known does not count.`,
  leftOut: ({ name, key, in: model }, condition) =>
    `Left out: \`${name}\`, the rows whose \`${key}\` is in \`${model}\` where ${condition}.`,
  placed: (time, zone) =>
    `A row counts in the period of its \`${time}\`, ${'name' in zone ? `in the time of ${zone.name}` : `in the zone of its \`${zone.column}\``}.`,
  unbounded: 'Everything up to and including the period counts.',
  window: (length) =>
    length.count === 1
      ? `The ${length.unit} that ends with the period counts, by dates of the calendar, the last one included.`
      : `The ${spanWords(length)} that end with the period count, by dates of the calendar, the last one included.`,
  toDate: (of) => `All counts from the start of the period's ${of} on.`,
  picked: (columns) => `One row is picked for each ${columns.map(code).join(' and ')}; the picks are summed.`,
  compared: (as, to) =>
    `Shown is ${compared[as](`${spanWords(to)} ago`)}${as === 'value' ? '' : '; without a value then there is none'}.`,
  openPeriod: (isCompared) =>
    isCompared
      ? 'A period that is still open is set against the same part of the earlier one.'
      : 'A period that is still open is not compared.',
  filled: (value) =>
    value === '0'
      ? 'Every period of the range has a row; without data it is 0, and empty where nothing can be known yet.'
      : 'Every period of the range has a row; without data it is empty.',
  notOver: (dimensions) => `It has no meaning over different ${dimensions.map(code).join(', ')}.`,
  additivity: {
    sum: 'It adds up: the total is the sum of its groups, and a month the sum of its days.',
    min: 'It does not add up: the total is the smallest of its groups.',
    max: 'It does not add up: the total is the largest of its groups.',
    distinct: 'It does not add up: who is in two groups or two days counts once in the total.',
    average: 'It does not add up: the total is computed from all rows, not from the averages of its groups.',
    ratio:
      'It does not add up: the total is the ratio of the totals; where the divisor is zero or missing there is no value.',
    none: 'It does not add up: every total is computed anew from the rows.',
  },
};

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
