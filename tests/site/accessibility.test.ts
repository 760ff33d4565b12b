import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { noBrowserReason, openBrowser } from '../support/browser.ts';
import { allButContrast, contrast, findFaults, openBoxes, openFolds, widePage } from './find-faults.ts';
import { openPage, pageKinds, type WrittenSite, writeTemporarySite } from './open-site.ts';
import { sampleInput } from './sample-input.ts';

const reason = noBrowserReason();
if (reason !== undefined) console.warn(`skipped: ${reason}`);

describe.skipIf(reason !== undefined)('accessibility', { timeout: 240_000 }, () => {
  let browser: Browser;
  let english: WrittenSite;
  let russian: WrittenSite;

  beforeAll(async () => {
    browser = await openBrowser();
    english = await writeTemporarySite(sampleInput());
    russian = await writeTemporarySite(sampleInput({ language: 'ru' }));
  });
  afterAll(async () => {
    await browser?.close();
    english?.remove();
    russian?.remove();
  });

  // axe comes in by `evaluate`, which the page's own policy would refuse.
  const open = (colorScheme: 'light' | 'dark', width: number) =>
    openPage(browser, () => true, { colorScheme, bypassCSP: true, viewport: { width, height: 900 } });

  for (const { width, colorScheme, siteOf } of [
    { width: 1280, colorScheme: 'light', siteOf: () => english },
    { width: 320, colorScheme: 'dark', siteOf: () => russian },
  ] as const) {
    test(`axe finds nothing at ${width} px, and every letter has contrast in the ${colorScheme} theme`, async () => {
      const { page } = await open(colorScheme, width);
      for (const path of pageKinds) {
        await page.goto(siteOf().urlOf(path));
        await page.evaluate(openFolds);
        expect(await findFaults(page, allButContrast), path).toEqual([]);
        // axe cannot look at what a scroll box hides, so the boxes are opened out.
        await page.addStyleTag({ content: width === 320 ? openBoxes + widePage : openBoxes });
        expect(await findFaults(page, contrast), path).toEqual([]);
      }
      await page.context().close();
    });
  }

  test('the check itself finds a planted fault', async () => {
    const { page } = await open('light', 1280);
    await page.goto(english.urlOf('index.html'));
    await page.addStyleTag({ content: '.lede { color: #ddd !important }' });
    expect(await findFaults(page, contrast)).not.toEqual([]);
    await page.context().close();
  });
});
