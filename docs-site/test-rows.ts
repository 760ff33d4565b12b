import type { ManifestTest } from '../compiler/index.ts';
import type { SafeHtml } from './render-template.ts';
import { type SiteContext, testResult, wordsHtml } from './site-context.ts';
import { definitionPath } from './site-path.ts';

export interface TestRow {
  readonly words: SafeHtml;
  readonly name: string;
  readonly model?: { readonly name: string; readonly href: string };
  readonly state: 'ok' | 'late' | 'failing' | 'unbuilt';
  readonly icon: string;
  readonly status: string;
  readonly detail: string;
  readonly why?: string;
  readonly bad: boolean;
}

const states = { passed: 'ok', warned: 'late', failed: 'failing', error: 'failing' } as const;

/** Failing tests first, then in the order of the manifest. */
export function testRows(site: SiteContext, tests: readonly ManifestTest[], prefix: string): readonly TestRow[] {
  const rows = tests.map((test) => testRow(site, test, prefix));
  return [...rows.filter((row) => row.bad), ...rows.filter((row) => !row.bad)];
}

function testRow(site: SiteContext, test: ManifestTest, prefix: string): TestRow {
  const { t, format } = site;
  const result = testResult(site, test.name);
  const state = result ? states[result.status] : 'unbuilt';
  const detail = result
    ? t(result.failing > 0 ? 'test.failing' : 'test.tested', {
        n: result.tested,
        failing: result.failing,
        at: format.instant(result.at),
      })
    : t('test.never');
  return {
    words: wordsHtml(site, test.description ?? test.words[site.input.language]),
    name: test.name,
    ...(test.model === undefined
      ? {}
      : { model: { name: test.model, href: `${prefix}${definitionPath('model', test.model)}` } }),
    state,
    icon: `icons/${state}`,
    status: t(`test.${result?.status ?? 'unknown'}`),
    detail:
      result?.message === undefined || result.status === 'passed' ? detail : `${detail} ${site.again(result.message)}`,
    ...(test.why === undefined ? {} : { why: test.why }),
    bad: state === 'failing' || state === 'late',
  };
}
