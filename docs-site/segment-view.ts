import type { ManifestSegment } from '../compiler/index.ts';
import { attritionSteps } from './attrition-view.ts';
import { confusedRows } from './confused-rows.ts';
import { exampleViews } from './example-view.ts';
import { linkTerms } from './glossary.ts';
import { hiddenSections } from './hidden-sections.ts';
import { highlightCode } from './highlight-code.ts';
import { lineageOf } from './lineage-view.ts';
import { leastGroup } from './metric-values-view.ts';
import { safeHtml } from './render-template.ts';
import { segmentHistory } from './segment-history.ts';
import { type ShownSizes, shownSizes } from './segment-sizes.ts';
import { detailsOf, labelOf, type SiteContext, sentenceOf, withheldRule, wordsHtml } from './site-context.ts';
import { definitionPath } from './site-path.ts';
import { sourceRow } from './source-row.ts';
import { sqlViews } from './sql-view.ts';
import { trustOfSegment } from './trust.ts';
import { versionRows } from './version-rows.ts';

const prefix = '../';
const shownOverlaps = 16;

export function segmentView(site: SiteContext, segment: ManifestSegment) {
  const { t, input } = site;
  const sizes = shownSizes(site, segment.name);
  const seen = new Set<string>();
  const ruleWithheld = withheldRule(site, 'segment', segment.name);
  const authored = input.authored?.[`segment:${segment.name}`];
  return {
    kindWord: t('nav.segments'),
    name: segment.name,
    label: labelOf(segment),
    sentence: sentenceOf(site, segment.description),
    description: detailsOf(site, segment.description),
    trust: trustOfSegment(site, segment),
    strip: stripOf(site, segment),
    notComputed: segment.computed ? undefined : (segment.notComputed ?? t('absent.computed')),
    noValues: sizes === undefined ? wordsHtml(site, t('absent.values')) : undefined,
    ...(sizes
      ? numbersOf(site, segment, sizes)
      : { asOf: undefined, size: undefined, parts: [], attrition: [], overlaps: [], chart: undefined }),
    hiding: sizes?.isHiding ? t('segment.hiding', { n: leastGroup(site) }) : undefined,
    rule: segment.words[input.language].map(({ path, text }) => ({
      path: placeOf(path),
      words: linkTerms(site, wordsHtml(site, text), prefix, seen),
      depth: Math.min(3, path.split('.').length - 1),
    })),
    ruleWithheld,
    hides: hiddenSections(site, { withheld: ruleWithheld !== undefined, sources: segment.reads.length, tests: 0 }),
    authored: authored === undefined ? undefined : safeHtml(highlightCode(authored, 'yaml')),
    uses: usesOf(site, segment),
    usedBy: input.manifest.segments
      .filter(({ inputs }) => inputs.includes(segment.name))
      .map((user) => ({ name: labelOf(user), href: prefix + definitionPath('segment', user.name) })),
    examples: exampleViews(site, 'segment', segment),
    sources: segment.reads.map((model) => sourceRow(site, model, prefix)),
    lineage: lineageOf(site, 'segment', segment.name, prefix),
    versions: versionRows(site, 'segment', segment),
    compared: undefined,
    confused: confusedRows(site, 'segment', segment.name),
    sql: sqlViews(site, 'segment', segment.name),
    path: segment.path,
  };
}

/** An exclusion is called by its name, which its words tell. */
function placeOf(path: string): string {
  return /^\d/.test(path) ? path : '';
}

function stripOf(site: SiteContext, segment: ManifestSegment) {
  const { t } = site;
  return [
    { term: t('fact.status'), value: t(`segment.status.${segment.status}`) },
    { term: t('fact.owner'), value: segment.owner ?? t('absent.owner') },
    { term: t('segment.schedule'), value: scheduleWord(site, segment.schedule) },
    { term: t('segment.of'), value: segment.entity },
    { term: t('fact.version'), value: String(segment.version) },
    ...(segment.export ? [{ term: t('segment.exports'), value: segment.export.columns.join(', ') }] : []),
    ...(segment.tags.length > 0 ? [{ term: t('fact.tags'), value: segment.tags.join(', ') }] : []),
  ];
}

const schedules = new Set(['hourly', 'daily', 'weekly', 'on_demand']);

/** A cron line stays as it is. */
export function scheduleWord({ t }: SiteContext, schedule: string): string {
  return schedules.has(schedule) ? t(`segment.schedule.${schedule}`) : schedule;
}

function numbersOf(site: SiteContext, segment: ManifestSegment, sizes: ShownSizes) {
  const { t, format } = site;
  const sized = (part: string) => sizes.parts.find((each) => each.part === part);
  const members = sized('members');
  const unknown = sized('unknown')?.entities ?? 0;
  const isSplit = segment.rule?.form === 'split';
  return {
    asOf: format.instant(sizes.asOf),
    size: members && {
      value: members.entities === null ? t('segment.few', { n: leastGroup(site) }) : format.count(members.entities),
      share:
        members.share === null
          ? undefined
          : t('segment.share', { share: format.percent(members.share), entity: segment.entity }),
      unknown: unknown > 0 ? t('segment.unknown', { n: unknown }) : undefined,
    },
    parts: isSplit ? partRows(site, sizes) : [],
    attrition: sizes.attrition ? attritionSteps(site, segment, sizes.attrition) : [],
    overlaps: overlapRows(site, sizes),
    chart: segmentHistory(site, segment, sizes.history),
    chartHidden: sizes.isHistoryHidden ? t('heat.hidden', { n: leastGroup(site) }) : undefined,
  };
}

function partRows(site: SiteContext, { parts }: ShownSizes) {
  const { t, format } = site;
  const largest = Math.max(1, ...parts.map(({ entities }) => entities ?? 0));
  return parts.map(({ part, entities, share }) => ({
    member: part === 'none' ? t('segment.none') : part,
    none: part === 'none',
    value:
      entities === null
        ? t('segment.few', { n: leastGroup(site) })
        : `${format.count(entities)}${share === null ? '' : ` (${format.percent(share)})`}`,
    share: `${entities === null ? 0 : ((entities / largest) * 100).toFixed(1)}%`,
  }));
}

function overlapRows(site: SiteContext, { overlaps }: ShownSizes) {
  const { t, format } = site;
  const share = (part: number, whole: number): string =>
    whole === 0 ? t('absent.short') : format.percent(part / whole);
  return overlaps.slice(0, shownOverlaps).map((pair) => {
    const other = site.segments.get(pair.with.split('.')[0]!);
    return {
      set: pair.set.includes('.') ? pair.set : undefined,
      name: other && !pair.with.includes('.') ? labelOf(other) : pair.with,
      href: other === undefined ? undefined : prefix + definitionPath('segment', other.name),
      both: pair.hidden ? '×' : format.count(pair.both),
      ofThis: pair.hidden ? '×' : share(pair.both, pair.both + pair.onlySet),
      ofOther: pair.hidden ? '×' : share(pair.both, pair.both + pair.onlyWith),
    };
  });
}

/** What the rule looks at, by kind. */
function usesOf(site: SiteContext, { activities, metrics, inputs, exclude }: ManifestSegment) {
  const { t } = site;
  const link = (kind: 'metric' | 'segment', name: string) => ({
    name,
    href: prefix + definitionPath(kind, name),
  });
  return [
    {
      term: t('segment.activities'),
      items: activities.map((name) => ({ name, href: `${prefix}glossary/index.html#activity-${name}` })),
    },
    { term: t('nav.metrics'), items: metrics.map((name) => link('metric', name)) },
    { term: t('nav.segments'), items: inputs.map((name) => link('segment', name)) },
    {
      term: t('section.exclusions'),
      items: exclude.map((name) => ({ name, href: `${prefix}glossary/index.html#exclusion-${name}` })),
    },
  ].filter(({ items }) => items.length > 0);
}
