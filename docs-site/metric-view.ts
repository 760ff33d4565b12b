import type { ManifestKnob, ManifestMetric } from '../compiler/index.ts';
import { beforeAfter } from './build-history.ts';
import { confusedRows } from './confused-rows.ts';
import { exampleViews } from './example-view.ts';
import { linkTerms } from './glossary.ts';
import { hiddenSections } from './hidden-sections.ts';
import { highlightCode } from './highlight-code.ts';
import { leftOutOf } from './left-out.ts';
import { lineageOf } from './lineage-view.ts';
import { leastGroup, valuesView } from './metric-values-view.ts';
import { reconciliationView } from './reconciliation-view.ts';
import { safeHtml } from './render-template.ts';
import { detailsOf, labelOf, type SiteContext, sentenceOf, withheldRule, wordsHtml } from './site-context.ts';
import { definitionPath } from './site-path.ts';
import { sourceRow } from './source-row.ts';
import { sqlViews } from './sql-view.ts';
import { testRows } from './test-rows.ts';
import { trustOfMetric } from './trust.ts';
import { versionRows } from './version-rows.ts';

const prefix = '../';

export function metricView(site: SiteContext, metric: ManifestMetric) {
  const { t } = site;
  const sentence = sentenceOf(site, metric.description);
  const seen = new Set<string>();
  const ruleWithheld = withheldRule(site, 'metric', metric.name);
  const tests = testRows(site, testsOf(site, metric), prefix);
  return {
    kindWord: t('kind.metric'),
    name: metric.name,
    label: labelOf(metric),
    sentence,
    description: detailsOf(site, metric.description),
    trust: trustOfMetric(site, metric),
    strip: stripOf(site, metric),
    notComputed: metric.computed ? undefined : (metric.notComputed ?? t('absent.computed')),
    replacedBy:
      metric.replacedBy === undefined || !site.metrics.has(metric.replacedBy)
        ? undefined
        : { name: metric.replacedBy, href: prefix + definitionPath('metric', metric.replacedBy) },
    until: metric.until,
    ...valuesView(site, metric),
    words: metric.words[site.input.language].map((text) => linkTerms(site, wordsHtml(site, text), prefix, seen)),
    ruleWithheld,
    hides: hiddenSections(site, {
      withheld: ruleWithheld !== undefined,
      sources: metric.reads.length,
      tests: tests.length,
    }),
    formula: metric.is === '' ? undefined : safeHtml(highlightCode(metric.is, 'sql')),
    facts: factsOf(site, metric),
    exclusions: exclusionsOf(site, metric),
    examples: exampleViews(site, 'metric', metric),
    dimensions: metric.dimensions.map((dimension) => ({
      ...dimension,
      description: dimension.description === undefined ? undefined : wordsHtml(site, dimension.description),
      href: site.models.has(dimension.model)
        ? `${prefix}${definitionPath('model', dimension.model)}#${dimension.column}`
        : undefined,
    })),
    additivity: linkTerms(site, wordsHtml(site, t(`additivity.${metric.additivity}`)), prefix, seen),
    knobs: metric.knobs.map((knob) => knobRow(site, knob)),
    sources: metric.reads.map((model) => sourceRow(site, model, prefix)),
    reconciliation: reconciliationView(site, metric),
    lineage: lineageOf(site, 'metric', metric.name, prefix),
    tests,
    versions: versionRows(site, 'metric', metric),
    noBuilds: site.input.builds === undefined,
    compared: comparedOf(site, metric),
    notCompared: notComparedOf(site, metric),
    confused: confusedRows(site, 'metric', metric.name),
    sql: sqlViews(site, 'metric', metric.name),
    path: metric.path,
  };
}

/** `none` is a word of the language in `fill` alone; elsewhere it says that nothing is set. */
function knobRow({ t }: SiteContext, { name, value, from }: ManifestKnob) {
  const isUnset = value === 'none' && name !== 'fill';
  return { name, value: isUnset ? undefined : value, origin: t(`knob.${from}`) };
}

/** What the last change of meaning did to the numbers. */
function comparedOf(site: SiteContext, metric: ManifestMetric) {
  const found = beforeAfter(site, metric);
  return found && { title: site.t('version.compared', { from: found.from, to: found.to }), rows: found.rows };
}

/** Where few people are hidden, values stored earlier are not told of. */
function notComparedOf(site: SiteContext, metric: ManifestMetric): string | undefined {
  const isWithheld = site.input.builds !== undefined && leastGroup(site) > 1 && metric.version > 1;
  return isWithheld && beforeAfter(site, metric) === undefined ? site.t('version.withheld') : undefined;
}

function stripOf(site: SiteContext, metric: ManifestMetric) {
  const { t } = site;
  return [
    { term: t('fact.status'), value: t(`status.${metric.status}`) },
    { term: t('fact.unit'), value: metric.unit ?? t('absent.unit') },
    { term: t('fact.owner'), value: metric.owner ?? t('absent.owner') },
    { term: t('fact.version'), value: String(metric.version) },
    ...(metric.tags.length > 0 ? [{ term: t('fact.tags'), value: metric.tags.join(', ') }] : []),
  ];
}

function factsOf(site: SiteContext, metric: ManifestMetric) {
  const { t } = site;
  const model = metric.model;
  return {
    where: metric.where === undefined ? undefined : safeHtml(highlightCode(metric.where, 'sql')),
    model: model === undefined ? undefined : { name: model, href: prefix + definitionPath('model', model) },
    inputs: metric.inputs.map((name) => ({ name, href: prefix + definitionPath('metric', name) })),
    time: metric.time,
    timezone: metric.timezone,
    weekStart: t(`weekday.${site.input.manifest.project.calendar.weekStart}`),
    grains: metric.grains.map((grain) => t(`grain.${grain}`)).join(', '),
    type: metric.type,
  };
}

function exclusionsOf(site: SiteContext, metric: ManifestMetric) {
  const { input } = site;
  return leftOutOf(site, metric).map(({ name, through }) => {
    const rule = input.manifest.project.exclusions.find((each) => each.name === name);
    const count = site.metricRows.get(metric.name)?.exclusions.find((each) => each.name === name);
    const metrics = through.map((input) => labelOf(site.metrics.get(input) ?? { name: input })).join(', ');
    return {
      name,
      where: rule === undefined ? undefined : safeHtml(highlightCode(rule.where, 'sql')),
      model:
        rule === undefined || !site.models.has(rule.in)
          ? undefined
          : { name: rule.in, href: prefix + definitionPath('model', rule.in) },
      entity: rule?.entity,
      rows: metrics === '' ? rowsLeftOut(site, count?.rows) : site.t('exclusion.through', { metrics }),
    };
  });
}

function rowsLeftOut(site: SiteContext, rows: number | undefined): string {
  const least = leastGroup(site);
  if (rows === undefined) return site.t('absent.count');
  return least > 1 ? site.t('reconcile.hidden') : site.t('exclusion.rows', { n: rows });
}

/** Tests of what the metric reads itself; those further up stand on the pages of their models. */
function testsOf(site: SiteContext, metric: ManifestMetric) {
  const tests = metric.reads.flatMap((model) => site.tests.get(model) ?? []);
  return [...new Map(tests.map((test) => [test.name, test])).values()];
}
