import type { Manifest } from '../../compiler/index.ts';
import { makeSayAgain, type SayAgain } from '../../docs-site/index.ts';
import type { Flags } from '../context.ts';
import { sayLines } from '../output/say-lines.ts';
import { languageOf } from './language-of.ts';

/** What the program says of definitions, in the language that the rules are told in. */
export function sayAgainFor(manifest: Manifest, flags: Flags): SayAgain {
  return makeSayAgain(languageOf(manifest, flags));
}

/** A text of the program as a whole. */
export function sayTextAgain(manifest: Manifest, flags: Flags, text: string): string {
  return languageOf(manifest, flags) === 'en' ? text : sayLines(text, sayAgainFor(manifest, flags));
}

/** Titles of a table for people; undefined where they are the names. */
export function titlesFor(manifest: Manifest, flags: Flags): ((name: string) => string) | undefined {
  if (languageOf(manifest, flags) === 'en') return undefined;
  const again = sayAgainFor(manifest, flags);
  return (name) => {
    const title = `title ${name}`;
    const said = again(title);
    return said === title ? name : said;
  };
}
