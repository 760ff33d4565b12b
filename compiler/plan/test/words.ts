import type { TestPeriod } from '../../definition/data-test.ts';
import type { Grain } from '../../definition/metric.ts';
import { type InEachLanguage, inEachLanguage } from '../../expression/words-language.ts';
import { english } from './words-en.ts';
import { russian } from './words-ru.ts';

export interface Limits {
  readonly min?: number | string;
  readonly max?: number | string;
}

/** What may be off: a share, an amount, or the larger of both. */
export interface Tolerance {
  readonly share?: number;
  readonly amount?: number;
}

/** What a language says of the rule of a data test. Formulas are said already; no full stop, since what was found follows. */
export interface TestWords {
  notNull(column: string): string;
  nullShare(column: string, share: number): string;
  accepted(column: string, values: readonly unknown[]): string;
  matches(column: string, pattern: string): string;
  range(column: string, limits: Limits): string;
  unique(columns: readonly string[]): string;
  references(column: string, theirs: string, model: string): string;
  referencesKey(columns: readonly string[], key: readonly string[], model: string): string;
  readonly knownEvent: string;
  event(event: {
    readonly name: string;
    readonly once?: string;
    readonly requires: readonly string[];
    readonly since?: { readonly column: string; readonly version: number };
  }): string;
  rows(model: string, limits: Limits, per: TestPeriod | undefined): string;
  volume(model: string, per: TestPeriod, within: number, days: number): string;
  sequence(then: string, first: string, per: string, maxViolations: number): string;
  total(value: string, of: string): string;
  reconcile(left: string, right: string, per: string | undefined, tolerance: Tolerance): string;
  readonly noRows: string;
  groupsAddUp(grain: Grain, model: string): string;
  periodsAddUp(grain: Grain, finer: Grain): string;
  oneRowEach(key: readonly string[]): string;
  withinCohort(grain: Grain): string;
  size(segment: string, limits: Limits): string;
  disjoint(segment: string, other: string): string;
}

const languages: InEachLanguage<TestWords> = { en: english, ru: russian };

/**
 * @example
 * sayTest((words) => words.notNull('amount')) // { en: '`amount` is never null', ru: '`amount` всегда указано' }
 */
export function sayTest(
  say: (words: TestWords, language: keyof InEachLanguage<string>) => string,
): InEachLanguage<string> {
  return inEachLanguage((language) => say(languages[language], language));
}
