import {
  countPeople,
  type ManifestMetric,
  type ManifestTarget,
  type PeopleCounts,
  planQuery,
  type QueryPlan,
  type QueryRequest,
  type Value,
} from '../../compiler/index.ts';
import type { MetricBreakdown, MetricPoint, MetricSeries, MetricValues } from '../../docs-site/index.ts';
import type { Engine } from '../../runtime/engine/engine.ts';
import { readFreshStored } from '../../runtime/run/fresh-stored.ts';
import { queryTarget } from '../../runtime/run/query-target.ts';
import type { History } from '../../runtime/state/history-types.ts';
import type { Project } from '../project/load-project.ts';
import { findAsOf } from '../project/read-target-history.ts';
import { openResultCache } from '../project/result-cache.ts';
import type { Unread } from './collect-unread.ts';
import { fewestAlone, fewestByMonth, fewestPeople, withFewestDay } from './fewest-people.ts';
import { keyOfValues } from './key-of-values.ts';
import { readCohortCells, readCohortTable } from './read-cohort-table.ts';

/** What values are read from. */
export interface ValuesSource {
  readonly project: Project;
  readonly target: ManifestTarget;
  readonly engine: Engine;
  readonly history: History;
}

interface Asked extends ValuesSource {
  /** Tables made for metrics that questions may be answered from: looked for once, where anything is asked at all. */
  readonly stored: () => Promise<ReadonlySet<string>>;
  /** Where few people are hidden: what counts them. */
  readonly people: PeopleCounts | undefined;
}

/** Points of a chart; older ones would be narrower than a pixel. */
const longest = { day: 400, week: 160, month: 60 } as const;
/** Members of a dimension that a page lists. */
const shownMembers = 12;
const shownDimensions = 3;

/** Each computed metric's series and its parts, as `etalon query` would give them. Metrics whose models are not built are left out, and so are those that the target refuses to answer. */
export async function readMetricValues(source: ValuesSource, unread: Unread): Promise<MetricValues[]> {
  const metrics = source.project.manifest.metrics.filter((metric) => metric.computed);
  const values: MetricValues[] = [];
  const cache = openResultCache<MetricValues>(source.project.folder, 'metric-values');
  const { name: project, calendar, site } = source.project.manifest.project;
  const people = (site.minGroupSize ?? 0) > 1 ? countPeople(source.project.manifest) : undefined;
  const context = [project, calendar, source.project.manifest.etalon, source.target, people !== undefined];
  const queue = [...metrics.entries()];
  let kept: Promise<ReadonlySet<string>> | undefined;
  const asked: Asked = {
    ...source,
    people,
    stored: () => {
      kept ??= readFreshStored({
        engine: source.engine,
        manifest: source.project.manifest,
        target: source.target.name,
      });
      return kept;
    },
  };
  // The engine has its own pool: so many questions at a time keep it busy and no more.
  const work = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const [place, metric] = next;
      const key = keyOfValues(metric, source.history, context);
      const found = cache.find(key) ?? (await unread.read(metric, () => readMetric(asked, metric)));
      if (!found) continue;
      cache.keep(key, found);
      values[place] = found;
    }
  };
  await Promise.all(Array.from({ length: source.target.threads ?? 4 }, work));
  cache.save();
  return values.filter((found) => found !== undefined);
}

async function readMetric(source: Asked, metric: ManifestMetric): Promise<MetricValues | undefined> {
  const asOf = findAsOf(source.history, metric.reads);
  if (asOf === undefined) return undefined;
  if (metric.rule !== undefined) {
    // The rows of cohort forms are no series of one value.
    const { currency } = source.project.manifest.project;
    const askNow = (request: Omit<QueryRequest, 'asOf'>) => ask(source, { ...request, asOf });
    const table = await readCohortTable(metric, currency, askNow);
    const cells = await readCohortCells(metric, currency, askNow);
    return { metric: metric.name, asOf, series: [], ...(table ? { table } : {}), ...(cells ? { cells } : {}) };
  }
  const series: MetricSeries[] = [];
  let fewest: ReturnType<typeof fewestByMonth> = new Map();
  for (const grain of ['day', 'week', 'month'] as const) {
    const found = await askOf(source, metric, { by: [], grain, order: [grain], asOf });
    if (!found) continue;
    const points = found.rows.map((row) => toPoint(found, row));
    if (grain === 'day') fewest = fewestByMonth(points);
    const kept = points.slice(-longest[grain]);
    const told = grain === 'month' ? kept : withFewestDay(kept, grain, fewest);
    series.push({ grain, points: told, ...fewestAlone(found, found.rows) });
  }
  if (series.length === 0) return undefined;
  return { metric: metric.name, asOf, series, breakdowns: await readBreakdowns(source, metric, series, asOf) };
}

/** The last whole month (else the last whole day) cut by the first dimensions. Personal columns are never listed. */
async function readBreakdowns(
  source: Asked,
  metric: ManifestMetric,
  series: readonly MetricSeries[],
  asOf: string,
): Promise<MetricBreakdown[]> {
  const whole = (['month', 'day'] as const)
    .map((grain) => ({
      grain,
      point: series.find((one) => one.grain === grain)?.points.findLast((p) => p.state === 'final'),
    }))
    .find(({ point }) => point !== undefined);
  if (!whole?.point) return [];
  const { grain, point } = whole;
  const open = metric.dimensions.filter((dimension) => !isPersonal(source, dimension)).slice(0, shownDimensions);
  const breakdowns: MetricBreakdown[] = [];
  for (const { name } of open) {
    const range = { from: point.period, to: periodAfter(point.period, grain) };
    const found = await askOf(source, metric, { by: [name], order: [`-${metric.name}`], asOf, ...range });
    if (!found || found.rows.length === 0) continue;
    const dimension = found.plan.columns.findIndex((column) => column.role === 'dimension');
    const value = found.plan.columns.findIndex((column) => column.role === 'metric');
    const all = found.rows.map((row) => ({
      member: toText(row[dimension]),
      value: toText(row[value]),
      ...fewestPeople(found, row),
    }));
    const rest = all.slice(shownMembers);
    const counted = rest.flatMap(({ people }) => people ?? []);
    breakdowns.push({
      dimension: name,
      grain,
      period: point.period,
      rows: all.slice(0, shownMembers),
      ...(rest.length > 0 ? { more: rest.length } : {}),
      ...(counted.length > 0 ? { morePeople: Math.max(...counted) } : {}),
    });
  }
  return breakdowns;
}

function isPersonal({ project }: ValuesSource, dimension: ManifestMetric['dimensions'][number]): boolean {
  const model = project.manifest.models.find((candidate) => candidate.name === dimension.model);
  const column = model?.columns.find(({ name }) => name === dimension.column);
  return (column?.personal?.tags.length ?? 0) > 0;
}

/** The first day of the next month, or the next day. */
function periodAfter(day: string, grain: 'day' | 'month'): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  const next = grain === 'month' ? Date.UTC(year, month, 1) : Date.UTC(year, month - 1, date + 1);
  return new Date(next).toISOString().slice(0, 10);
}

interface Answer {
  readonly plan: QueryPlan;
  readonly rows: readonly (readonly Value[])[];
}

/** A question to a plain metric, with the people behind each number where they matter. */
async function askOf(source: Asked, metric: ManifestMetric, request: Omit<QueryRequest, 'metrics'>) {
  const counts = source.people?.countsOf.get(metric.name);
  const found = await ask(source, { ...request, metrics: [metric.name, ...(counts?.names ?? [])] });
  return found && { ...found, counts };
}

/** Undefined where the metric cannot be asked so: it has no time, or not this grain. */
async function ask(
  { project, target, engine, stored, people }: Asked,
  request: QueryRequest,
): Promise<Answer | undefined> {
  const manifest = people?.manifest ?? project.manifest;
  const { plan, diagnostics } = planQuery(manifest, request, await stored());
  if (!plan || diagnostics.some((found) => found.severity === 'error')) return undefined;
  const { rows } = await queryTarget({ manifest, engine, plan, target: target.name });
  return { plan, rows };
}

function toPoint(found: Awaited<ReturnType<typeof askOf>> & object, row: readonly Value[]): MetricPoint {
  const at = (role: QueryPlan['columns'][number]['role']) =>
    toText(row[found.plan.columns.findIndex((c) => c.role === role)]);
  const state = (at('state') ?? 'final') as MetricPoint['state'];
  return { period: at('grain') ?? '', value: at('metric'), state, ...fewestPeople(found, row) };
}

function toText(value: Value | undefined): string | null {
  return value === undefined || value === null ? null : String(value);
}
