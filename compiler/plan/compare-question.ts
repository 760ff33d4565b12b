import type { Grain } from '../definition/metric.ts';
import { type Diagnostic, diagnostic } from '../diagnostic/diagnostic.ts';
import type { Catalog, CatalogMetric } from './catalog.ts';
import { dayNumber } from './civil-day.ts';
import { parseSpan } from './metric/frame.ts';
import type { QueryRequest } from './query-types.ts';

type Asked = Omit<QueryRequest, 'asOf'>;

/** A question with its comparison written out as metrics of its own. */
export interface ComparedQuestion {
  readonly catalog: Catalog;
  readonly request: Asked;
}

/**
 * `compare` of a question: beside each metric its value in the earlier period (`revenue_before`) and the change as a fraction (`revenue_change`). A period that is still open is set against
 * the same elapsed part of the earlier one, so that the two are alike (semantics.md §3). `previous` is the period before; without a grain the range of the same length before.
 *
 * @example
 * compareQuestion(catalog, { metrics: ['revenue'], by: [], grain: 'month', compare: 'previous', order: [] }, [])
 */
export function compareQuestion(catalog: Catalog, request: Asked, diagnostics: Diagnostic[]): ComparedQuestion {
  const { compare, ...rest } = request;
  if (compare === undefined) return { catalog, request };
  // Of cohorts it is refused where they are planned.
  if (request.metrics.some((name) => catalog.metrics.get(name)?.rule)) return { catalog, request };
  const to = shiftOf(compare, request, diagnostics);
  if (to === undefined) return { catalog, request: rest };
  const metrics = new Map(catalog.metrics);
  const names = request.metrics.flatMap((name) => {
    const metric = catalog.metrics.get(name);
    if (!metric?.computed) return [name];
    const before = comparing(metric, freeName(`${name}_before`, metrics), to, 'value', metric.type);
    metrics.set(before.name, before);
    if (!isNumber(metric.type)) return [name, before.name];
    const change = comparing(metric, freeName(`${name}_change`, metrics), to, 'percent', 'double');
    metrics.set(change.name, change);
    return [name, before.name, change.name];
  });
  return { catalog: { ...catalog, metrics }, request: { ...rest, metrics: names } };
}

function comparing(
  metric: CatalogMetric,
  name: string,
  to: string,
  as: 'value' | 'percent',
  type: string,
): CatalogMetric {
  return {
    name,
    computed: true,
    expression: metric.name,
    exclude: [],
    dimensions: metric.dimensions,
    inputs: [metric.name],
    type,
    compare: { to, as, includePartial: true },
  };
}

function freeName(name: string, taken: ReadonlyMap<string, unknown>): string {
  return taken.has(name) ? freeName(`${name}_`, taken) : name;
}

function isNumber(type: string): boolean {
  return type === 'integer' || type === 'double' || type.startsWith('decimal');
}

/** `previous`, `year` or a shift as definitions write it, as a shift. */
function shiftOf(compare: string, request: Asked, diagnostics: Diagnostic[]): string | undefined {
  const refuse = (message: string, hint: string) => {
    diagnostics.push(diagnostic('E1604', message, { hints: [hint] }));
    return undefined;
  };
  if (compare === 'year') return '1 year ago';
  if (compare !== 'previous') {
    const text = /\bago$/.test(compare) ? compare : `${compare} ago`;
    if (/^[1-9][0-9]* (hour|day|week|month|quarter|year)s? ago$/.test(text)) return text;
    return refuse(`\`compare: ${compare}\` is no earlier period`, 'for example `previous`, `year` or `1 month ago`');
  }
  const grain = request.grain ?? (request.by.find((name) => isGrain(name)) as Grain | undefined);
  if (grain) return `1 ${grain} ago`;
  const { from, to } = request;
  if (!from || !to)
    return refuse(
      'without a grain or a range nothing comes before',
      'ask for a grain such as `month`, or give `from` and `to`',
    );
  return rangeBefore(from, to);
}

function isGrain(name: string): boolean {
  return /^(hour|day|week|month|quarter|year)$/.test(name);
}

/** Whole months are set against as many months, other ranges against as many days. */
function rangeBefore(from: string, to: string): string {
  const months = (day: string) => Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7));
  if (from.endsWith('-01') && to.endsWith('-01')) return shift(months(to) - months(from), 'month');
  return shift(dayNumber(to) - dayNumber(from), 'day');
}

function shift(count: number, unit: string): string {
  return `${Math.max(1, count)} ${unit}${count > 1 ? 's' : ''} ago`;
}

/** The shift of a comparison in words, for what is printed about it. */
export function shiftWords(to: string): string {
  const { count, unit } = parseSpan(to);
  return count === 1 ? `the ${unit} before` : `${count} ${unit}s before`;
}
