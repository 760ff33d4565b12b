import { extent } from 'd3-array';
import { scaleLinear } from 'd3-scale';
import { line } from 'd3-shape';
import type { ManifestMetric } from '../compiler/index.ts';
import type { Format } from './format-value.ts';
import { fillSlots, type Slot } from './series.ts';
import type { MetricSeries } from './site-types.ts';

/**
 * Shapes are in a stretched SVG of `width` × 1000 units, dots in per cent and pixels, and labels are HTML beside it: letters
 * keep their size at 320 px and on a wall. Without inline styles labels can only stand at even distances, so the ticks do.
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
  /** From the bottom to the top of the plot, evenly. */
  readonly yTicks: readonly { readonly y: number; readonly label: string; readonly zero: boolean }[];
  /** Labels of columns of equal width, each of the period that its column begins with. */
  readonly xTicks: readonly string[];
}

const chartHeight = 232;
const slotWidth = 10;

/** What a chart is drawn from: a number a place, evenly. */
export interface Plot {
  readonly form: ChartView['form'];
  readonly numbers: readonly (number | undefined)[];
  readonly isOpen: (index: number) => boolean;
  readonly unit: string | undefined;
  readonly xTicks: readonly string[];
}

export function buildChart(
  metric: Pick<ManifestMetric, 'unit' | 'additivity'>,
  series: MetricSeries,
  format: Format,
  most = 90,
): ChartView | undefined {
  const slots = fillSlots(series, most);
  return drawPlot(
    {
      form: formOf(metric),
      numbers: slots.map(numberOf),
      isOpen: (index) => slots[index]?.point?.state === 'partial',
      unit: metric.unit,
      xTicks: pickTicks(slots.length, (index) => format.tick(slots[index]!.period, series.grain)),
    },
    format,
  );
}

/** Undefined where there is no number at all. */
export function drawPlot({ form, numbers, isOpen, unit, xTicks }: Plot, format: Format): ChartView | undefined {
  const [low, high] = extent(numbers.filter((value) => value !== undefined));
  if (low === undefined || high === undefined) return undefined;
  const scale = scaleLinear()
    .domain(domainOf(form, low, high))
    .nice(4)
    .range([1000, 0]);
  const pixel = (value: number): number => round((scale(value) / 1000) * chartHeight);
  const count = numbers.length;
  const middle = (index: number): string => `${round(((index + 0.5) / count) * 100)}%`;
  return {
    form,
    width: count * slotWidth,
    height: chartHeight,
    ...(form === 'bars' ? drawBars(numbers, scale, isOpen) : drawLine(numbers, scale, isOpen)),
    dots: form === 'bars' ? [] : loneDots(numbers).map((index) => ({ x: middle(index), y: pixel(numbers[index]!) })),
    bands: numbers.flatMap((_, index) =>
      isOpen(index) ? [{ x: `${round((index / count) * 100)}%`, width: `${round(100 / count)}%` }] : [],
    ),
    yTicks: scale.ticks(4).map((value) => ({ y: pixel(value), label: format.short(value, unit), zero: value === 0 })),
    xTicks,
  };
}

function formOf({ additivity }: Pick<ManifestMetric, 'additivity'>): ChartView['form'] {
  return additivity === 'sum' || additivity === 'distinct' ? 'bars' : 'line';
}

/** What is added up begins at zero, and so does what comes near it. */
function domainOf(form: ChartView['form'], low: number, high: number): readonly [number, number] {
  const fromZero = form === 'bars' || (low >= 0 && low < high / 2);
  const [from, to] = fromZero ? [Math.min(0, low), Math.max(0, high)] : [low, high];
  return [from, from === to ? from + 1 : to];
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

/** Three or four labels fit on the narrowest screen: as many as meet the starts of places best. */
export function pickTicks(places: number, labelOf: (index: number) => string): readonly string[] {
  const counts = places <= 4 ? [places] : [4, 3];
  const startOf = (column: number, count: number): number => Math.round((column * places) / count);
  const error = (count: number): number =>
    Math.max(...Array.from({ length: count }, (_, i) => Math.abs((i * places) / count - startOf(i, count))));
  const best = counts.reduce((a, b) => (error(b) < error(a) ? b : a));
  return Array.from({ length: best }, (_, i) => labelOf(startOf(i, best)));
}

/** A small line without axes, for tables and cards: path data in a box of 100 × 28, whole units to spare bytes. */
export interface Sparkline {
  /** A line with its gaps, or stems of single values. */
  readonly line: string;
  /** Values that stand alone. */
  readonly dots: string;
  /** The zero line, where the scale has one. */
  readonly zero?: string;
}

/** Undefined where there are too few periods to tell a course. */
export function buildSparkline(
  metric: Pick<ManifestMetric, 'additivity'>,
  series: MetricSeries,
): Sparkline | undefined {
  const numbers = fillSlots(series, 42).flatMap((slot) => (slot.point?.state === 'partial' ? [] : [numberOf(slot)]));
  const known = numbers.filter((value) => value !== undefined);
  const [low, high] = extent(known);
  if (low === undefined || high === undefined || numbers.length < 3 || known.length < 2) return undefined;
  const form = formOf(metric);
  const domain = domainOf(form, low, high);
  const scale = scaleLinear().domain(domain).range([26, 2]);
  const x = (index: number): number => (index / (numbers.length - 1)) * 100;
  const y = (index: number): number => scale(numbers[index]!);
  // Where most periods have no value, pieces of a line tell nothing: each value stands by itself.
  const isSparse = known.length * 2 <= numbers.length;
  const alone = isSparse ? numbers.flatMap((value, index) => (value === undefined ? [] : [index])) : loneDots(numbers);
  const at = (index: number): string => `M${round(x(index), 0)},${round(y(index), 0)}`;
  const stems = alone.map((index) => `${at(index)}V${round(scale(0), 0)}`).join('');
  const path = line<number | undefined>()
    .defined((value, index) => value !== undefined && !alone.includes(index))
    .x((_, index) => x(index))
    .y((value) => scale(value!))
    .digits(0);
  const course = isSparse ? (form === 'bars' ? stems : '') : (path(numbers) ?? '');
  const dots = alone.map((index) => `${at(index)}h0`).join('');
  const zero = domain[0] <= 0 && domain[1] >= 0 ? { zero: `M0,${round(scale(0), 0)}h100` } : {};
  return { line: course, dots, ...zero };
}

function round(value: number, digits = 2): number {
  return Number(value.toFixed(digits));
}
