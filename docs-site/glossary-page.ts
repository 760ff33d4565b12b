import type { ManifestActivity, ManifestCohort } from '../compiler/index.ts';
import { readTerms } from './glossary.ts';
import { highlightCode } from './highlight-code.ts';
import { renderPage, renderWithin } from './page.ts';
import { safeHtml } from './render-template.ts';
import { labelOf, type SiteContext, wordsHtml } from './site-context.ts';
import { definitionPath, type PageKind } from './site-path.ts';
import type { SiteFile } from './site-types.ts';

/** The project's own words first: what "active" means here; then those of the dictionary. */
export function glossaryPage(site: SiteContext): readonly SiteFile[] {
  const { t, input } = site;
  const { activities, cohorts, project } = input.manifest;
  const users = indexUsers(site);
  return renderWithin([12, 5, 2], (shown) => [
    renderPage(
      site,
      'glossary',
      { path: 'glossary/index.html', title: t('nav.glossary') },
      {
        activities: activities.map((activity) => activityView(site, activity, users, shown)),
        cohorts: cohorts.map((cohort) => cohortView(site, cohort, users, shown)),
        exclusions: project.exclusions.map((exclusion) => ({
          id: `exclusion-${exclusion.name}`,
          name: exclusion.name,
          text: wordsHtml(site, t('glossary.exclusion', { entity: exclusion.entity, model: exclusion.in })),
          where: safeHtml(highlightCode(exclusion.where, 'sql')),
        })),
        terms: readTerms(input.language),
      },
    ),
  ]);
}

type Users = ReadonlyMap<string, readonly { readonly label: string; readonly href: string }[]>;

/** Metrics and segments by the activities and cohorts that they are counted from: `activity-purchase`. */
function indexUsers(site: SiteContext): Users {
  const { metrics, segments, cohorts } = site.input.manifest;
  const anchors = new Map(cohorts.map(({ name, anchor }) => [name, anchor]));
  const users = new Map<string, { label: string; href: string }[]>();
  const add = (
    of: Iterable<string>,
    kind: PageKind,
    definition: { readonly name: string; readonly title?: string },
  ) => {
    const user = { label: labelOf(definition), href: `../${definitionPath(kind, definition.name)}` };
    for (const key of new Set(of)) users.set(key, [...(users.get(key) ?? []), user]);
  };
  for (const metric of metrics) {
    const { rule } = metric;
    if (rule === undefined) continue;
    const cohort = 'cohort' in rule ? [rule.cohort] : [];
    const own = 'activity' in rule ? [rule.activity] : rule.rule === 'funnel' ? rule.steps : [];
    const anchored = cohort.flatMap((name) => anchors.get(name) ?? []);
    add(
      [...cohort.map((name) => `cohort-${name}`), ...[...own, ...anchored].map((name) => `activity-${name}`)],
      'metric',
      metric,
    );
  }
  for (const segment of segments)
    add(
      segment.activities.map((name) => `activity-${name}`),
      'segment',
      segment,
    );
  return users;
}

function usedBy(site: SiteContext, users: Users, id: string, shown: number) {
  const all = users.get(id) ?? [];
  return {
    users: all.slice(0, shown),
    more: all.length > shown ? site.t('column.more', { n: all.length - shown }) : undefined,
  };
}

function activityView(site: SiteContext, activity: ManifestActivity, users: Users, shown: number) {
  const { t } = site;
  const id = `activity-${activity.name}`;
  const text =
    activity.any.length > 0
      ? t('glossary.any', { list: activity.any.map((name) => `\`${name}\``).join(', ') })
      : activity.model === undefined
        ? t('audience.rows')
        : t('glossary.rows', { model: activity.model, time: activity.time ?? '' });
  return {
    id,
    name: activity.name,
    description: activity.description === undefined ? undefined : wordsHtml(site, activity.description),
    text: wordsHtml(site, text),
    where: activity.where === undefined ? undefined : safeHtml(highlightCode(activity.where, 'sql')),
    ...usedBy(site, users, id, shown),
  };
}

function cohortView(site: SiteContext, cohort: ManifestCohort, users: Users, shown: number) {
  const { t } = site;
  const id = `cohort-${cohort.name}`;
  const { occurrence } = cohort;
  const which =
    typeof occurrence === 'string'
      ? t(`glossary.cohort.${occurrence}`, { anchor: cohort.anchor })
      : t('glossary.cohort.nth', { anchor: cohort.anchor, nth: occurrence.nth });
  return {
    id,
    name: cohort.name,
    description: cohort.description === undefined ? undefined : wordsHtml(site, cohort.description),
    text: wordsHtml(site, which),
    where: cohort.where === undefined ? undefined : safeHtml(highlightCode(cohort.where, 'sql')),
    ...usedBy(site, users, id, shown),
  };
}
