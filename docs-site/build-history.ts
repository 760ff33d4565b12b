import type { ManifestMetric } from '../compiler/index.ts';
import { isPercent } from './format-value.ts';
import type { SiteContext } from './site-context.ts';
import type { SiteBuilds, SiteBuiltValue, SiteChange } from './site-types.ts';

/** Since when a version has been known. */
export interface VersionDate {
  /** ISO instant of the build that first found it. */
  readonly at: string;
  /** It was there when builds began to be stored: it is older than that, nobody knows how much. */
  readonly isOldest: boolean;
}

/** When builds first found each version of a definition; empty where none is stored. */
export function versionDates(
  builds: SiteBuilds | undefined,
  kind: SiteChange['kind'],
  name: string,
): ReadonlyMap<number, VersionDate> {
  const dates = new Map<number, VersionDate>();
  if (builds === undefined) return dates;
  const instants = new Map(builds.builds.map(({ number, at }) => [number, at]));
  const [first] = builds.builds;
  for (const change of builds.changes) {
    if (change.kind !== kind || change.name !== name || change.version === undefined) continue;
    const at = instants.get(change.build);
    if (at === undefined || dates.has(change.version)) continue;
    dates.set(change.version, { at, isOldest: change.build === first?.number });
  }
  return dates;
}

const comparedPeriods = 6;

/** Values of the same periods under the meaning before and under the present one, the newest last; undefined where no two are stored. */
export function beforeAfter(site: SiteContext, metric: ManifestMetric) {
  const own = (site.input.builds?.values ?? []).filter((value) => value.metric === metric.name);
  const others = own.filter(({ fingerprint }) => fingerprint !== metric.fingerprint);
  const [before] = [...others].sort((a, b) => b.build - a.build);
  if (before === undefined) return undefined;
  const earlier = own.filter(({ fingerprint }) => fingerprint === before.fingerprint);
  for (const grain of ['month', 'week'] as const) {
    const now = valuesNow(site, metric, grain, own);
    const rows = earlier
      .filter((value) => value.grain === grain && now.has(value.period))
      .sort((a, b) => (a.period < b.period ? -1 : 1))
      .slice(-comparedPeriods)
      .map(({ period, value }) => ({
        period: site.format.period(period, grain),
        before: site.format.value(value, metric.unit),
        after: site.format.value(now.get(period)!, metric.unit),
        change: changeOf(site, metric.unit, Number(value), Number(now.get(period))),
      }));
    if (rows.length > 0) return { from: before.version, to: metric.version, rows };
  }
  return undefined;
}

/** As they are now; what is no longer there, as it was last stored under the present meaning. */
function valuesNow(
  site: SiteContext,
  metric: ManifestMetric,
  grain: 'month' | 'week',
  stored: readonly SiteBuiltValue[],
): ReadonlyMap<string, string> {
  const series = site.values.get(metric.name)?.series.find((each) => each.grain === grain);
  const points = (series?.points ?? []).flatMap(({ period, value, state }) =>
    state === 'final' && value !== null ? [[period, value] as const] : [],
  );
  const own = stored.filter((value) => value.fingerprint === metric.fingerprint && value.grain === grain);
  return new Map([...own.map(({ period, value }) => [period, value] as const), ...points]);
}

/** A rate moves in points. */
export function changeOf({ t, format }: SiteContext, unit: string | undefined, before: number, after: number): string {
  if (before === after) return t('change.none');
  if (isPercent(unit)) return t('change.points', { points: format.signed((after - before) * 100) });
  return before === 0 ? t('absent.short') : format.change((after - before) / Math.abs(before));
}
