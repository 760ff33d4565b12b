import type { SiteContext } from './site-context.ts';

const safeId = /^[A-Za-z0-9][A-Za-z0-9-]*$/;

/** A run has a page where its steps are known. */
export function hasSteps(site: SiteContext, run: string): boolean {
  return safeId.test(run) && (site.input.history?.steps ?? []).some((step) => step.run === run);
}

/** The page of a run, from the site's folder. */
export function runPath(run: string): string {
  return `runs/${run.toLowerCase()}.html`;
}
