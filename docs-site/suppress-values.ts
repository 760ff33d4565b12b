import type { Grain, ManifestMetric } from '../compiler/index.ts';
import { buildGrid } from './cohort-grid.ts';
import type {
  DictionaryInput,
  MetricBreakdown,
  MetricPoint,
  MetricSeries,
  MetricValues,
  SiteBuilds,
} from './site-types.ts';
import { isSmall, suppressSmall } from './suppress-small.ts';
import { hideInTable } from './suppress-table.ts';

/**
 * The input without numbers of fewer people than `min_group_size`, nor those that would tell of them by subtraction. It is what all pages, files and documents are made from, so that none of
 * them has to ask. Cells of cohorts and sizes of segments are decided where they are laid out.
 */
export function withoutSmall(input: DictionaryInput): DictionaryInput {
  const { manifest, values, builds } = input;
  const least = manifest.project.site.minGroupSize ?? 0;
  if (least < 2) return input;
  const metrics = new Map(manifest.metrics.map((metric) => [metric.name, metric]));
  const open = new Set((values ?? []).filter((each) => !isOfPeople(each)).map(({ metric }) => metric));
  return {
    ...input,
    ...(values ? { values: values.map((each) => hideValues(each, metrics.get(each.metric), metrics, least)) } : {}),
    ...(builds ? { builds: keepOpen(builds, open) } : {}),
  };
}

/** How many people a stored value was of is not kept: those of metrics whose people are counted are not told of. */
function keepOpen(builds: SiteBuilds, open: ReadonlySet<string>): SiteBuilds {
  return {
    ...builds,
    values: builds.values.filter(({ metric }) => open.has(metric)),
    restated: builds.restated.filter(({ metric }) => open.has(metric)),
  };
}

function isOfPeople({ series, table, cells }: MetricValues): boolean {
  return table !== undefined || cells !== undefined || series.some(isCounted);
}

function isCounted({ points }: MetricSeries): boolean {
  return points.some(({ people }) => people !== undefined);
}

function hideValues(
  values: MetricValues,
  metric: ManifestMetric | undefined,
  metrics: ReadonlyMap<string, ManifestMetric>,
  least: number,
): MetricValues {
  if (metric?.rule !== undefined) return hideForm(values, metric.rule, least);
  if (!values.series.some(isCounted)) return values;
  // A total that goes on tells of one period less the one before, and of a hidden one less those that another metric shows.
  if (metric && isRunning(metric, metrics)) return { ...values, series: [], breakdowns: [], hides: 'all' };
  const told = values.series.map((series) => hidePoints(series, least));
  const series = apartIn(coarsestUnlessDays(told), values.series, least);
  const breakdowns = (values.breakdowns ?? [])
    .filter((breakdown) => isShown(series, breakdown))
    .map((breakdown) => hideMembers(breakdown, least));
  const before = values.series.flatMap(({ points }) => points).filter(({ value }) => value !== null).length;
  const after = series.flatMap(({ points }) => points).filter(({ value }) => value !== null).length;
  const isHiding =
    after < before ||
    breakdowns.length < (values.breakdowns?.length ?? 0) ||
    breakdowns.some(({ rows }) => rows.some(({ hidden }) => hidden));
  return { ...values, series, breakdowns, ...(isHiding ? { hides: 'some' as const } : {}) };
}

/** Cells know by themselves what to hide. */
function hideForm(values: MetricValues, rule: NonNullable<ManifestMetric['rule']>, least: number): MetricValues {
  if (buildGrid(rule, values, least)) return values;
  const { table, cells: _, ...rest } = values;
  const shown = table && hideInTable(rule, table, least);
  if (!shown) return { ...rest, hides: 'all' };
  return { ...rest, table: shown.table, ...(shown.isHiding ? { hides: 'some' as const } : {}) };
}

/**
 * A month with a day of few people tells neither its days nor the weeks that touch it: less those that may be shown, the week or the month would tell the day. A month of few people is not told
 * itself; it is in no other number then.
 */
function hidePoints(series: MetricSeries, least: number): MetricSeries {
  const hide = ({ people = 0, peopleOfDay = 0 }: MetricPoint): boolean =>
    isSmall(people, least) || (series.grain !== 'month' && isSmall(peopleOfDay, least));
  return {
    grain: series.grain,
    points: series.points.map((point) => {
      const { people: _, peopleOfDay: __, ...told } = point;
      return hide(point) ? { ...told, value: null, state: 'hidden' } : told;
    }),
  };
}

const longestFirst: readonly Grain[] = ['year', 'quarter', 'month', 'week', 'day', 'hour'];

/** Weeks and months cut one another into a few days: where these are not known, only the longest periods are told. */
function coarsestUnlessDays(series: readonly MetricSeries[]): readonly MetricSeries[] {
  if (series.some(({ grain }) => grain === 'day')) return series;
  const longest = longestFirst.find((grain) => series.some((each) => each.grain === grain));
  return series.filter(({ grain }) => grain === longest);
}

/** Only the last whole period. */
function lastAlone(series: readonly MetricSeries[]): readonly MetricSeries[] {
  const [longest] = longestFirst.flatMap((grain) => series.find((each) => each.grain === grain) ?? []);
  const last = longest?.points.findLast(({ state, value }) => state === 'final' && value !== null);
  return longest && last ? [{ grain: longest.grain, points: [last] }] : [];
}

/**
 * Numbers whose rows reach back share most of them: one less the one before it tells of the rows of a period. So all are told where none of these is of few people, months where only days are, else the last
 * one.
 */
function apartIn(
  told: readonly MetricSeries[],
  counted: readonly MetricSeries[],
  least: number,
): readonly MetricSeries[] {
  const isFew = (grain: Grain): boolean =>
    isSmall(counted.find((each) => each.grain === grain)?.peopleAlone ?? 0, least);
  if (isFew('month')) return lastAlone(told);
  return isFew('day') || isFew('week') ? told.filter(({ grain }) => grain === 'month') : told;
}

function isRunning(metric: ManifestMetric, metrics: ReadonlyMap<string, ManifestMetric>): boolean {
  if (metric.window === 'unbounded' || metric.toDate !== undefined) return true;
  return metric.inputs.some((name) => metrics.has(name) && isRunning(metrics.get(name)!, metrics));
}

function isShown(series: readonly MetricSeries[], { grain, period }: MetricBreakdown): boolean {
  const points = series.find((each) => each.grain === grain)?.points ?? [];
  return points.some((point) => point.period === period && point.value !== null);
}

/** Whoever is in two groups makes their sum no measure of how many they are: together they are at least as many as the largest. */
function hideMembers(breakdown: MetricBreakdown, least: number): MetricBreakdown {
  const { rows, more = 0, morePeople = 0, ...rest } = breakdown;
  const counts = rows.map(({ people = 0 }) => people);
  const left = { ...rest, ...(more > 0 ? { more } : {}) };
  const isAnySmall = [...counts, morePeople].some((count) => isSmall(count, least));
  const items = [...counts, ...(more > 0 ? [morePeople] : [])].map((count) => [count]);
  const unlisted = new Set(more > 0 ? [rows.length] : []);
  const hidden = isAnySmall ? suppressSmall(items, least, unlisted, 'most').hidden : new Set<number>();
  const told = rows.map(({ people: _, ...row }) => row);
  const veiled = told
    .filter((_, at) => hidden.has(at))
    .map(({ member }) => ({ member, value: null, hidden: true as const }))
    .sort((a, b) => ((a.member ?? '') < (b.member ?? '') ? -1 : 1));
  return { ...left, rows: [...told.filter((_, at) => !hidden.has(at)), ...veiled] };
}
