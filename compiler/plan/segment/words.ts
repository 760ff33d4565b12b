import type { InEachLanguage, WordsLanguage } from '../../expression/words-language.ts';
import { type Placed, placeConditions } from './placed.ts';
import type { CatalogSegment, Condition, Split } from './rule.ts';
import { english } from './words-en.ts';
import { russian } from './words-ru.ts';

/** What a language says of rules. */
export interface SegmentWords {
  /** A condition; of a group only what holds it together. */
  condition(condition: Condition): string;
  /** What a member must not be, beside the conditions. */
  excluded(name: string): string;
  /** The same as a sentence, beside those of a split. */
  leftOut(name: string): string;
  /** A sentence each. */
  split(split: Split): readonly string[];
}

const languages: InEachLanguage<SegmentWords> = { en: english, ru: russian };

export interface RuleLine {
  /** `1`, `2.1`; of an exclusion its name; of a split empty. */
  readonly path: string;
  readonly text: string;
}

/** A rule in plain words, a line for each condition and exclusion. */
export function describeSegment(
  { rule, exclude }: Pick<CatalogSegment, 'rule' | 'exclude'>,
  language: WordsLanguage,
): readonly RuleLine[] {
  const words = languages[language];
  const isSplit = rule?.form === 'split';
  const out = exclude.map((name) => ({ path: name, text: isSplit ? words.leftOut(name) : words.excluded(name) }));
  if (!rule) return out;
  if (rule.form === 'split') return [...words.split(rule.split).map((text) => ({ path: '', text })), ...out];
  const lines = placeConditions(rule.where).map(({ path, condition }: Placed) => ({
    path,
    text: words.condition(condition),
  }));
  return [...lines, ...out];
}
