import type { ManifestSegment } from '../compiler/index.ts';
import { buildChart } from './chart.ts';
import { fillSlots } from './series.ts';
import { labelOf, type SiteContext } from './site-context.ts';
import type { MetricSeries, SegmentValues } from './site-types.ts';
import { markAt } from './version-marks.ts';

/** As many places as a chart has. */
const longest = 90;

type Stored = NonNullable<SegmentValues['history']>;

/** By day where all that is stored lies within as many days as a chart has places; else by month, the last size stored in each. */
function drawn(history: Stored) {
  const days = (Date.parse(history.at(-1)!.day) - Date.parse(history[0]!.day)) / 86_400_000;
  if (days < longest) return { grain: 'day' as const, points: history.map((one) => ({ ...one, period: one.day })) };
  const months = new Map(history.map((one) => [one.day.slice(0, 7), one]));
  const points = [...months].map(([month, one]) => ({ ...one, period: `${month}-01` }));
  return { grain: 'month' as const, points: points.slice(-longest) };
}

/** Stored sizes as a chart with its table; undefined where fewer than two are stored. */
export function segmentHistory(site: SiteContext, segment: ManifestSegment, history: Stored) {
  const { t, format } = site;
  if (history.length < 2) return undefined;
  const { grain, points } = drawn(history);
  const series: MetricSeries = {
    grain,
    points: points.map(({ period, size }) => ({ period, value: String(size), state: 'final' })),
  };
  const drawing = buildChart({ additivity: 'none' }, series, format);
  if (drawing === undefined) return undefined;
  const first = format.period(points[0]!.period, grain);
  const last = format.period(points.at(-1)!.period, grain);
  const slots = fillSlots(series, longest);
  const placeOf = (period: string) => slots.findIndex((slot) => slot.period === period);
  return {
    ...drawing,
    title: t(`chart.${grain}`, { first, last }),
    label: t('chart.label', { name: labelOf(segment), first, last }),
    marks: points.flatMap(({ period, version }, at) =>
      at > 0 && points[at - 1]!.version !== version ? [markAt(version, placeOf(period), slots.length)] : [],
    ),
    hasOpen: false,
    gaps: false,
    rows: history.map(({ day, size, version }) => ({
      period: `${format.period(day, 'day')}, ${t('version.number', { version })}`,
      value: format.count(size),
      partial: false,
      gap: false,
    })),
  };
}
