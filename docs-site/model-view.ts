import type { ManifestColumn, ManifestModel } from '../compiler/index.ts';
import { accountView } from './account-view.ts';
import { flowPath } from './flow-pages.ts';
import { hiddenSections } from './hidden-sections.ts';
import { lineageOf } from './lineage-view.ts';
import { safeHtml } from './render-template.ts';
import { detailsOf, labelOf, modelStatus, type SiteContext, sentenceOf, testResult } from './site-context.ts';
import { definitionPath } from './site-path.ts';
import { codeOf, sqlViews } from './sql-view.ts';
import { testRows } from './test-rows.ts';
import { trustOfModel } from './trust.ts';

const prefix = '../';

export function modelView(site: SiteContext, model: ManifestModel) {
  const { t } = site;
  const sentence = sentenceOf(site, model.description);
  const strategy = site.again(model.strategy);
  const tests = site.tests.get(model.name) ?? [];
  return {
    kindWord: t(`layer.${model.layer}`),
    name: model.name,
    label: labelOf(model),
    layer: model.layer,
    sentence,
    description: detailsOf(site, model.description),
    trust: trustOfModel(site, model.name),
    strip: stripOf(site, model),
    grain: model.key.length > 0 ? t('model.grain', { key: model.key.join(', ') }) : t('absent.key'),
    time: model.time,
    built: builtOf(site, model),
    source: sourceOf(site, model),
    events: eventsOf(model),
    told: accountView(site, model),
    columns: model.columns.map((column) => columnRow(site, model, column)),
    flowHref: flowPath(site, model)?.replace(/^models\//, ''),
    metrics: metricsOn(site, model),
    relations: model.relations.map((relation) => ({
      name: relation.name,
      to: relation.to,
      href: prefix + definitionPath('model', relation.to),
      on: relation.on.join(', '),
      targetKey: relation.targetKey.join(', '),
    })),
    lineage: lineageOf(site, 'model', model.name, prefix),
    tests: testRows(site, tests, prefix),
    strategy,
    strategyLanguage: site.input.language === 'en' || strategy !== model.strategy ? undefined : 'en',
    authored: model.authoredSql === undefined ? undefined : codeOf(model.authoredSql.trim()),
    sql: sqlViews(site, 'model', model.name),
    hides: hiddenSections(site, { withheld: false, sources: model.reads.length, tests: tests.length }),
    path: model.path,
    sqlPath: model.sqlPath,
  };
}

function stripOf(site: SiteContext, model: ManifestModel) {
  const { t, format } = site;
  const status = modelStatus(site, model.name);
  return [
    { term: t('fact.kept'), value: t(`materialized.${model.materialized}`) },
    { term: t('fact.owner'), value: model.owner ?? t('absent.owner') },
    { term: t('fact.rows'), value: status?.rows === undefined ? t('absent.short') : format.count(status.rows) },
    ...(model.tags.length > 0 ? [{ term: t('fact.tags'), value: model.tags.join(', ') }] : []),
  ];
}

/** What the last build left, or undefined before the first. */
function builtOf(site: SiteContext, model: ManifestModel) {
  const { t, format } = site;
  const status = modelStatus(site, model.name);
  if (status === undefined || status.status === 'never') return undefined;
  const instant = (iso: string | undefined): string => (iso === undefined ? t('absent.short') : format.instant(iso));
  return {
    status: t(`model.${status.status}`),
    reason: status.reason && site.again(status.reason),
    at: instant(status.builtAt),
    run: status.run,
    rows: status.rows === undefined ? t('absent.short') : format.count(status.rows),
    rejected: status.rejected === undefined ? t('absent.short') : t('model.rejected', { n: status.rejected }),
    freshThrough: instant(status.freshThrough),
    completeThrough: instant(status.completeThrough),
    relation: status.relation,
  };
}

function sourceOf(site: SiteContext, model: ManifestModel) {
  const source = model.source;
  if (source === undefined) return undefined;
  return {
    from:
      source.from === 'files'
        ? site.t('source.files', { pattern: source.pattern ?? '', format: source.format ?? '' })
        : site.t('source.table', { table: source.table ?? '' }),
    loadedAt: source.loadedAt,
    warnAfter: source.freshness?.warnAfter,
    errorAfter: source.freshness?.errorAfter,
  };
}

function eventsOf(model: ManifestModel) {
  const events = model.source?.events;
  if (events === undefined) return undefined;
  return {
    column: events.name,
    rows: events.catalog.map((event) => ({
      event: event.event,
      requires: event.requires.join(', '),
      since: event.since,
      renamedFrom: event.renamedFrom,
      owner: event.owner,
    })),
  };
}

function columnRow(site: SiteContext, model: ManifestModel, column: ManifestColumn) {
  const { t } = site;
  const users = site.columnUsers.get(`${model.name}.${column.name}`) ?? [];
  const failing = column.tests.filter((name) => ['failed', 'error'].includes(testResult(site, name)?.status ?? ''));
  return {
    name: column.name,
    type: column.type ?? t('absent.type'),
    description:
      column.description === undefined ? undefined : safeHtml(site.markdown.html(site.again(column.description))),
    isKey: model.key.includes(column.name),
    isTime: model.time === column.name,
    required: column.required,
    pii: column.personal?.tags.join(', ') || undefined,
    treatment: column.personal?.treatment && t(`column.${column.personal.treatment}`),
    treatmentWhy: column.personal?.why,
    tests: column.tests.length === 0 ? undefined : t('column.tests', { n: column.tests.length }),
    failing: failing.length === 0 ? undefined : t('column.failing', { n: failing.length }),
    sources: columnLinks(
      site,
      column.sources.map((source) => `${source.model}.${source.column}`),
    ),
    users: columnLinks(site, users),
  };
}

const linkedColumns = 4;

function columnLinks(site: SiteContext, paths: readonly string[]) {
  const unique = [...new Set(paths)];
  const links = unique.slice(0, linkedColumns).map((path) => {
    const [layer, name, column] = path.split('.');
    return { path, href: `${prefix}${definitionPath('model', `${layer}.${name}`)}#${column}` };
  });
  return {
    links,
    more: unique.length > linkedColumns ? site.t('column.more', { n: unique.length - linkedColumns }) : undefined,
  };
}

function metricsOn(site: SiteContext, model: ManifestModel) {
  const on = site.readers.get(model.name) ?? [];
  return {
    shown: on.slice(0, 24).map((metric) => ({
      name: metric.name,
      label: labelOf(metric),
      href: prefix + definitionPath('metric', metric.name),
    })),
    more: on.length > 24 ? site.t('column.more', { n: on.length - 24 }) : undefined,
  };
}
