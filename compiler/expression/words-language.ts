/** Languages in which rules are told. */
export type WordsLanguage = 'en' | 'ru';

/** The same, said in each language. */
export type InEachLanguage<T> = Readonly<Record<WordsLanguage, T>>;

/**
 * @example
 * inEachLanguage((language) => languages[language].and) // { en: 'and', ru: 'и' }
 */
export function inEachLanguage<T>(say: (language: WordsLanguage) => T): InEachLanguage<T> {
  return { en: say('en'), ru: say('ru') };
}
