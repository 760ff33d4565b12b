import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { columnReader } from '../../cli/dictionary/column-reader.ts';
import { renderDefinitionSql } from '../../cli/project/render-definition-sql.ts';
import { compileProject, findConfusions, type Manifest } from '../../compiler/index.ts';
import type { DictionaryInput } from '../../docs-site/index.ts';
import { noBrowserReason, openBrowser } from '../support/browser.ts';
import { allButContrast, contrast, findFaults, openBoxes, openFolds, widePage } from './find-faults.ts';
import { findDeadLinks, openPage, pagesOf, textOf, writeTemporarySite } from './open-site.ts';

const folder = fileURLToPath(new URL('../../', import.meta.url));
const reason = noBrowserReason();
let manifest: Manifest;
let browser: Browser | undefined;

beforeAll(async () => {
  const compiled = await compileProject(folder);
  manifest = compiled.manifest!;
  if (reason === undefined) browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  for (const site of sites.values()) (await site).remove();
});

/** As `etalon docs build` makes it before the first build. */
function inputOf(language: 'en' | 'ru'): DictionaryInput {
  return {
    manifest,
    sql: (_, name, engine) => renderDefinitionSql(manifest, name, { engine, name: manifest.project.target }),
    confusions: () => findConfusions(manifest),
    columnsOf: columnReader(manifest),
    builtAt: '2026-01-01T00:00:00Z',
    language,
    etalonVersion: manifest.etalon,
  };
}

const sites = new Map<'en' | 'ru', ReturnType<typeof writeTemporarySite>>();

/** Drawn and written once: of 500 pages that takes longer than to look at them. */
function siteIn(language: 'en' | 'ru') {
  const site = sites.get(language) ?? writeTemporarySite(inputOf(language));
  sites.set(language, site);
  return site;
}

for (const language of ['en', 'ru'] as const) {
  test(`the reference project has a whole dictionary, ${language}`, async () => {
    const { files } = await siteIn(language);
    const paths = new Set(files.map((file) => file.path));
    for (const metric of manifest.metrics) expect(paths).toContain(`metrics/${metric.name}.html`);
    for (const { name, generated } of manifest.models)
      expect(paths.has(`models/${name}.html`), name).toBe(generated === undefined);
    expect(findDeadLinks(files)).toEqual([]);
    for (const page of pagesOf(files)) {
      expect(Buffer.byteLength(page.content), page.path).toBeLessThanOrEqual(30_000);
      // The project's own SQL names the text 'undefined'.
      const prose = textOf(page).replace(/<(pre|code)\b.*?<\/\1>/gs, '');
      expect(/.{0,60}(undefined|\[object Object\]|NaN)/.exec(prose)?.[0], page.path).toBeUndefined();
    }
  });
}

test.skipIf(reason !== undefined)(
  'none of its pages scrolls sideways at 320 px or asks for anything outside: every fifth of those alike, others in each run',
  { timeout: 240_000 },
  async () => {
    const site = await siteIn('ru');
    const { page, complaints } = await openPage(browser!, (url) => url.startsWith('file://'), {
      viewport: { width: 320, height: 640 },
    });
    const chance = Math.floor(Math.random() * 5);
    const pages = pagesOf(site.files).filter(({ path }, at) => path.endsWith('index.html') || at % 5 === chance);
    for (const { path } of pages) {
      await page.goto(site.urlOf(path));
      expect(await page.evaluate('document.documentElement.scrollWidth'), path).toBeLessThanOrEqual(320);
    }
    expect(complaints).toEqual([]);
    await page.context().close();
  },
);

test.skipIf(reason !== undefined)('the search puts what is called so before what merely holds the word', async () => {
  const site = await siteIn('en');
  const { page, complaints } = await openPage(browser!, (url) => url.startsWith('file://'));
  await page.goto(site.urlOf('index.html'));
  for (const [typed, first] of [
    ['revenu', 'Revenue'],
    ['net rev', 'Net revenue'],
    ['marts.orders', 'marts.orders'],
    ['aov', 'Average order value'],
    ['conversoin', 'Conversion rate'],
  ] as const) {
    await page.locator('input[role=combobox]').fill(typed);
    await expect.poll(() => page.locator('[role=option] b').first().textContent(), { message: typed }).toBe(first);
  }
  expect(complaints).toEqual([]);
  await page.context().close();
});

const kinds = [
  'index',
  'metrics/index',
  'metrics/revenue',
  'models/index',
  'models/raw.events',
  'models/clean.events',
  'lineage/index',
  'health/index',
  'all/index',
];

for (const colorScheme of ['light', 'dark'] as const) {
  test.skipIf(reason !== undefined)(
    `axe finds nothing on its pages, ${colorScheme}`,
    { timeout: 240_000 },
    async () => {
      const site = await siteIn('en');
      const { page } = await openPage(browser!, () => true, { colorScheme, bypassCSP: true });
      for (const kind of kinds) {
        await page.goto(site.urlOf(`${kind}.html`));
        await page.evaluate(openFolds);
        expect(await findFaults(page, allButContrast), kind).toEqual([]);
        await page.addStyleTag({ content: openBoxes + widePage });
        expect(await findFaults(page, contrast), kind).toEqual([]);
      }
      await page.context().close();
    },
  );
}
