import { createHash } from 'node:crypto';
import { readStyle } from './asset-files.ts';
import { namesFor } from './audience-names.ts';
import { openSite } from './build-site.ts';
import { planMetric, planModel } from './definition-pages.ts';
import { AudienceTrace, findTrace } from './find-trace.ts';
import type { PagePlan } from './fit-pages.ts';
import { frameOf } from './page.ts';
import { safeHtml } from './render-template.ts';
import { planSegment } from './segment-pages.ts';
import type { SiteContext } from './site-context.ts';
import type { PageKind } from './site-path.ts';
import type { DictionaryInput, SiteOverrides } from './site-types.ts';

/**
 * One definition's page as a single file to mail: style and drawings stand in it, no script, and it asks for nothing. All its parts are on it, whatever their size. Links to other pages are text, or
 * whole addresses where `baseUrl` is known. Throws where nothing has the name.
 *
 * @example
 * const html = await buildSingle(input, { kind: 'metric', name: 'revenue' })
 */
export async function buildSingle(
  input: DictionaryInput,
  { kind, name }: { readonly kind: PageKind; readonly name: string },
): Promise<string> {
  const site = await openSite(input, 'single');
  const { template, head, view } = planOf(site, kind, name);
  const style = `\n${readStyle(input.overrides)}`;
  const page = {
    ...frameOf(site, head),
    style: safeHtml(style),
    policy: `default-src 'none'; style-src 'sha256-${hashOf(style)}'; img-src data:; base-uri 'none'; form-action 'none'`,
    logoData: input.overrides?.logo && dataOf(input.overrides.logo),
    from: site.t('single.from', { title: frameOf(site, head).siteTitle, at: site.format.instant(input.builtAt) }),
  };
  // What can only be downloaded from the site is not offered where there is none.
  const files = input.baseUrl === undefined && 'csv' in view ? { csv: undefined } : {};
  const html = site.render(template, { ...view, ...files, elsewhere: {}, page });
  const told =
    input.audience &&
    findTrace([{ path: head.path, content: html }], namesFor(input.manifest, input.audience.name).hidden);
  if (told) throw new AudienceTrace(told.path, told.name);
  return settleLinks(html, head.path, input.baseUrl);
}

function planOf(site: SiteContext, kind: PageKind, name: string): PagePlan {
  const metric = kind === 'metric' ? site.metrics.get(name) : undefined;
  const segment = kind === 'segment' ? site.segments.get(name) : undefined;
  const model = kind === 'model' ? site.models.get(name) : undefined;
  if (metric) return planMetric(site, metric);
  if (segment) return planSegment(site, segment);
  if (model) return planModel(site, model);
  throw new Error(`no ${kind} \`${name}\``);
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}

function dataOf({ file, content }: NonNullable<SiteOverrides['logo']>): string {
  const type = file.endsWith('.svg') ? 'svg+xml' : 'png';
  return `data:image/${type};base64,${Buffer.from(content).toString('base64')}`;
}

/** Links of our own pages: within the page they stay, to other pages they become whole or, without `href`, text. */
function settleLinks(html: string, from: string, baseUrl: string | undefined): string {
  const anchors = new Set([...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
  return html.replace(/(<a\b[^>]*?) href="([^"]*)"/g, (whole, before: string, link: string) => {
    if (/^(https?:|mailto:)/.test(link)) return whole;
    const { pathname, hash } = new URL(link.replaceAll('&amp;', '&'), `site://x/${from}`);
    if (pathname === `/${from}`) return anchors.has(hash.slice(1)) ? `${before} href="${hash}"` : before;
    return baseUrl === undefined
      ? before
      : `${before} href="${baseUrl.replaceAll('&', '&amp;')}${pathname.slice(1)}${hash}"`;
  });
}
