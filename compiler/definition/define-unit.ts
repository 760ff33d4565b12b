import type { YamlEntry } from '../source/source-file.ts';
import { type DefinitionContext, report } from './definition-context.ts';
import type { UnitForms } from './project.ts';
import { entriesOf, textOf } from './read-node.ts';

type Form = keyof UnitForms;

/** The forms of a noun beside a number, by the plural categories of Unicode CLDR; a fraction in Russian has that of two, unless `other` says another. */
const languages = {
  en: { name: 'English', needed: ['one', 'other'], allowed: ['one', 'other'] },
  ru: { name: 'Russian', needed: ['one', 'few', 'many'], allowed: ['one', 'few', 'many', 'other'] },
} as const satisfies Record<string, { name: string; needed: readonly Form[]; allowed: readonly Form[] }>;

const currencies = new Set(Intl.supportedValuesOf('currency'));

/** Is it a word that takes a form beside a number? */
export function isBending(unit: string): boolean {
  return !currencies.has(unit) && unit !== 'percent' && unit !== '%';
}

/** An entry of `units:`: each form that the language of the dictionary has, and no other. */
export function defineUnit(context: DefinitionContext, entry: YamlEntry, language: 'en' | 'ru'): UnitForms {
  const { name, needed, allowed } = languages[language];
  const forms = entriesOf(entry.value);
  if (!isBending(entry.key)) {
    const message = `forms do not apply to the unit \`${entry.key}\`: it is written as its language has it`;
    report(context, 'E1306', entry.keySpan, message, ['remove it']);
  }
  for (const { key, keySpan } of forms) {
    if ((allowed as readonly string[]).includes(key)) continue;
    const hints = [`${name} has ${needed.map((form) => `\`${form}\``).join(', ')}`, 'remove it'];
    report(context, 'E1306', keySpan, `\`${key}\` does not apply: the dictionary is in ${name}`, hints);
  }
  const lacking = needed.filter((form) => !forms.some(({ key }) => key === form));
  if (lacking.length > 0) {
    const message = `the unit \`${entry.key}\` lacks ${lacking.map((form) => `\`${form}\``).join(', ')}`;
    report(context, 'E1202', entry.keySpan, message, [`${name} has ${needed.map((form) => `\`${form}\``).join(', ')}`]);
  }
  return Object.fromEntries(forms.map(({ key, value }) => [key, textOf(value)]));
}
