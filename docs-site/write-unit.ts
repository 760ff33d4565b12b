import type { UnitForms } from '../compiler/index.ts';

/** A unit as it stands beside a number that is written with these digits. */
export type WriteUnit = (value: number, unit: string, digits: Intl.NumberFormatOptions) => string;

/**
 * Writes units by the forms that the project gives them. Of a unit without forms one form is known, which is right beside most numbers: where another would be, it stands apart, in brackets.
 *
 * @example
 * makeUnitWriter('en-GB', { orders: { one: 'order', other: 'orders' } })(1, 'orders', {}) // order
 * makeUnitWriter('en-GB', {})(1, 'orders', {}) // (orders)
 */
export function makeUnitWriter(locale: string, units: Readonly<Record<string, UnitForms>>): WriteUnit {
  // What people write down as a unit: «orders», «заказов».
  const plain = new Intl.PluralRules(locale).select(0);
  const rules = new Map<string, Intl.PluralRules>();
  const rulesFor = (digits: Intl.NumberFormatOptions): Intl.PluralRules => {
    const key = JSON.stringify(digits);
    const known = rules.get(key) ?? new Intl.PluralRules(locale, digits);
    rules.set(key, known);
    return known;
  };
  return (value, unit, digits) => {
    const form = rulesFor(digits).select(value);
    const forms = units[unit];
    if (forms === undefined) return form === plain || isUnbending(unit) ? unit : `(${unit})`;
    // Russian has the form of two beside a fraction: «2,5 заказа».
    return forms[form as keyof UnitForms] ?? forms.few ?? forms.other ?? unit;
  };
}

/** An abbreviation or a sign is the same beside every number: «шт.», `°C`. */
function isUnbending(unit: string): boolean {
  return unit.endsWith('.') || !/\p{L}{2}/u.test(unit);
}
