import { extent } from 'd3-array';
import { scaleLinear, scaleUtc } from 'd3-scale';
import { line } from 'd3-shape';
import type { ManifestMetric } from '../compiler/index.ts';
import { type Format, parsePeriod } from './format-value.ts';
import { fillSlots, type Slot } from './series.ts';
import type { MetricSeries } from './site-types.ts';

/**
 * A chart in two coordinate systems: shapes in a stretched inner SVG of `width` × 1000 units, text and dots outside it in
 * per cent and pixels, so that letters keep their size at 320 px and on a wall.
 */
export interface ChartView {
  readonly form: 'bars' | 'line';
  readonly width: number;
  readonly height: number;
  /** Path data of whole periods and of open ones. */
  readonly whole: string;
  readonly open: string;
  /** Points that stand alone between gaps: a line through one point cannot be seen. */
  readonly dots: readonly { readonly x: string; readonly y: number }[];
  readonly bands: readonly { readonly x: string; readonly width: string }[];
  readonly yTicks: readonly { readonly y: number; readonly label: string; readonly zero: boolean }[];
  readonly xTicks: readonly {
    readonly x: string;
    readonly label: string;
    readonly anchor: 'start' | 'middle' | 'end';
  }[];
  readonly slots: number;
}

export const chartHeight = 240;
const top = 8;
const slotWidth = 10;

export function buildChart(
  metric: Pick<ManifestMetric, 'unit' | 'additivity'>,
  series: MetricSeries,
  format: Format,
  most = 90,
): ChartView | undefined {
  const slots = fillSlots(series, most);
  const numbers = slots.map(numberOf);
  const [low, high] = extent(numbers.filter((value) => value !== undefined));
  if (low === undefined || high === undefined) return undefined;
  const form = metric.additivity === 'sum' || metric.additivity === 'distinct' ? 'bars' : 'line';
  const fromZero = form === 'bars' || (low >= 0 && low < high / 2);
  const domain = fromZero ? [Math.min(0, low), Math.max(0, high)] : [low, high];
  if (domain[0] === domain[1]) domain[1] = domain[0]! + 1;
  const scale = scaleLinear().domain(domain).nice(4).range([1000, 0]);
  const pixel = (value: number): number => round(top + (scale(value) / 1000) * (chartHeight - top));
  const middle = (index: number): string => `${round(((index + 0.5) / slots.length) * 100)}%`;
  const isOpen = (index: number): boolean => slots[index]?.point?.state === 'partial';
  return {
    form,
    width: slots.length * slotWidth,
    height: chartHeight,
    ...(form === 'bars' ? drawBars(numbers, scale, isOpen) : drawLine(numbers, scale, isOpen)),
    dots: form === 'bars' ? [] : loneDots(numbers).map((index) => ({ x: middle(index), y: pixel(numbers[index]!) })),
    bands: slots.flatMap((_, index) =>
      isOpen(index) ? [{ x: `${round((index / slots.length) * 100)}%`, width: `${round(100 / slots.length)}%` }] : [],
    ),
    yTicks: scale
      .ticks(4)
      .map((value) => ({ y: pixel(value), label: format.short(value, metric.unit), zero: value === 0 })),
    xTicks: pickTicks(slots, series, format),
    slots: slots.length,
  };
}

export function numberOf(slot: Slot): number | undefined {
  const value = slot.point?.value;
  return value === undefined || value === null ? undefined : Number(value);
}

type Scale = (value: number) => number;

function drawBars(
  numbers: readonly (number | undefined)[],
  scale: Scale,
  isOpen: (index: number) => boolean,
): { whole: string; open: string } {
  const paths = { whole: '', open: '' };
  const zero = round(scale(0), 0);
  const inset = numbers.length > 120 ? 0.5 : 1.5;
  numbers.forEach((value, index) => {
    if (value === undefined) return;
    const y = round(scale(value), 0);
    paths[isOpen(index) ? 'open' : 'whole'] +=
      `M${index * slotWidth + inset} ${zero}V${y}h${slotWidth - 2 * inset}V${zero}z`;
  });
  return paths;
}

/** The stroke to an open period is its own path, drawn dashed. */
function drawLine(
  numbers: readonly (number | undefined)[],
  scale: Scale,
  isOpen: (index: number) => boolean,
): { whole: string; open: string } {
  const draw = (wanted: (index: number) => boolean): string =>
    line<number | undefined>()
      .defined((value, index) => value !== undefined && wanted(index))
      .x((_, index) => (index + 0.5) * slotWidth)
      .y((value) => round(scale(value!), 0))([...numbers]) ?? '';
  return { whole: draw((index) => !isOpen(index)), open: draw((index) => isOpen(index) || isOpen(index + 1)) };
}

function loneDots(numbers: readonly (number | undefined)[]): readonly number[] {
  return numbers.flatMap((value, index) =>
    value !== undefined && numbers[index - 1] === undefined && numbers[index + 1] === undefined ? [index] : [],
  );
}

/** Four labels fit on the narrowest screen. */
function pickTicks(slots: readonly Slot[], series: MetricSeries, format: Format): ChartView['xTicks'] {
  const instants = slots.map((slot) => parsePeriod(slot.period).getTime());
  const ticks = scaleUtc()
    .domain([instants[0]!, instants.at(-1)!])
    .ticks(4);
  const indexes = ticks.map((tick) => instants.findIndex((instant) => instant >= tick.getTime()));
  const chosen = [...new Set(indexes.filter((index) => index >= 0))].slice(0, 6);
  const seen = new Set<string>();
  return chosen.flatMap((index) => {
    const share = (index + 0.5) / slots.length;
    const label = format.tick(slots[index]!.period, series.grain);
    if (seen.has(label)) return [];
    seen.add(label);
    return [
      { x: `${round(share * 100)}%`, label, anchor: share < 0.05 ? 'start' : share > 0.92 ? 'end' : 'middle' } as const,
    ];
  });
}

/** A small line without axes, for tables and cards: path data in a box of 100 × 28. */
export function buildSparkline(series: MetricSeries): string | undefined {
  const numbers = fillSlots(series, 60).flatMap((slot) => (slot.point?.state === 'partial' ? [] : [numberOf(slot)]));
  const [low, high] = extent(numbers.filter((value) => value !== undefined));
  if (low === undefined || high === undefined || numbers.length < 3) return undefined;
  const scale = scaleLinear()
    .domain(low === high ? [low - 1, high + 1] : [low, high])
    .range([26, 2]);
  return (
    line<number | undefined>()
      .defined((value) => value !== undefined)
      .x((_, index) => round((index / (numbers.length - 1)) * 100))
      .y((value) => round(scale(value!)))(numbers) ?? undefined
  );
}

function round(value: number, digits = 2): number {
  return Number(value.toFixed(digits));
}
