import { pluralRu } from '../expression/plural-ru.ts';
import type { Length } from './cohort/length.ts';

type Unit = Length['unit'];
type Counted = Pick<Length, 'count' | 'unit'>;

interface UnitForms {
  /** «1 неделя, 2 недели, 5 недель» */
  readonly nominative: readonly [one: string, few: string, many: string];
  /** «за неделю» */
  readonly accusative: string;
  /** «с начала недели» */
  readonly genitive: string;
  /** «по неделям» */
  readonly datives: string;
  /** «пришлось на одну неделю» */
  readonly single: string;
  /** «k-я неделя», «k-й день» */
  readonly ending: string;
}

const masculine = { single: 'один', ending: 'й' };
const feminine = { single: 'одну', ending: 'я' };

const units: Readonly<Record<Unit, UnitForms>> = {
  second: {
    ...feminine,
    nominative: ['секунда', 'секунды', 'секунд'],
    accusative: 'секунду',
    genitive: 'секунды',
    datives: 'секундам',
  },
  minute: {
    ...feminine,
    nominative: ['минута', 'минуты', 'минут'],
    accusative: 'минуту',
    genitive: 'минуты',
    datives: 'минутам',
  },
  hour: { ...masculine, nominative: ['час', 'часа', 'часов'], accusative: 'час', genitive: 'часа', datives: 'часам' },
  day: { ...masculine, nominative: ['день', 'дня', 'дней'], accusative: 'день', genitive: 'дня', datives: 'дням' },
  week: {
    ...feminine,
    nominative: ['неделя', 'недели', 'недель'],
    accusative: 'неделю',
    genitive: 'недели',
    datives: 'неделям',
  },
  month: {
    ...masculine,
    nominative: ['месяц', 'месяца', 'месяцев'],
    accusative: 'месяц',
    genitive: 'месяца',
    datives: 'месяцам',
  },
  quarter: {
    ...masculine,
    nominative: ['квартал', 'квартала', 'кварталов'],
    accusative: 'квартал',
    genitive: 'квартала',
    datives: 'кварталам',
  },
  year: { ...masculine, nominative: ['год', 'года', 'лет'], accusative: 'год', genitive: 'года', datives: 'годам' },
};

/** «1 неделя», «28 дней» */
export function nominative({ count, unit }: Counted): string {
  return `${count} ${pluralRu(count, units[unit].nominative)}`;
}

/** «за 1 неделю», «28 дней назад» */
export function accusative({ count, unit }: Counted): string {
  const [, few, many] = units[unit].nominative;
  return `${count} ${pluralRu(count, [units[unit].accusative, few, many])}`;
}

/** «в течение 1 недели», «больше 28 дней» */
export function genitive({ count, unit }: Counted): string {
  const many = units[unit].nominative[2];
  return `${count} ${pluralRu(count, [units[unit].genitive, many, many])}`;
}

/** «за неделю», «с начала недели», «неделя» */
export function unitIn(form: 'nominative' | 'accusative' | 'genitive', unit: Unit): string {
  return form === 'nominative' ? units[unit].nominative[0] : units[unit][form];
}

/** «по неделям», «по отрезкам в 3 дня» */
export function byPeriods({ count, unit }: Counted): string {
  return count === 1 ? `по ${units[unit].datives}` : `по отрезкам в ${accusative({ count, unit })}`;
}

/** «на одну неделю», «на один отрезок в 3 дня» */
export function onOne({ count, unit }: Counted): string {
  return count === 1
    ? `на ${units[unit].single} ${units[unit].accusative}`
    : `на один отрезок в ${accusative({ count, unit })}`;
}

/** «k-я неделя календаря», «k-й отрезок календаря в 3 дня» */
export function numbered({ count, unit }: Counted): string {
  return count === 1
    ? `k-${units[unit].ending} ${units[unit].nominative[0]} календаря`
    : `k-й отрезок календаря в ${accusative({ count, unit })}`;
}

/** The unit in the accusative with words that agree with it: «последнюю неделю», «последний день» */
export function agreeing(unit: Unit, masculineWords: string, feminineWords: string): string {
  return `${units[unit].ending === feminine.ending ? feminineWords : masculineWords} ${units[unit].accusative}`;
}

/** «дней», «недель»: how many of them */
export function manyOf(unit: Unit): string {
  return units[unit].nominative[2];
}
