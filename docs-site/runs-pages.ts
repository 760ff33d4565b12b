import { runRow } from './health-view.ts';
import { renderPage, renderWithin } from './page.ts';
import { hasSteps, runPath } from './run-path.ts';
import { groupBy, type SiteContext, wordsHtml } from './site-context.ts';
import { definitionPath } from './site-path.ts';
import type { SiteFile, SiteRun, SiteStep } from './site-types.ts';

/** The last runs, the newest first, and a page with the steps of each that they are known of. */
export function runsPages(site: SiteContext): readonly SiteFile[] {
  const runs = [...(site.input.history?.runs ?? [])].sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1));
  const steps = groupBy(site.input.history?.steps ?? [], ({ run }) => [run]);
  const head = { path: 'runs/index.html', title: site.t('nav.runs'), section: 'health' } as const;
  const list = renderWithin([100, 50, 25, 10], (shown) => [
    renderPage(site, 'runs', head, {
      count: runs.length,
      runs: runs.slice(0, shown).map((run) => runRow(site, run, '../')),
      absent: wordsHtml(site, site.t(site.input.history === undefined ? 'absent.build' : 'run.none')),
    }),
  ]);
  const pages = runs.filter(({ id }) => hasSteps(site, id)).flatMap((run) => runPage(site, run, steps.get(run.id)!));
  return [...list, ...pages];
}

/** Failed steps stand first; where there is no room for all, those that were built stand before those that had nothing to do. */
const order: readonly SiteStep['status'][] = ['failed', 'skipped', 'built', 'fresh'];

function runPage(site: SiteContext, run: SiteRun, steps: readonly SiteStep[]): readonly SiteFile[] {
  const sorted = order.flatMap((status) => steps.filter((step) => step.status === status));
  const title = site.t('run.title', { run: run.id });
  return renderWithin([250, 120, 60, 30, 12], (shown) => [
    renderPage(
      site,
      'run',
      { path: runPath(run.id), title, section: 'health' },
      {
        heading: title,
        run: runRow(site, run, '../'),
        steps: sorted.slice(0, shown).map((step) => stepRow(site, step)),
        more: sorted.length > shown ? site.t('column.more', { n: sorted.length - shown }) : undefined,
      },
    ),
  ]);
}

const states = { built: 'ok', fresh: 'ok', skipped: 'late', failed: 'failing' } as const;

function stepRow(site: SiteContext, step: SiteStep) {
  const { t, format } = site;
  const count = (n: number | undefined): string => (n === undefined ? '' : format.count(n));
  return {
    model: step.model,
    href: site.models.has(step.model) ? `../${definitionPath('model', step.model)}` : undefined,
    state: states[step.status],
    icon: `icons/${states[step.status]}`,
    status: t(`step.${step.status}`),
    reason: wordsHtml(site, site.again(step.reason)),
    rows: count(step.rows),
    rejected: count(step.rejected),
    late: count(step.late),
    seconds: t('run.seconds', { n: Math.round(step.seconds * 10) / 10 }),
  };
}
