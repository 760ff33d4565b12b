import type { SiteContext } from './site-context.ts';
import { addressOf } from './site-path.ts';
import type { SiteFile } from './site-types.ts';

/** `sitemap.xml`, for search engines of the house: it takes whole addresses, so there is none where these are not known. */
export function siteMap({ input }: SiteContext, files: readonly SiteFile[]): readonly SiteFile[] {
  if (input.baseUrl === undefined) return [];
  const pages = files.map(({ path }) => path).filter((path) => path.endsWith('.html') && path !== '404.html');
  const lines = pages.sort().map((path) => `<url><loc>${addressOf(input, path).replaceAll('&', '&amp;')}</loc></url>`);
  const head = '<?xml version="1.0" encoding="utf-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">';
  return [{ path: 'sitemap.xml', content: `${[head, ...lines, '</urlset>'].join('\n')}\n` }];
}
