import type { ManifestSegment } from '../compiler/index.ts';
import { headOf, part, shownSections } from './definition-pages.ts';
import type { PagePlan } from './fit-pages.ts';
import { paginate } from './list-view.ts';
import { leastGroup } from './metric-values-view.ts';
import { renderPage, renderWithin } from './page.ts';
import { shownSizes } from './segment-sizes.ts';
import { scheduleWord, segmentView } from './segment-view.ts';
import { labelOf, type SiteContext, sentenceOf } from './site-context.ts';
import { definitionPath } from './site-path.ts';
import type { SiteFile } from './site-types.ts';
import { trustOfSegment } from './trust.ts';

const sections = [
  'size',
  'who',
  'attrition',
  'overlap',
  'examples',
  'sources',
  'lineage',
  'versions',
  'confused',
  'sql',
];

export function planSegment(site: SiteContext, segment: ManifestSegment): PagePlan {
  const view = segmentView(site, segment);
  const { attrition, overlaps: overlap, confused } = view;
  const optional: Readonly<Record<string, readonly unknown[]>> = { attrition, overlap, confused };
  const shown = shownSections(sections, view).filter((section) => optional[section]?.length !== 0);
  const head = headOf(site, 'segments', definitionPath('segment', segment.name), view, shown);
  const parts = [
    part(site, 'sql', view.sql, (sql) => ({ sql })),
    part(site, 'lineage', [view.lineage], (items) => items[0]!),
    part(site, 'examples', view.examples, (examples) => ({ examples })),
  ];
  return { template: 'segment', head, view, parts };
}

/** Nothing where no segment is declared. */
export function segmentListPages(site: SiteContext): readonly SiteFile[] {
  const { segments } = site.input.manifest;
  if (segments.length === 0) return [];
  return renderWithin([40, 25, 12, 6], (size) =>
    paginate('segments', segments, size).map(({ path, rows, pages }) =>
      renderPage(
        site,
        'segments',
        { path, title: site.t('nav.segments'), section: 'segments' },
        {
          count: segments.length,
          data: pages.length > 0 ? 'segments/' : '',
          pages,
          rows: rows.map((segment) => segmentRow(site, segment, '../')),
        },
      ),
    ),
  );
}

function segmentRow(site: SiteContext, segment: ManifestSegment, prefix: string) {
  const { t, format } = site;
  const sizes = shownSizes(site, segment.name);
  const members = sizes?.parts.find(({ part }) => part === 'members');
  const parts = segment.rule?.form === 'split' ? segment.rule.split.parts.length : undefined;
  const size =
    members === undefined
      ? undefined
      : members.entities === null
        ? t('segment.few', { n: leastGroup(site) })
        : format.count(members.entities);
  return {
    name: segment.name,
    label: labelOf(segment),
    href: prefix + definitionPath('segment', segment.name),
    sentence: sentenceOf(site, segment.description),
    size: size ?? (parts === undefined ? undefined : t('segment.parts', { n: parts })),
    sortValue: String(members?.entities ?? ''),
    share: members?.share === null || members === undefined ? undefined : format.percent(members.share),
    schedule: scheduleWord(site, segment.schedule),
    owner: segment.owner,
    status: t(`segment.status.${segment.status}`),
    version: segment.version,
    trust: trustOfSegment(site, segment),
  };
}
