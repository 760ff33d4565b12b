import type { ManifestMetric, ManifestModel } from '../compiler/index.ts';
import { accountWords } from './account-words.ts';
import { leastGroup } from './metric-values-view.ts';
import { modelStatus, type SiteContext } from './site-context.ts';
import type { MetricRows, SiteModelStatus } from './site-types.ts';

/** A number of rows; undefined where nobody has counted them, `hidden` where they would tell of too few people. */
export type Rows = number | 'hidden' | undefined;

/** A place on the way from the source to a number with the rows that are there (`stand`), or why some of them go no further (`go`; below zero: why there are more). */
export interface Step {
  readonly kind: 'stand' | 'go';
  readonly words: string;
  readonly rows: Rows;
}

/**
 * From the rows that came to a source to those that a metric counts. Between two places whose rows are known the steps add up to the difference; what nobody counted is a step without a
 * number. Undefined of a metric that has no rows of one model.
 */
export function reconcile(site: SiteContext, metric: ManifestMetric): readonly Step[] | undefined {
  const model = modelOf(site, metric);
  if (!model) return undefined;
  const way = wayTo(site, model);
  return [
    ...way.flatMap((each, at) => (at === 0 ? arrivalSteps(site, each) : buildSteps(site, way[at - 1]!, each))),
    ...countSteps(site, metric, model),
  ];
}

/** Its own; of a cohort form that of its activity, the first step's of a funnel. */
function modelOf(site: SiteContext, { model, rule }: ManifestMetric): ManifestModel | undefined {
  const activity = rule && ('steps' in rule ? rule.steps[0] : rule.activity);
  const name = model ?? site.input.manifest.activities.find((each) => each.name === activity)?.model;
  return name === undefined ? undefined : site.models.get(name);
}

/** The models that its rows pass through, the source first: each model's key comes from one model alone. */
function wayTo(site: SiteContext, model: ManifestModel): readonly ManifestModel[] {
  const way = [model];
  for (let above = aboveOf(site, model); above && !way.includes(above); above = aboveOf(site, above))
    way.unshift(above);
  return way;
}

function aboveOf(site: SiteContext, model: ManifestModel): ManifestModel | undefined {
  const keys = model.columns.filter(({ name }) => model.key.includes(name));
  const from = new Set(keys.flatMap(({ sources }) => sources.filter(isValue).map((source) => source.model)));
  const [only] = from.size > 0 ? from : new Set(model.reads);
  return from.size > 1 || (from.size === 0 && model.reads.length !== 1) ? undefined : site.models.get(only!);
}

function isValue({ how }: ManifestModel['columns'][number]['sources'][number]): boolean {
  return how !== 'filtered';
}

const stand = (words: string, rows: Rows): Step => ({ kind: 'stand', words, rows });
const go = (words: string, rows: Rows): Step => ({ kind: 'go', words, rows });

/** What came to a source, and what of it could not be read. */
function arrivalSteps(site: SiteContext, model: ManifestModel): readonly Step[] {
  const status = modelStatus(site, model.name);
  const { t } = site;
  const { rows, rejected } = status ?? {};
  const inside = stand(t('reconcile.in', { model: model.name }), rows);
  if (model.layer !== 'raw' || rows === undefined || rejected === undefined || rejected === 0) return [inside];
  const came = stand(t('reconcile.came', { model: model.name }), rows + rejected);
  return [came, ...refusedSteps(site, status, rejected), inside];
}

/** By reason, where the last load tells of all that was ever refused. */
function refusedSteps(
  { t, again }: SiteContext,
  status: SiteModelStatus | undefined,
  rejected: number,
): readonly Step[] {
  const reasons = status?.arrivals?.reasons ?? [];
  const told = reasons.reduce((sum, { rows }) => sum + rows, 0);
  if (told !== rejected) return [go(t('reconcile.refused'), rejected)];
  return reasons.map(({ reason, rows }) => go(t('reconcile.refused_for', { reason: again(reason) }), rows));
}

const parts = ['duplicate', 'excluded', 'rejected', 'rest'] as const;

/** From the rows of one model to those of the next: by its account, else what its query leaves. */
function buildSteps(site: SiteContext, above: ManifestModel, model: ManifestModel): readonly Step[] {
  const { t } = site;
  const before = modelStatus(site, above.name)?.rows;
  const { rows, account } = modelStatus(site, model.name) ?? {};
  const of = (part: string) => account?.find((each) => each.part === part)?.rows;
  const [read, left] = [of('in'), of('out')];
  const inside = (count: number | undefined) => stand(t('reconcile.in', { model: model.name }), count);
  const between = (a: number | undefined, b: number | undefined) =>
    a === undefined || b === undefined || a === b
      ? []
      : [go(t('reconcile.between', { above: above.name, model: model.name }), a - b)];
  if (account === undefined || read === undefined || left === undefined) {
    const less = before === undefined || rows === undefined ? undefined : before - rows;
    const words = t(less !== undefined && less < 0 ? 'reconcile.query_more' : 'reconcile.query', { model: model.name });
    return [...(less === 0 ? [] : [go(words, less)]), inside(rows)];
  }
  const gone = parts.flatMap((part) => account.filter((each) => each.part === part && each.rows !== 0));
  return [
    ...between(before, read),
    ...gone.map((each) => go(accountWords(site, each), each.rows)),
    ...between(left, rows),
    inside(rows ?? left),
  ];
}

/** From the rows of its model to those that count. */
function countSteps(site: SiteContext, metric: ManifestMetric, model: ManifestModel): readonly Step[] {
  const counts = site.metricRows.get(metric.name);
  const held = modelStatus(site, model.name)?.rows;
  const where = metric.where ?? activityWhere(site, metric);
  const { t } = site;
  const time = metric.time;
  const numbers = shownNumbers(counts, leastGroup(site));
  const steps = [
    ...(counts && held !== undefined && held !== counts.all
      ? [go(t('reconcile.since', { model: model.name }), held - counts.all)]
      : []),
    ...(where === undefined ? [] : [go(t('reconcile.filter'), numbers?.filtered)]),
    ...metric.exclude.map((name) => go(t('reconcile.excluded', { name }), numbers?.removed.get(name))),
    ...(time === undefined ? [] : [go(t('reconcile.untimed', { time }), numbers?.untimed)]),
  ];
  return [...steps.filter(({ rows }) => rows !== 0), stand(t('reconcile.counted'), numbers?.counted)];
}

function activityWhere({ input }: SiteContext, { rule }: ManifestMetric): string | undefined {
  const name = rule && ('steps' in rule ? rule.steps[0] : rule.activity);
  return input.manifest.activities.find((each) => each.name === name)?.where;
}

/** Nobody has counted whose rows these are, and one person may have many: where few people are hidden, no number of rows of a single metric is told. */
function shownNumbers(counts: MetricRows | undefined, least: number) {
  if (!counts) return undefined;
  const { filtered, exclusions, untimed, counted } = counts;
  const shown = (rows: number): Rows => (least > 1 ? 'hidden' : rows);
  return {
    filtered: shown(filtered),
    untimed: shown(untimed),
    counted: shown(counted),
    removed: new Map(exclusions.map(({ name, removed }) => [name, shown(removed)])),
  };
}
