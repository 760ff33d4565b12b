import type { Manifest, WordsLanguage } from '../../compiler/index.ts';
import type { Flags } from '../context.ts';

/** The language of rules in words: as asked for, else the dictionary's. */
export function languageOf({ project }: Manifest, flags: Flags): WordsLanguage {
  return (flags.language as WordsLanguage | undefined) ?? project.site.language;
}
