import type { Grain } from '../compiler/index.ts';
import { parsePeriod } from './format-value.ts';
import type { MetricPoint, MetricSeries } from './site-types.ts';

/** A place of the axis: a period, with its point where there is one. */
export interface Slot {
  readonly period: string;
  readonly point?: MetricPoint;
}

/** The last `most` periods of a series without holes: a period that has no rows gets a slot without a point. */
export function fillSlots(series: MetricSeries, most: number): readonly Slot[] {
  const known = filled.get(series) ?? new Map<number, readonly Slot[]>();
  filled.set(series, known);
  const slots = known.get(most) ?? layOut(series, most);
  known.set(most, slots);
  return slots;
}

/** A series is drawn on its page, in lists and on the home page: it is laid out once (5,000 definitions: 40.7 s of processor before, 31.9 s after, both on a busy machine). */
const filled = new WeakMap<MetricSeries, Map<number, readonly Slot[]>>();

function layOut(series: MetricSeries, most: number): readonly Slot[] {
  const shown = series.points.filter((point) => point.state !== 'unobservable');
  const last = shown.at(-1);
  if (last === undefined) return [];
  const first = shown[0]!.period;
  const points = new Map(shown.map((point) => [point.period, point]));
  const slots: Slot[] = [];
  for (
    let period = last.period;
    slots.length < most && period >= first;
    period = previousPeriod(period, series.grain)
  ) {
    const point = points.get(period);
    slots.push(point ? { period, point } : { period });
  }
  return slots.reverse();
}

/** The start of the period before, on the calendar. */
export function previousPeriod(period: string, grain: Grain): string {
  const at = parsePeriod(period);
  if (grain === 'hour') at.setUTCHours(at.getUTCHours() - 1);
  else if (grain === 'day') at.setUTCDate(at.getUTCDate() - 1);
  else if (grain === 'week') at.setUTCDate(at.getUTCDate() - 7);
  else if (grain === 'month') at.setUTCMonth(at.getUTCMonth() - 1);
  else if (grain === 'quarter') at.setUTCMonth(at.getUTCMonth() - 3);
  else at.setUTCFullYear(at.getUTCFullYear() - 1);
  return at.toISOString().slice(0, period.length);
}

export interface LastComplete {
  readonly grain: Grain;
  readonly point: MetricPoint & { readonly value: string };
  /** The period right before it, where that has a final value too. */
  readonly previous?: MetricPoint & { readonly value: string };
}

const headlineGrains: readonly Grain[] = ['month', 'week', 'day', 'quarter', 'year', 'hour'];

/** The last whole period of the longest handy grain: one that has two whole periods, else one. */
export function lastComplete(series: readonly MetricSeries[]): LastComplete | undefined {
  const found = headlineGrains.flatMap((grain) => {
    const of = series.find((each) => each.grain === grain);
    const finals = (of?.points ?? []).filter(isFinal);
    return finals.length > 0 ? [{ grain, finals }] : [];
  });
  const chosen = found.find(({ finals }) => finals.length > 1) ?? found[0];
  if (chosen === undefined) return undefined;
  const point = chosen.finals.at(-1)!;
  const before = previousPeriod(point.period, chosen.grain);
  const previous = chosen.finals.find((each) => each.period === before);
  return { grain: chosen.grain, point, ...(previous ? { previous } : {}) };
}

function isFinal(point: MetricPoint): point is MetricPoint & { readonly value: string } {
  return point.state === 'final' && point.value !== null;
}

/** Days where there are enough of them, else the finest grain that has some. */
export function chartSeries(series: readonly MetricSeries[]): MetricSeries | undefined {
  const order: readonly Grain[] = ['day', 'week', 'month', 'quarter', 'year', 'hour'];
  const usable = order.flatMap((grain) =>
    series.filter((each) => each.grain === grain && each.points.some((point) => point.value !== null)),
  );
  return usable.find((each) => each.points.length >= 8) ?? usable[0];
}
