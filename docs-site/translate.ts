import { readFileSync } from 'node:fs';
import { CORE_SCHEMA, load } from 'js-yaml';
import type { SiteLanguage } from './site-types.ts';

export type Phrase = string | Readonly<Partial<Record<Intl.LDMLPluralRule, string>>>;
export type Locale = Readonly<Record<string, Phrase>>;

/** The phrase of `key` in the site's language; `{name}` takes a parameter, and `n` chooses the plural form. */
export type Translate = (key: string, parameters?: Readonly<Record<string, string | number>>) => string;

const cache = new Map<SiteLanguage, Locale>();

export function readLocale(language: SiteLanguage): Locale {
  const known = cache.get(language);
  if (known) return known;
  const text = readFileSync(new URL(`./locales/${language}.yml`, import.meta.url), 'utf8');
  const locale = load(text, { schema: CORE_SCHEMA }) as Locale;
  cache.set(language, locale);
  return locale;
}

export function makeTranslate(language: SiteLanguage, locale: Locale = readLocale(language)): Translate {
  const plural = new Intl.PluralRules(language);
  const number = new Intl.NumberFormat(language);
  return (key, parameters = {}) => {
    const phrase = Object.hasOwn(locale, key) ? locale[key] : undefined;
    if (phrase === undefined) throw new Error(`the locale \`${language}\` lacks the phrase \`${key}\``);
    const text =
      typeof phrase === 'string' ? phrase : (phrase[plural.select(Number(parameters.n))] ?? phrase.other ?? '');
    return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
      const value = parameters[name];
      if (value === undefined) throw new Error(`the phrase \`${key}\` needs \`${whole}\``);
      return typeof value === 'number' ? number.format(value) : value;
    });
  };
}
