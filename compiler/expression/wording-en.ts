import type { Wording } from './wording.ts';

export const englishWording: Wording = {
  and: 'and',
  or: 'or',
  not: 'not',
  nothing: 'nothing',
  missing: 'is missing',
  present: 'is present',
  truth: {
    IS_TRUE: 'is true',
    IS_NOT_TRUE: 'is not true',
    IS_FALSE: 'is false',
    IS_NOT_FALSE: 'is not false',
    IS_UNKNOWN: 'is missing',
    IS_NOT_UNKNOWN: 'is not missing',
  },
  comparisons: {
    '=': 'is',
    '<>': 'is not',
    '<': 'is less than',
    '>': 'is more than',
    '<=': 'is at most',
    '>=': 'is at least',
  },
  arithmetic: {
    '+': ['plus', 'sum'],
    '-': ['minus', 'sum'],
    '*': ['times', 'product'],
    '/': ['divided by', 'product'],
  },
  minus: 'minus',
  oneOf: 'is one of',
  noneOf: 'is none of',
  between: (low, high) => `is from ${low} to ${high}`,
  notBetween: (low, high) => `is not from ${low} to ${high}`,
  otherThan: 'is other than',
  sameAs: 'is the same as',
  like: {
    contains: ['contains', 'does not contain'],
    starts: ['starts with', 'does not start with'],
    ends: ['ends with', 'does not end with'],
    is: ['is', 'is not'],
  },
  anyCase: ', in capitals or not',
  orWhereMissing: (first, rest) => `${first} (or ${rest.join(', or ')} where it is missing)`,
  calls: {
    lower: (text) => `${text} in small letters`,
    upper: (text) => `${text} in capitals`,
    abs: (number) => `${number} without its sign`,
    round: (number, digits) =>
      `${number} rounded${digits === undefined ? '' : ` to ${digits} ${digits === '1' ? 'digit' : 'digits'}`}`,
    etalon_hash: (text) => `the keyed hash of ${text}`,
    etalon_run_at: () => 'the time of the run',
  },
  aggregates: {
    rows: 'number of rows',
    countOf: (what, isDistinct) => (isDistinct ? `number of distinct ${what}` : `number of rows with ${what}`),
    of: {
      sum: 'sum of',
      avg: 'average of',
      min: 'least',
      max: 'greatest',
      median: 'median of',
      stddev: 'standard deviation of',
      stddev_samp: 'standard deviation of',
      first: 'first',
      last: 'last',
      array_agg: 'list of',
      string_agg: 'list of',
    },
    distinct: 'distinct ',
    percentile: (percent, what) => `${ordinal(percent)} percentile of ${what}`,
    where: (words, condition) => `${words} where ${condition}`,
  },
};

function ordinal(n: number): string {
  const last = n % 10;
  const teen = Math.floor(n / 10) % 10 === 1;
  return `${n}${teen || !Number.isInteger(n) ? 'th' : last === 1 ? 'st' : last === 2 ? 'nd' : last === 3 ? 'rd' : 'th'}`;
}
