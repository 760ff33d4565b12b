import { isForAudience, type SiteContext } from './site-context.ts';
import { addressOf, rootOf } from './site-path.ts';
import type { SiteFile } from './site-types.ts';

export interface PageHead {
  /** From the site's folder. */
  readonly path: string;
  readonly title: string;
  readonly description?: string | undefined;
  readonly section?: Section;
  readonly toc?: readonly { readonly id: string; readonly text: string }[];
}

export type Section = 'metrics' | 'segments' | 'models' | 'lineage' | 'health' | 'all';

const sections: readonly Section[] = ['metrics', 'segments', 'models', 'lineage', 'health', 'all'];

/** A page of the site: `view` by `template`, within the frame that all pages share. */
export function renderPage(site: SiteContext, template: string, head: PageHead, view: object): SiteFile {
  return { path: head.path, content: site.render(template, { ...view, page: frameOf(site, head) }) };
}

/** What the frame of every page is made from. */
export function frameOf(site: SiteContext, head: PageHead) {
  const { input, t } = site;
  const { project } = input.manifest;
  const root = rootOf(head.path);
  const siteTitle = project.site.title ?? project.title ?? project.name;
  return {
    language: input.language,
    title: head.title === siteTitle ? siteTitle : `${head.title} – ${siteTitle}`,
    siteTitle,
    description: head.description ?? siteTitle,
    version: input.etalonVersion,
    root,
    canonical: input.baseUrl === undefined || head.path === '404.html' ? undefined : addressOf(input, head.path),
    home: head.path === 'index.html',
    feed: (input.builds?.builds.length ?? 0) > 0,
    tokens: input.overrides?.tokens !== undefined,
    logo: input.overrides?.logo?.file,
    nav: [
      ...sectionsOf(site).map((section) => ({
        href: `${root}${section}/index.html`,
        text: t(`nav.${section}`),
        current: section === head.section,
      })),
      ...(input.overrides?.pages ?? []).map((page) => ({
        href: `${root}docs/${page.name}.html`,
        text: page.title,
        current: head.path === `docs/${page.name}.html`,
      })),
    ],
    more: furtherPagesOf(site).map((name) => ({
      href: `${root}${name}/index.html`,
      text: t(`nav.${name}`),
      current: head.path === `${name}/index.html`,
    })),
    toc: head.toc ?? [],
  };
}

/** Pages that stand below every other one. */
const furtherPages = ['changes', 'runs', 'owners', 'glossary', 'quality', 'all'] as const;

/** Runs and gaps are of the inside. */
function furtherPagesOf(site: SiteContext): readonly (typeof furtherPages)[number][] {
  return isForAudience(site) ? furtherPages.filter((name) => name !== 'runs' && name !== 'quality') : furtherPages;
}

/** Where nothing is declared, nothing leads there. */
function sectionsOf({ input }: SiteContext): readonly Section[] {
  return input.manifest.segments.length > 0 ? sections : sections.filter((section) => section !== 'segments');
}

/** HTML of one page, in bytes: what a phone on a slow line gets in the first round trips. */
export const pageBudget = 30_000;

/** Pages made with the first of `sizes` (rows a page, say) that keeps all of them within the budget, else with the last. */
export function renderWithin(
  sizes: readonly number[],
  render: (size: number) => readonly SiteFile[],
): readonly SiteFile[] {
  for (const size of sizes.slice(0, -1)) {
    const pages = render(size);
    if (pages.every((page) => Buffer.byteLength(page.content) <= pageBudget)) return pages;
  }
  return render(sizes.at(-1)!);
}
