import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { buildSite, type DictionaryInput, type SiteFile, writeSite } from '../../docs-site/index.ts';

export interface WrittenSite {
  readonly folder: string;
  readonly files: readonly SiteFile[];
  /** The `file://` address of a page. */
  readonly urlOf: (path: string) => string;
  readonly remove: () => void;
}

export async function writeTemporarySite(input: DictionaryInput): Promise<WrittenSite> {
  const folder = mkdtempSync(join(tmpdir(), 'etalon-site-'));
  const files = await buildSite(input);
  await writeSite(files, folder);
  return {
    folder,
    files,
    urlOf: (path) => pathToFileURL(join(folder, path)).href,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

export interface WatchedPage {
  readonly page: Page;
  /** Requests to anywhere but the site, script errors and what the browser's policy refused: all must stay empty. */
  readonly complaints: readonly string[];
}

/** A page that records every request and every complaint of the browser. */
export async function openPage(
  browser: Browser,
  allowed: (url: string) => boolean,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('request', (request) => {
    if (!allowed(request.url())) complaints.push(`request to ${request.url()}`);
  });
  page.on('pageerror', (error) => complaints.push(`script error: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(`console: ${message.text()}`);
  });
  page.on('dialog', (dialog) => complaints.push(`dialog: ${dialog.message()}`));
  return { page, complaints };
}

/** A page of each kind, among those that a site of the sample has. */
export const pageKinds = [
  'index.html',
  'metrics/index.html',
  'metrics/revenue.html',
  'metrics/orders.html',
  'metrics/refund_rate.html',
  'metrics/weekly_retention.html',
  'segments/index.html',
  'segments/loyal.html',
  'segments/rfm.html',
  'models/index.html',
  'models/raw.events_0.html',
  'models/marts.events_1.html',
  'lineage/index.html',
  'models/clean.events_0.flow.html',
  'health/index.html',
  'changes/index.html',
  'runs/index.html',
  'runs/20250701-1.html',
  'owners/index.html',
  'glossary/index.html',
  'quality/index.html',
  'all/index.html',
  '404.html',
] as const;

export const textOf = (file: SiteFile): string =>
  typeof file.content === 'string' ? file.content : Buffer.from(file.content).toString('utf8');
export const pagesOf = (files: readonly SiteFile[]): readonly SiteFile[] =>
  files.filter((file) => file.path.endsWith('.html'));

/** Links that lead nowhere: to a file that is not there, or to an anchor that its page does not have. */
export function findDeadLinks(files: readonly SiteFile[]): readonly string[] {
  const pages = new Map(files.map((file) => [file.path, file]));
  const anchors = new Map<string, Set<string>>();
  const anchorsOf = (path: string): Set<string> => {
    const known =
      anchors.get(path) ?? new Set([...textOf(pages.get(path)!).matchAll(/ id="([^"]+)"/g)].map((match) => match[1]!));
    anchors.set(path, known);
    return known;
  };
  return pagesOf(files).flatMap((page) =>
    [...textOf(page).matchAll(/ (?:href|src)="([^"]*)"/g)].flatMap(([, link]) => {
      if (/^(https?:|mailto:)/.test(link!)) return [];
      const target = new URL(link!.replaceAll('&amp;', '&'), `site://x/${page.path}`);
      const path = target.pathname.slice(1);
      if (!pages.has(path)) return [`${page.path}: ${link}`];
      const anchor = target.hash.slice(1);
      return anchor === '' || anchorsOf(path).has(anchor) ? [] : [`${page.path}: ${link} (no such anchor)`];
    }),
  );
}
