import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { noBrowserReason, openBrowser } from '../support/browser.ts';
import { allButContrast, contrast, findFaults, openBoxes, openFolds } from './find-faults.ts';
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

  for (const width of [320, 1280]) {
    test(`axe finds nothing at ${width} px`, async () => {
      const { page } = await open('light', width);
      for (const path of pageKinds) {
        await page.goto((width === 320 ? russian : english).urlOf(path));
        await page.evaluate(openFolds);
        expect(await findFaults(page, allButContrast), path).toEqual([]);
      }
      await page.context().close();
    });
  }

  for (const colorScheme of ['light', 'dark'] as const) {
    // axe cannot look at what a scroll box hides; colours do not depend on the width, so the boxes are opened out.
    test(`every letter has contrast in the ${colorScheme} theme`, async () => {
      const { page } = await open(colorScheme, 1280);
      for (const path of pageKinds) {
        await page.goto(english.urlOf(path));
        await page.evaluate(openFolds);
        await page.addStyleTag({ content: openBoxes });
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
