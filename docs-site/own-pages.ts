import { renderPage } from './page.ts';
import { safeHtml } from './render-template.ts';
import type { SiteContext } from './site-context.ts';
import type { SiteFile } from './site-types.ts';

/** The project's own Markdown pages. Their first heading is their title and stands once. */
export function ownPages(site: SiteContext): readonly SiteFile[] {
  const pages = site.input.overrides?.pages ?? [];
  const names = new Map(pages.map(({ path, name }) => [path, name]));
  return pages.map(({ name, path, title, markdown }) => {
    if (!/^[a-z0-9][a-z0-9-]*$/.test(name)) throw new Error(`not a page name: ${JSON.stringify(name)}`);
    const body = site.markdown.page(withoutTitle(markdown, title), (link) => hrefOf(link, path, names));
    return renderPage(site, 'page', { path: `docs/${name}.html`, title }, { title, body: safeHtml(body) });
  });
}

function withoutTitle(markdown: string, title: string): string {
  const [first] = /^#\s+.+$/m.exec(markdown) ?? [];
  return first !== undefined && first.replace(/^#\s+/, '').trim() === title ? markdown.replace(first, '') : markdown;
}

/** A link to the file of another page leads to that page; all pages stand in one folder. */
function hrefOf(link: string, from: string, names: ReadonlyMap<string, string>): string {
  if (!/^[^:?#]+\.md(#|$)/.test(link)) return link;
  const { pathname, hash } = new URL(link, `site://x/${from}`);
  const name = names.get(decodeURI(pathname.slice(1)));
  return name === undefined ? link : `${name}.html${hash}`;
}
