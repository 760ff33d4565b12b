import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Finding {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly any: readonly { readonly message: string }[] }[];
}

const standards = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
export const allButContrast = { runOnly: standards, rules: { 'color-contrast': { enabled: false } } };
export const contrast = { runOnly: { type: 'rule', values: ['color-contrast'] } };

/** Violations and, as strictly, what axe could not decide. */
export async function findFaults(page: Page, options: object): Promise<readonly string[]> {
  if (!(await page.evaluate('window.axe !== undefined'))) await page.evaluate(axe);
  const result = (await page.evaluate(`axe.run(document, ${JSON.stringify(options)})`)) as {
    readonly violations: readonly Finding[];
    readonly incomplete: readonly Finding[];
  };
  return [...result.violations, ...result.incomplete].flatMap((finding) =>
    finding.nodes.map((node) => `${finding.id}: ${node.html.slice(0, 200)} (${node.any[0]?.message ?? ''})`),
  );
}

/** Scripts and styles that bring out what a page folds away or scrolls. */
export const openFolds = "for (const fold of document.querySelectorAll('details')) fold.open = true";
/** A curve counts for axe as the box around it, and so as lying over the names inside: the names are put above. Not so on the page itself, where Safari misplaces what stands so in an SVG. */
export const openBoxes =
  '.table-scroll, .drawing, pre { overflow: visible !important; max-height: none !important } pre code { white-space: pre-wrap } .node { position: relative; z-index: 1 }';
/** On a narrow screen what is opened out stands beside the page, where axe sees no background: the page gets room, and keeps the narrow style, which goes by the screen. */
export const widePage = 'body, main { width: 1600px !important; max-width: none !important }';
