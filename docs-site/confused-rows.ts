import { linkTerms } from './glossary.ts';
import { confusionsOf, labelOf, type SiteContext, wordsHtml } from './site-context.ts';
import { definitionPath } from './site-path.ts';

const prefix = '../';

/** Definitions that may be taken for this one, each with what it does otherwise. */
export function confusedRows(site: SiteContext, kind: 'metric' | 'segment', name: string) {
  const definitions = kind === 'metric' ? site.metrics : site.segments;
  const seen = new Set<string>();
  return confusionsOf(site, kind === 'metric' ? 'metrics' : 'segments', name).map((other) => ({
    name: other.name,
    label: labelOf(definitions.get(other.name) ?? { name: other.name }),
    href: prefix + definitionPath(kind, other.name),
    words: linkTerms(site, wordsHtml(site, other.words[site.input.language]), prefix, seen),
  }));
}
