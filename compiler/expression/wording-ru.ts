import type { Wording } from './wording.ts';

/** Names of columns have no gender: the words are chosen so that they need none. */
export const russianWording: Wording = {
  and: 'и',
  or: 'или',
  not: 'не',
  nothing: 'ничего',
  missing: 'не указано',
  present: 'указано',
  truth: {
    IS_TRUE: 'истинно',
    IS_NOT_TRUE: 'не истинно',
    IS_FALSE: 'ложно',
    IS_NOT_FALSE: 'не ложно',
    IS_UNKNOWN: 'не указано',
    IS_NOT_UNKNOWN: 'указано',
  },
  comparisons: {
    '=': 'равно',
    '<>': 'не равно',
    '<': 'меньше',
    '>': 'больше',
    '<=': 'не больше',
    '>=': 'не меньше',
  },
  arithmetic: {
    '+': ['плюс', 'sum'],
    '-': ['минус', 'sum'],
    '*': ['умножить на', 'product'],
    '/': ['разделить на', 'product'],
  },
  minus: 'минус',
  oneOf: '— одно из',
  noneOf: '— ни одно из',
  between: (low, high) => `от ${low} до ${high} включительно`,
  notBetween: (low, high) => `вне пределов от ${low} до ${high}`,
  otherThan: 'отлично от',
  sameAs: 'то же, что',
  like: {
    contains: ['содержит', 'не содержит'],
    starts: ['начинается с', 'не начинается с'],
    ends: ['заканчивается на', 'не заканчивается на'],
    is: ['равно', 'не равно'],
  },
  anyCase: ', без различия прописных и строчных',
  orWhereMissing: (first, rest) => `${first} (если не указано, то ${rest.join(', а если и это не указано, то ')})`,
  calls: {
    lower: (text) => `${text} строчными буквами`,
    upper: (text) => `${text} прописными буквами`,
    abs: (number) => `${number} без знака`,
    round: (number, digits) => `${number} с округлением${digits === undefined ? '' : ` до ${digits} знаков`}`,
  },
};
