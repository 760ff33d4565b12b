import { expect, test } from 'vitest';
import { linkTerms, readTerms } from './glossary.ts';
import { safeHtml } from './render-template.ts';
import type { SiteContext } from './site-context.ts';

const site = (language: 'en' | 'ru') =>
  ({
    input: { language, manifest: { activities: [{ name: 'active' }], cohorts: [{ name: 'signup' }] } },
  }) as unknown as SiteContext;
const link = (language: 'en' | 'ru', html: string, seen = new Set<string>()) =>
  linkTerms(site(language), safeHtml(html), '../', seen).toString();

test('both languages have the same terms, each with a text', () => {
  const [english, russian] = [readTerms('en'), readTerms('ru')];
  expect(russian.map(({ id }) => id)).toEqual(english.map(({ id }) => id));
  // In Russian the words of these are phrases that no sentence has.
  const unlike = new Set(['as_of', 'attrition', 'final']);
  for (const [at, { id, forms }] of english.entries())
    if (!unlike.has(id)) expect(russian[at]!.forms.length > 0, id).toBe(forms.length > 0);
  for (const { id, term, text } of [...english, ...russian]) expect([term, text].every(Boolean), id).toBe(true);
});

test('a word is linked once, whole words only, in either alphabet', () => {
  const cohort = '<a class="term" href="../glossary/index.html#cohort">';
  expect(link('en', 'Cohorts, a cohort, cohortwise')).toBe(`${cohort}Cohorts</a>, a cohort, cohortwise`);
  expect(link('ru', 'Когорта и когорты; подкогорта')).toBe(`${cohort}Когорта</a> и когорты; подкогорта`);
  expect(link('ru', 'В двух когортах')).toBe(`В двух ${cohort}когортах</a>`);
  expect(link('ru', 'перед началом отсчёта')).toContain('#anchor">началом отсчёта</a>');
});

test('names of activities and cohorts lead to what they mean here; other code, links and tags stay', () => {
  expect(link('en', 'has <code>active</code> in <code>window</code>')).toBe(
    'has <a href="../glossary/index.html#activity-active"><code>active</code></a> in <code>window</code>',
  );
  const kept = '<a href="x.html" title="cohort">a cohort</a> <b class="cohort">&lt;cohort';
  expect(link('en', kept, new Set(['cohort']))).toBe(kept);
  expect(link('en', kept)).toBe(
    kept.replace('&lt;cohort', '&lt;<a class="term" href="../glossary/index.html#cohort">cohort</a>'),
  );
});
