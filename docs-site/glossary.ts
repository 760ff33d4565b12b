import { readFileSync } from 'node:fs';
import { CORE_SCHEMA, load } from 'js-yaml';
import { type SafeHtml, safeHtml } from './render-template.ts';
import type { SiteContext } from './site-context.ts';
import type { SiteLanguage } from './site-types.ts';

export interface Term {
  readonly id: string;
  readonly term: string;
  /** Words that are linked where they occur, in small letters. */
  readonly forms: readonly string[];
  readonly text: string;
}

const kept = new Map<SiteLanguage, readonly Term[]>();

/** The words of the dictionary itself, in one language. */
export function readTerms(language: SiteLanguage): readonly Term[] {
  const known = kept.get(language);
  if (known) return known;
  const text = readFileSync(new URL(`./locales/glossary-${language}.yml`, import.meta.url), 'utf8');
  const terms = load(text, { schema: CORE_SCHEMA }) as readonly Term[];
  kept.set(language, terms);
  return terms;
}

const patterns = new Map<SiteLanguage, RegExp>();

/** Longer forms first, and whole words only; `\b` knows no Cyrillic letters. */
function patternOf(language: SiteLanguage): RegExp {
  const forms = readTerms(language).flatMap((term) => term.forms);
  const longest = [...forms].sort((a, b) => b.length - a.length);
  const pattern =
    patterns.get(language) ?? new RegExp(`(?<![\\p{L}\\d-])(${longest.join('|')})(?![\\p{L}\\d-])`, 'giu');
  patterns.set(language, pattern);
  return pattern;
}

/**
 * Links words of the glossary in HTML of our own, each term once among those that share `seen`; and the project's activities and cohorts, which stand in it as code. What is a link
 * already or code of something else stays as it is.
 */
export function linkTerms(site: SiteContext, html: SafeHtml, prefix: string, seen: Set<string>): SafeHtml {
  const { language, manifest } = site.input;
  const { activities, cohorts } = manifest;
  const page = `${prefix}glossary/index.html`;
  const linked = html
    .toString()
    .replace(/<code>([^<]*)<\/code>|<a [^>]*>.*?<\/a>|<[^>]*>|[^<]+/gs, (piece, code?: string) => {
      if (code !== undefined) {
        const kind = activities.some(({ name }) => name === code)
          ? 'activity'
          : cohorts.some(({ name }) => name === code)
            ? 'cohort'
            : undefined;
        return kind === undefined ? piece : `<a href="${page}#${kind}-${code}">${piece}</a>`;
      }
      if (piece.startsWith('<')) return piece;
      return piece.replace(patternOf(language), (word) => {
        const term = readTerms(language).find(({ forms }) => forms.includes(word.toLowerCase()));
        if (term === undefined || seen.has(term.id)) return word;
        seen.add(term.id);
        return `<a class="term" href="${page}#${term.id}">${word}</a>`;
      });
    });
  return safeHtml(linked);
}
