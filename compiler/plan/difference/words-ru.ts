import { accusative, unitIn } from '../lengths-ru.ts';
import type { DifferenceWords } from './words.ts';

const code = (name: string) => `\`${name}\``;

export const russian: DifferenceWords = {
  model: (is, not) => `считаются строки ${code(is)}, а не ${code(not)}`,
  formula: (is, not) => `это «${is}», а не «${not}»`,
  term: (does, sign, what) => `${does ? '' : 'не '}${sign === '-' ? 'вычитается' : 'прибавляется'} ${what}`,
  condition: (does, condition) => (does ? `считаются только строки, где ${condition}` : `не требуется «${condition}»`),
  values: (does, condition) =>
    does ? `считаются и строки, где ${condition}` : `не считаются строки, где ${condition}`,
  time: (is, not) =>
    is === undefined ? 'времени нет' : `время — ${code(is)}${not === undefined ? '' : `, а не ${code(not)}`}`,
  timezone: (is, not) => `дни — по времени ${is}, а не ${not}`,
  exclusion: (does, name) => `${does ? 'исключаются' : 'не исключаются'} ${code(name)}`,
  ownPeriod: 'считается только сам период',
  unbounded: 'считается всё с самого начала по период включительно',
  window: (length) => `считается всё за ${accusative(length)} до конца периода`,
  toDate: (of) => `считается всё с начала ${unitIn('genitive', of)}`,
  itself: 'показано само значение, а не изменение',
  compare: (as, to) => {
    const what = {
      percent: 'изменение к тому же периоду',
      difference: 'разница с тем же периодом',
      ratio: 'отношение к тому же периоду',
      value: 'значение того же периода',
    }[as];
    return `показано: ${what} ${accusative(to)} назад`;
  },
  fill: {
    '0': 'в периоде без данных стоит 0',
    null: 'у периода без данных есть пустая строка',
    none: 'у периода без данных нет строки',
  },
  per: (columns) =>
    columns.length === 0
      ? 'из всех берётся одна строка'
      : `берётся одна строка для каждого ${columns.length === 1 ? 'значения' : 'сочетания'} ${columns.map(code).join(' и ')}`,
  asks: (does, line) => `${does ? 'нужно' : 'не нужно'} «${line}»`,
  alike: 'считается точно так же',
};
