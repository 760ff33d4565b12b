import { isForAudience, type SiteContext } from './site-context.ts';

/** Sections of a page that are left out, by name. */
export type HiddenSections = Readonly<
  Record<'sql' | 'exclusions' | 'examples' | 'sources' | 'reconciliation' | 'tests', boolean>
>;

/** Of what an audience is not told there is no section: an empty one would say that there is nothing. Everyone else sees all of them. */
export function hiddenSections(
  site: SiteContext,
  of: { readonly withheld: boolean; readonly sources: number; readonly tests: number },
): HiddenSections {
  const isFor = isForAudience(site);
  return {
    sql: isFor,
    exclusions: isFor && of.withheld,
    examples: isFor && of.withheld,
    sources: isFor && of.sources === 0,
    // It goes through what is not shown.
    reconciliation: isFor,
    tests: isFor && of.tests === 0,
  };
}
