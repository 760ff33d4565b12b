import type { SafeHtml } from './render-template.ts';
import { labelOf, modelStatus, type SiteContext, testResult, wordsHtml } from './site-context.ts';
import { definitionPath } from './site-path.ts';
import { isLate, type TrustState } from './trust.ts';

export interface Problem {
  readonly state: TrustState;
  readonly icon: string;
  readonly word: string;
  readonly label: string;
  readonly href: string;
  readonly detail: SafeHtml;
  readonly owner?: string;
}

/** What is not healthy now: failing first, then late, then out of date. */
export function problemsOf(site: SiteContext, prefix: string): readonly Problem[] {
  const all = [...failingExamples(site, prefix), ...modelProblems(site, prefix), ...testProblems(site, prefix)];
  const order: readonly TrustState[] = ['failing', 'late', 'partial', 'unbuilt'];
  return order.flatMap((state) => all.filter((problem) => problem.state === state));
}

function problem(
  site: SiteContext,
  state: TrustState,
  label: string,
  href: string,
  detail: string,
  owner: string | undefined,
): Problem {
  return {
    state,
    icon: `icons/${state}`,
    word: site.t(`trust.${state}`),
    label,
    href,
    detail: wordsHtml(site, detail),
    ...(owner === undefined ? {} : { owner }),
  };
}

function failingExamples(site: SiteContext, prefix: string): readonly Problem[] {
  return [...site.examples.values()].flat().flatMap((result) => {
    const kind = result.of ?? 'metric';
    const of = (kind === 'metric' ? site.metrics : site.segments).get(result.metric);
    if (result.status === 'passed' || of === undefined) return [];
    return [
      problem(
        site,
        'failing',
        labelOf(of),
        `${prefix}${definitionPath(kind, of.name)}#examples`,
        site.t('trust.reason.example', { title: result.title }),
        of.owner,
      ),
    ];
  });
}

function modelProblems(site: SiteContext, prefix: string): readonly Problem[] {
  if (site.input.history === undefined) return [];
  const again = (reason: string | undefined, otherwise: string) =>
    reason === undefined ? site.t(otherwise) : site.again(reason);
  return site.input.manifest.models.flatMap((model) => {
    const status = modelStatus(site, model.name);
    const href = prefix + definitionPath('model', model.name);
    const say = (state: TrustState, detail: string): readonly Problem[] => [
      problem(site, state, model.name, href, detail, model.owner),
    ];
    if (status === undefined || status.status === 'never') return say('unbuilt', again(status?.reason, 'model.never'));
    if (status.status === 'failing') return say('failing', again(status.reason, 'model.failing'));
    if (isLate(site, model.name))
      return say('late', site.t('health.late', { through: site.format.instant(status.freshThrough ?? '') }));
    return status.status === 'stale' ? say('late', again(status.reason, 'model.stale')) : [];
  });
}

function testProblems(site: SiteContext, prefix: string): readonly Problem[] {
  return site.input.manifest.tests.flatMap((test) => {
    const result = testResult(site, test.name);
    if (result === undefined || result.status === 'passed') return [];
    const state = result.status === 'warned' ? 'late' : 'failing';
    const model = test.model ?? test.reads[0];
    const href =
      model === undefined ? `${prefix}health/index.html` : `${prefix}${definitionPath('model', model)}#tests`;
    const detail = `${test.description ?? test.words[site.input.language]}: ${site.t('test.failing', { n: result.tested, failing: result.failing, at: site.format.instant(result.at) })}`;
    const found = problem(site, state, test.name, href, detail, test.owner ?? site.models.get(model ?? '')?.owner);
    return [result.status === 'warned' ? { ...found, word: site.t('test.warned') } : found];
  });
}
