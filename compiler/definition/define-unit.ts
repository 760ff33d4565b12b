import { diagnostic } from '../diagnostic/diagnostic.ts';
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

type Language = keyof typeof languages;

/** `units:` in the forms of the dictionary's language. A unit that has those of another one is as if it had none: a dictionary may change its language. */
export function defineUnits(
  context: DefinitionContext,
  units: YamlEntry,
  language: Language,
): Readonly<Record<string, UnitForms>> {
  const own = entriesOf(units.value).filter((entry) => languageOf(entry, language) === language);
  for (const other of Object.keys(languages) as Language[]) {
    const foreign = entriesOf(units.value).filter((entry) => languageOf(entry, language) === other);
    if (other === language || foreign.length === 0) continue;
    const names = foreign.map(({ key }) => `\`${key}\``).join(', ');
    const message = `the forms of ${names} are ${languages[other].name}, and the dictionary is in ${languages[language].name}`;
    const hints = [
      `${languages[language].name} has ${formsOf(language)}`,
      'until they are given, such a unit stands in brackets where its number would ask for another form',
    ];
    context.diagnostics.push(diagnostic('E1306', message, { span: units.keySpan, severity: 'warning', hints }));
  }
  return Object.fromEntries(own.map((entry) => [entry.key, defineUnit(context, entry, language)]));
}

/** The language that the forms are those of, without one too few or too many; where they are of none, the dictionary's. */
function languageOf({ value }: YamlEntry, language: Language): Language {
  const forms = entriesOf(value).map(({ key }) => key);
  const isOf = ({ needed, allowed }: { needed: readonly string[]; allowed: readonly string[] }) =>
    needed.every((form) => forms.includes(form)) && forms.every((form) => allowed.includes(form));
  if (isOf(languages[language])) return language;
  return (Object.keys(languages) as Language[]).find((other) => isOf(languages[other])) ?? language;
}

function formsOf(language: Language): string {
  return languages[language].needed.map((form) => `\`${form}\``).join(', ');
}

/** An entry of `units:`: each form that the language of the dictionary has, and no other. */
function defineUnit(context: DefinitionContext, entry: YamlEntry, language: Language): UnitForms {
  const { name, needed, allowed } = languages[language];
  const forms = entriesOf(entry.value);
  if (!isBending(entry.key)) {
    const message = `forms do not apply to the unit \`${entry.key}\`: it is written as its language has it`;
    report(context, 'E1306', entry.keySpan, message, ['remove it']);
  }
  for (const { key, keySpan } of forms) {
    if ((allowed as readonly string[]).includes(key)) continue;
    const hints = [`${name} has ${formsOf(language)}`, 'remove it'];
    report(context, 'E1306', keySpan, `\`${key}\` does not apply: the dictionary is in ${name}`, hints);
  }
  const lacking = needed.filter((form) => !forms.some(({ key }) => key === form));
  if (lacking.length > 0) {
    const message = `the unit \`${entry.key}\` lacks ${lacking.map((form) => `\`${form}\``).join(', ')}`;
    report(context, 'E1202', entry.keySpan, message, [`${name} has ${formsOf(language)}`]);
  }
  return Object.fromEntries(forms.map(({ key, value }) => [key, textOf(value)]));
}
