import { spanWords } from '../metric/frame.ts';
import type { DifferenceWords } from './words.ts';

const code = (name: string) => `\`${name}\``;

export const english: DifferenceWords = {
  model: (is, not) => `counts rows of ${code(is)}, not of ${code(not)}`,
  formula: (is, not) => `is “${is}”, not “${not}”`,
  term: (does, sign, what) =>
    does ? `${sign === '-' ? 'takes off' : 'adds'} ${what}` : `does not ${sign === '-' ? 'take off' : 'add'} ${what}`,
  condition: (does, condition) => (does ? `counts only rows where ${condition}` : `does not ask for “${condition}”`),
  values: (does, condition) =>
    does ? `counts rows where ${condition}, too` : `does not count rows where ${condition}`,
  time: (is, not) =>
    is === undefined ? 'has no time' : `goes by ${code(is)}${not === undefined ? '' : `, not by ${code(not)}`}`,
  timezone: (is, not) => `goes by the days of ${is}, not of ${not}`,
  exclusion: (does, name) => `${does ? 'leaves out' : 'does not leave out'} ${code(name)}`,
  ownPeriod: 'counts the period itself alone',
  unbounded: 'counts everything up to and including the period',
  window: (length) =>
    `counts the ${length.count === 1 ? `${length.unit} that ends` : `${spanWords(length)} that end`} with the period`,
  toDate: (of) => `counts from the start of the period's ${of} on`,
  itself: 'shows the value itself, not a change',
  compare: (as, to) => {
    const what = {
      percent: 'change since',
      difference: 'difference from',
      ratio: 'ratio to',
      value: 'value of',
    }[as];
    return `shows the ${what} the same period ${spanWords(to)} ago`;
  },
  fill: {
    '0': 'is 0 in a period without data',
    null: 'has an empty row for a period without data',
    none: 'has no row for a period without data',
  },
  per: (columns) =>
    columns.length === 0 ? 'picks one row of all' : `picks one row for each ${columns.map(code).join(' and ')}`,
  asks: (does, line) => `${does ? 'asks for' : 'does not ask for'} “${line}”`,
  alike: 'is counted in the same way',
};
