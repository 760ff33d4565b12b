import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildSingle, serveSite } from '../../docs-site/index.ts';
import { noBrowserReason, openBrowser } from '../support/browser.ts';
import { openPage, pageKinds, type WrittenSite, writeTemporarySite } from './open-site.ts';
import { sampleInput } from './sample-input.ts';

const reason = noBrowserReason();
if (reason !== undefined) console.warn(`skipped: ${reason}`);

describe.skipIf(reason !== undefined)('the site in a browser', { timeout: 240_000 }, () => {
  let browser: Browser;
  let site: WrittenSite;
  let hostileSite: WrittenSite;
  const isFile = (url: string): boolean => url.startsWith('file://');

  beforeAll(async () => {
    browser = await openBrowser();
    site = await writeTemporarySite(sampleInput());
    hostileSite = await writeTemporarySite(sampleInput({ hostile: true }));
  });
  afterAll(async () => {
    await browser?.close();
    site?.remove();
    hostileSite?.remove();
  });

  test('asks for nothing from outside and runs hostile text nowhere, from file://', async () => {
    const { page, complaints } = await openPage(browser, isFile);
    for (const path of pageKinds) {
      await page.goto(hostileSite.urlOf(path));
      await page.locator('input[role=combobox]').fill('script');
      await page.locator('[role=option]').first().waitFor();
    }
    expect(complaints).toEqual([]);
    expect(await page.evaluate('window.pwned')).toBeUndefined();
    expect(await page.locator('a[href^="javascript:"], img[src^="http"], main script').count()).toBe(0);
    await page.context().close();
  });

  test('works the same over http', async () => {
    const server = await serveSite(site.folder);
    const { page, complaints } = await openPage(browser, (url) => url.startsWith(server.url));
    for (const path of pageKinds) expect((await page.goto(server.url + path))?.status(), path).toBe(200);
    await page.goto(`${server.url}no-such-page.html`);
    expect(await page.locator('h1').textContent()).toBe('There is no such page');
    // The browser itself logs the status of the missing page.
    expect(complaints.filter((complaint) => !complaint.includes('404'))).toEqual([]);
    await page.context().close();
    await server.close();
  });

  test('never scrolls sideways at 320 px', async () => {
    const { page } = await openPage(browser, isFile, { viewport: { width: 320, height: 640 } });
    for (const each of [site, hostileSite]) {
      for (const path of pageKinds) {
        await page.goto(each.urlOf(path));
        await page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true");
        expect(await page.evaluate('document.documentElement.scrollWidth'), path).toBeLessThanOrEqual(320);
      }
    }
    await page.context().close();
  });

  test('is whole without JavaScript', async () => {
    const { page } = await openPage(browser, isFile, { javaScriptEnabled: false });
    await page.goto(site.urlOf('metrics/revenue.html'));
    expect(await page.locator('input[role=combobox]').isVisible()).toBe(false);
    expect(await page.locator('[data-theme-toggle]').isVisible()).toBe(false);
    await page.getByText('Show as table').click();
    expect(await page.getByRole('cell', { name: '1 May 2025', exact: true }).isVisible()).toBe(true);
    await page.getByRole('link', { name: 'A–Z' }).first().click();
    await page.getByRole('link', { name: 'marts.events_1', exact: true }).click();
    expect(await page.locator('h1').textContent()).toBe('events 1');
    await page.context().close();
  });

  test('can be walked with the keyboard alone', async () => {
    const { page } = await openPage(browser, isFile);
    await page.goto(site.urlOf('metrics/revenue.html'));
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.className')).toBe('skip');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('content');
    await page.keyboard.press('Control+k');
    await page.keyboard.type('refund r');
    await page.locator('[role=option]').first().waitFor();
    await page.keyboard.press('ArrowDown');
    expect(await page.locator('input[role=combobox]').getAttribute('aria-activedescendant')).toBe('option-0');
    await page.keyboard.press('Enter');
    await page.waitForURL(/refund_rate\.html$/);
    await page.context().close();
  });

  test('every control can be reached by Tab and shows where the focus is', async () => {
    const { page } = await openPage(browser, isFile);
    await page.goto(site.urlOf('metrics/index.html'));
    const wanted = (await page.evaluate(
      '[...document.querySelectorAll(\'a[href], button, input, summary, [tabindex="0"]\')].filter((each) => each.checkVisibility()).length',
    )) as number;
    const seen = new Set<string>();
    for (let step = 0; step < wanted; step++) {
      await page.keyboard.press('Tab');
      const [mark, outline] = (await page.evaluate(
        '(() => { const each = document.activeElement; each.dataset.seen ??= Math.random(); return [each.dataset.seen, getComputedStyle(each).outlineStyle]; })()',
      )) as [string, string];
      seen.add(mark);
      expect(outline).not.toBe('none');
    }
    expect(seen.size).toBe(wanted);
    await page.context().close();
  });

  test('sorts and filters a list', async () => {
    const { page } = await openPage(browser, isFile);
    await page.goto(site.urlOf('metrics/index.html'));
    await page.getByRole('button', { name: 'Last complete' }).click();
    const names = page.locator('tbody th a');
    expect(await names.first().textContent()).toBe('csat');
    await page.getByLabel('Filter this table').fill('выручка');
    expect(await names.allTextContents()).toEqual(['Чистая выручка']);
    expect(await page.locator('[data-filter-status]').textContent()).toBe('1 shown');
    await page.goto(site.urlOf('models/clean.events_0.flow.html'));
    await page.getByLabel('Filter this table').fill('csat aggregated');
    expect(await page.locator('tbody tr > th code').allTextContents()).toEqual(['amount']);
    await page.context().close();
  });

  test('remembers the chosen theme', async () => {
    const { page } = await openPage(browser, isFile, { colorScheme: 'light' });
    await page.goto(site.urlOf('index.html'));
    const paper = () => page.evaluate('getComputedStyle(document.documentElement).backgroundColor');
    expect(await paper()).toBe('rgb(255, 255, 255)');
    await page.getByRole('button', { name: 'Switch between light and dark' }).click();
    expect(await paper()).toBe('rgb(18, 20, 22)');
    await page.goto(site.urlOf('health/index.html'));
    expect(await paper()).toBe('rgb(18, 20, 22)');
    await page.emulateMedia({ media: 'print' });
    expect(await paper()).toBe('rgb(255, 255, 255)');
    await page.context().close();
  });

  test('prints the content without the controls', async () => {
    const { page } = await openPage(browser, isFile);
    await page.goto(site.urlOf('metrics/revenue.html'));
    await page.emulateMedia({ media: 'print' });
    for (const hidden of ['.nav', '.tools', '.toc']) expect(await page.locator(hidden).isVisible()).toBe(false);
    expect(await page.locator('h1').isVisible()).toBe(true);
    expect((await page.pdf({ format: 'A4' })).subarray(0, 5).toString()).toBe('%PDF-');
    await page.context().close();
  });

  test('one page as one file: whole from file:// in both themes, asking for nothing, its links text or whole addresses', async () => {
    for (const [kind, name] of [
      ['metric', 'revenue'],
      ['metric', 'weekly_retention'],
      ['segment', 'loyal'],
      ['model', 'marts.events_1'],
    ] as const) {
      const file = join(site.folder, `single.${name}.html`);
      const html = await buildSingle(sampleInput({ hostile: true }), { kind, name });
      writeFileSync(file, html);
      expect(Buffer.byteLength(html), name).toBeLessThanOrEqual(150_000);
      const url = pathToFileURL(file).href;
      const { page, complaints } = await openPage(browser, (asked) => asked === url || asked.startsWith('data:'), {
        colorScheme: 'dark',
      });
      await page.goto(url);
      const paper = () => page.evaluate('getComputedStyle(document.documentElement).backgroundColor');
      expect(await paper()).toBe('rgb(18, 20, 22)');
      await page.emulateMedia({ colorScheme: 'light' });
      expect(await paper()).toBe('rgb(255, 255, 255)');
      expect(
        await page.locator('a[href]:not([href^="#"]):not([href^="http"]), script, link[rel=stylesheet]').count(),
      ).toBe(0);
      expect(await page.locator('details.code').count(), name).toBeGreaterThan(0);
      await page.setViewportSize({ width: 320, height: 640 });
      expect(await page.evaluate('document.documentElement.scrollWidth'), name).toBeLessThanOrEqual(320);
      expect(complaints).toEqual([]);
      await page.context().close();
    }
    const whole = await buildSingle(
      { ...sampleInput(), baseUrl: 'https://data.example.com/d/' },
      { kind: 'metric', name: 'revenue' },
    );
    expect(whole).toContain('href="https://data.example.com/d/models/marts.events_0.html#country"');
    expect(whole).not.toMatch(/<a [^>]*href="(?!https?:|#)/);
  });

  test('reads a value off the chart', async () => {
    const { page } = await openPage(browser, isFile);
    await page.goto(site.urlOf('metrics/revenue.html'));
    const area = page.locator('.area');
    const box = (await area.boundingBox())!;
    await page.mouse.move(box.x + box.width - 2, box.y + 60);
    expect(await page.locator('[data-readout]').textContent()).toMatch(/^1 Jul 2025: €[\d,.]+ \(Partial\)$/);
    await page.context().close();
  });

  test('live reload: a problem is laid over the page, a reload takes it away, and no published file knows of it', async () => {
    const server = await serveSite(site.folder, { live: true });
    const { page, complaints } = await openPage(browser, (url) => url.startsWith(server.url));
    const connected = page.waitForResponse(`${server.url}__events`);
    await page.goto(`${server.url}index.html`);
    await connected;
    server.showProblem('error[E1501] unknown model `<b>x</b>`');
    await page.locator('#etalon-problem').waitFor();
    expect(await page.locator('#etalon-problem pre').textContent()).toBe('error[E1501] unknown model `<b>x</b>`');
    server.showProblem(undefined);
    await page.locator('#etalon-problem').waitFor({ state: 'detached' });
    const reloaded = page.waitForEvent('load');
    server.reload();
    await reloaded;
    expect(complaints).toEqual([]);
    expect(readFileSync(join(site.folder, 'index.html'), 'utf8')).not.toContain('__live');
    await page.context().close();
    await server.close();
  });
});
