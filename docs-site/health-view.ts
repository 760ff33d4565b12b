import { problemsOf } from './problems.ts';
import { type SiteContext, wordsHtml } from './site-context.ts';
import { definitionPath } from './site-path.ts';
import type { SiteRun } from './site-types.ts';

const shownRuns = 20;

export function healthView(site: SiteContext, shownProblems: number) {
  const { input, t, format } = site;
  const problems = problemsOf(site, '../');
  const results = Object.values(input.history?.tests ?? {});
  const statuses = Object.values(input.history?.models ?? {});
  return {
    noHistory: input.history === undefined ? wordsHtml(site, t('absent.build')) : undefined,
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
          of: format.count(input.manifest.metrics.reduce((sum, metric) => sum + metric.examples.length, 0)),
        }),
      },
    ],
    problems: problems.slice(0, shownProblems),
    moreProblems:
      problems.length > shownProblems ? t('column.more', { n: problems.length - shownProblems }) : undefined,
    runs: [...(input.history?.runs ?? [])]
      .sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1))
      .slice(0, shownRuns)
      .map((run) => runRow(site, run)),
    gaps: dictionaryGaps(site),
  };
}

const runStates = { running: 'partial', done: 'ok', part: 'late', failed: 'failing', interrupted: 'late' } as const;

export function runRow(site: SiteContext, run: SiteRun) {
  const { t, format } = site;
  const seconds = run.endedAt === undefined ? undefined : (Date.parse(run.endedAt) - Date.parse(run.startedAt)) / 1000;
  return {
    id: run.id,
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

/** What the dictionary itself lacks. Raw models need no example and no unit. */
function dictionaryGaps(site: SiteContext) {
  const { metrics, models } = site.input.manifest;
  const kinds = [
    {
      key: 'description',
      names: [
        ...metrics.filter((each) => !each.description).map((each) => metricLink(each.name)),
        ...models.filter((each) => !each.description).map((each) => modelLink(each.name)),
      ],
    },
    {
      key: 'owner',
      names: [
        ...metrics.filter((each) => !each.owner).map((each) => metricLink(each.name)),
        ...models.filter((each) => !each.owner).map((each) => modelLink(each.name)),
      ],
    },
    { key: 'unit', names: metrics.filter((each) => !each.unit).map((each) => metricLink(each.name)) },
    {
      key: 'example',
      names: metrics.filter((each) => each.examples.length === 0).map((each) => metricLink(each.name)),
    },
  ];
  return kinds.map(({ key, names }) => ({
    label: site.t(`gap.${key}`),
    count: site.format.count(names.length),
    none: names.length === 0,
    names: names.slice(0, 8),
    more: names.length > 8 ? site.t('column.more', { n: names.length - 8 }) : undefined,
  }));
}

function metricLink(name: string) {
  return { name, href: `../${definitionPath('metric', name)}` };
}

function modelLink(name: string) {
  return { name, href: `../${definitionPath('model', name)}` };
}
