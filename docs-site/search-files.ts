import { definitionEntries } from './definition-entries.ts';
import type { SiteContext } from './site-context.ts';
import type { SiteFile } from './site-types.ts';

const sentenceLength = 110;

/**
 * The documents of the search as a classic script, since `fetch` does not work on `file://`. A document is
 * `[path, name, label, kind, sentence, columns]`.
 */
export function searchFiles(site: SiteContext): readonly SiteFile[] {
  const documents = definitionEntries(site).map(({ path, name, label, word, sentence, words }) => [
    path,
    name,
    label,
    word,
    clip(sentence),
    words,
  ]);
  return [{ path: 'assets/search-data.js', content: `window.etalonSearch=${toScript(documents)};\n` }];
}

function clip(sentence: string | undefined): string {
  if (sentence === undefined) return '';
  return sentence.length <= sentenceLength ? sentence : `${sentence.slice(0, sentenceLength - 1).trimEnd()}…`;
}

/** JSON that is a safe script wherever it lands: no `<`, no line separators of Unicode. */
function toScript(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
