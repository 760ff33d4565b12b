import type { ManifestSegment } from '../compiler/index.ts';
import { buildChart } from './chart.ts';
import { labelOf, type SiteContext } from './site-context.ts';
import type { MetricSeries, SegmentValues } from './site-types.ts';
import { markAt } from './version-marks.ts';

/** Stored sizes as a chart with its table; undefined where fewer than two are stored. */
export function segmentHistory(
  site: SiteContext,
  segment: ManifestSegment,
  history: NonNullable<SegmentValues['history']>,
) {
  const { t, format } = site;
  if (history.length < 2) return undefined;
  const series: MetricSeries = {
    grain: 'day',
    points: history.map(({ day, size }) => ({ period: day, value: String(size), state: 'final' })),
  };
  const drawing = buildChart({ additivity: 'none' }, series, format);
  if (drawing === undefined) return undefined;
  const first = format.period(history[0]!.day, 'day');
  const last = format.period(history.at(-1)!.day, 'day');
  return {
    ...drawing,
    title: t('chart.day', { first, last }),
    label: t('chart.label', { name: labelOf(segment), first, last }),
    marks: history.flatMap(({ version }, at) =>
      at > 0 && history[at - 1]!.version !== version ? [markAt(version, at, history.length)] : [],
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
