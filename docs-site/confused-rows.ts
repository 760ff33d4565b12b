import { linkTerms } from './glossary.ts';
import { labelOf, type SiteContext, wordsHtml } from './site-context.ts';
import { definitionPath } from './site-path.ts';

const prefix = '../';

/** Definitions that may be taken for this one, each with what it does otherwise. */
export function confusedRows(site: SiteContext, kind: 'metric' | 'segment', name: string) {
  const [lists, definitions] =
    kind === 'metric' ? [site.confusions.metrics, site.metrics] : [site.confusions.segments, site.segments];
  const seen = new Set<string>();
  return (Object.hasOwn(lists, name) ? lists[name]! : []).map((other) => ({
    name: other.name,
    label: labelOf(definitions.get(other.name) ?? { name: other.name }),
    href: prefix + definitionPath(kind, other.name),
    words: linkTerms(site, wordsHtml(site, other.words[site.input.language]), prefix, seen),
  }));
}
