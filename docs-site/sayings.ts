import { readFileSync } from 'node:fs';
import { CORE_SCHEMA, load } from 'js-yaml';
import type { SiteLanguage } from './site-types.ts';
import { makeTranslate, type Phrase } from './translate.ts';

/** What a run or the compiler wrote down in English, in the site's language; what is not known stays as it is. */
export type SayAgain = (text: string) => string;

export interface Saying {
  readonly en: string;
  readonly ru: Phrase;
}

export function readSayings(): readonly Saying[] {
  const text = readFileSync(new URL('./locales/sayings-ru.yml', import.meta.url), 'utf8');
  return load(text, { schema: CORE_SCHEMA }) as readonly Saying[];
}

/**
 * Records hold the words of the run that wrote them, so that a log and a page say the same; a page in another language says them again. `own`: what this project alone
 * says, such as rules of its data tests.
 *
 * @example
 * makeSayAgain('ru')('never loaded: 2 files') // ещё не загружалась: 2 файла
 */
export function makeSayAgain(language: SiteLanguage, own: ReadonlyMap<string, string> = new Map()): SayAgain {
  if (language === 'en') return (text) => text;
  known ??= compile(readSayings());
  const { whole, patterns } = known;
  const t = makeTranslate(language, Object.fromEntries([...whole, ...patterns.map(({ en, ru }) => [en, ru] as const)]));
  const again = (text: string): string | undefined => {
    if (whole.has(text)) return t(text);
    const rule = own.get(text);
    if (rule !== undefined) return rule;
    for (const { en, pattern } of patterns) {
      const groups = pattern.exec(text)?.groups;
      if (groups)
        return t(en, Object.fromEntries(Object.entries(groups).map(([name, value]) => [name, fill(name, value)])));
    }
    return undefined;
  };
  // Several reasons stand one after another.
  const say = (text: string): string =>
    again(text) ??
    text
      .split('; ')
      .map((part) => again(part) ?? part)
      .join('; ');
  const fill = (name: string, value: string): string | number =>
    isCount(name) ? Number(value.replaceAll(',', '')) : say(value);
  return say;
}

interface Known {
  readonly whole: ReadonlyMap<string, Phrase>;
  readonly patterns: readonly (Saying & { readonly pattern: RegExp })[];
}

let known: Known | undefined;

function compile(sayings: readonly Saying[]): Known {
  return {
    whole: new Map(sayings.filter(({ en }) => !en.includes('{')).map(({ en, ru }) => [en, ru])),
    patterns: sayings
      .filter(({ en }) => en.includes('{'))
      .map((saying) => ({ ...saying, pattern: patternOf(saying.en) })),
  };
}

/** `n` chooses the plural, `m` stands beside it. */
function isCount(name: string): boolean {
  return name === 'n' || name === 'm';
}

function patternOf(en: string): RegExp {
  const parts = en.split(/\{(\w+)\}/);
  const source = parts.map((part, index) => {
    if (index % 2 === 0) return part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    if (part === 'id') return '(?<id>[\\w.]+)';
    if (isCount(part)) return `(?<${part}>\\d[\\d,]*)`;
    return parts[index + 1]!.startsWith('`') ? `(?<${part}>[^\`]+)` : `(?<${part}>.+?)`;
  });
  return new RegExp(`^${source.join('')}$`, 's');
}
