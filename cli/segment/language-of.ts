import type { Manifest } from '../../compiler/index.ts';
import type { Flags } from '../context.ts';

/** The language of rules in words: as asked for, else the dictionary's. */
export function languageOf({ project }: Manifest, flags: Flags): 'en' | 'ru' {
  return (flags.language as 'en' | 'ru' | undefined) ?? project.site.language;
}
