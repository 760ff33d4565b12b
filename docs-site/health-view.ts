import { problemsOf } from './problems.ts';
import { hasSteps, runPath } from './run-path.ts';
import { isForAudience, type SiteContext, wordsHtml } from './site-context.ts';
import type { SiteRun } from './site-types.ts';

const shownRuns = 8;

export function healthView(site: SiteContext, shownProblems: number) {
  const { input, t, format } = site;
  const problems = problemsOf(site, '../');
  const results = Object.values(input.history?.tests ?? {});
  const statuses = Object.values(input.history?.models ?? {});
  return {
    noHistory: input.history === undefined ? wordsHtml(site, t('absent.build')) : undefined,
    inside: !isForAudience(site),
    builtAt: format.instant(input.builtAt),
    summary: [
      {
        label: t('health.models_ok'),
        value: t('health.share', {
          n: format.count(statuses.filter((each) => each.status === 'ok').length),
          of: format.count(input.manifest.models.length),
        }),
      },
      {
        label: t('health.tests_ok'),
        value: t('health.share', {
          n: format.count(results.filter((each) => each.status === 'passed').length),
          of: format.count(input.manifest.tests.length),
        }),
      },
      {
        label: t('health.examples_ok'),
        value: t('health.share', {
          n: format.count((input.exampleResults ?? []).filter((each) => each.status === 'passed').length),
          of: format.count(
            [...input.manifest.metrics, ...input.manifest.segments].reduce(
              (sum, { examples }) => sum + examples.length,
              0,
            ),
          ),
        }),
      },
    ],
    problems: problems.slice(0, shownProblems),
    moreProblems:
      problems.length > shownProblems ? t('column.more', { n: problems.length - shownProblems }) : undefined,
    runs: [...(input.history?.runs ?? [])]
      .sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1))
      .slice(0, shownRuns)
      .map((run) => runRow(site, run, '../')),
  };
}

const runStates = { running: 'partial', done: 'ok', part: 'late', failed: 'failing', interrupted: 'late' } as const;

/** `prefix` leads to the site's folder; a run whose steps are known has a page. */
export function runRow(site: SiteContext, run: SiteRun, prefix: string) {
  const { t, format } = site;
  const seconds = run.endedAt === undefined ? undefined : (Date.parse(run.endedAt) - Date.parse(run.startedAt)) / 1000;
  return {
    id: run.id,
    href: hasSteps(site, run.id) ? prefix + runPath(run.id) : undefined,
    command: run.command,
    at: format.instant(run.startedAt),
    startedAt: run.startedAt,
    status: t(`run.${run.status}`),
    state: runStates[run.status],
    icon: `icons/${runStates[run.status]}`,
    seconds: seconds === undefined ? t('absent.short') : t('run.seconds', { n: Math.round(seconds * 10) / 10 }),
    built: format.count(run.built),
    failed: format.count(run.failed),
    skipped: format.count(run.skipped),
    testsFailed: format.count(run.testsFailed),
  };
}
