import type { Grain, UnitForms } from '../compiler/index.ts';
import type { SiteLanguage } from './site-types.ts';
import { makeUnitWriter, type WriteUnit } from './write-unit.ts';

export interface Format {
  /** An exact decimal text with its unit: `€1,234.50`, `3.4 %`, `1,204 orders`. */
  readonly value: (value: string, unit: string | undefined) => string;
  /** For axes: `€20k`, `4%`, `1.2k`; other units stand in the caption. */
  readonly short: (value: number, unit: string | undefined) => string;
  readonly count: (value: number) => string;
  readonly percent: (fraction: number, digits?: number) => string;
  /** One digit always, so that columns stand in line; all and nothing without: `31.0 %`, `100 %`. */
  readonly share: (fraction: number) => string;
  /** A number with its sign: `+1.5`. */
  readonly signed: (value: number) => string;
  /** With its sign: `+4.2 %`. */
  readonly change: (fraction: number) => string;
  /** `6 Jan 2025`, `January 2025`, `Q1 2025`; weeks by their first day. */
  readonly period: (period: string, grain: Grain) => string;
  readonly tick: (period: string, grain: Grain) => string;
  /** An ISO instant in the calendar's zone. */
  readonly instant: (iso: string) => string;
}

const currencies = new Set(Intl.supportedValuesOf('currency'));

export function isCurrency(unit: string | undefined): unit is string {
  return unit !== undefined && currencies.has(unit);
}

/** A metric whose unit is `%` or `percent` holds a fraction, as semantics.md has it: 0.5 is 50 %. */
export function isPercent(unit: string | undefined): boolean {
  return unit === '%' || unit === 'percent';
}

/** `units`: their forms, as the project has them. */
export function makeFormat(
  language: SiteLanguage,
  timeZone: string,
  units: Readonly<Record<string, UnitForms>> = {},
): Format {
  const locale = language === 'en' ? 'en-GB' : 'ru-RU';
  const writeUnit = makeUnitWriter(locale, units);
  const numbers = new Map<string, Intl.NumberFormat>();
  const number = (options: Intl.NumberFormatOptions): Intl.NumberFormat => {
    const key = JSON.stringify(options);
    const known = numbers.get(key) ?? new Intl.NumberFormat(locale, options);
    numbers.set(key, known);
    return known;
  };
  const dates = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(locale, { timeZone: 'UTC', ...options });
  const day = dates({ day: 'numeric', month: 'short', year: 'numeric' });
  const hour = dates({ day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' });
  const month = dates({ month: 'long', year: 'numeric' });
  const shortMonth = dates({ month: 'short', year: 'numeric' });
  const shortDay = dates({ day: 'numeric', month: 'short' });
  const instant = dates({
    timeZone,
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'short',
  });
  const quarter = (at: Date) =>
    language === 'en' ? `Q${quarterOf(at)} ${at.getUTCFullYear()}` : `${quarterOf(at)}-й кв. ${at.getUTCFullYear()}`;
  return {
    value: (value, unit) => formatExact(value, unit, number, writeUnit),
    short: (value, unit) =>
      withUnit(
        value,
        isCurrency(unit) || isPercent(unit) ? unit : undefined,
        { notation: 'compact', maximumSignificantDigits: 3 },
        number,
        writeUnit,
      ),
    count: (value) => number({}).format(value),
    percent: (fraction, digits = 1) => number({ style: 'percent', maximumFractionDigits: digits }).format(fraction),
    share: (fraction) => {
      const digits = fraction === 0 || fraction === 1 ? 0 : 1;
      return number({ style: 'percent', minimumFractionDigits: digits, maximumFractionDigits: digits }).format(
        fraction,
      );
    },
    signed: (value) => number({ maximumFractionDigits: 1, signDisplay: 'exceptZero' }).format(value),
    change: (fraction) =>
      number({ style: 'percent', maximumFractionDigits: 1, signDisplay: 'exceptZero' }).format(fraction),
    period: (period, grain) => {
      const at = parsePeriod(period);
      if (grain === 'hour') return hour.format(at);
      if (grain === 'month') return month.format(at);
      if (grain === 'quarter') return quarter(at);
      return grain === 'year' ? String(at.getUTCFullYear()) : day.format(at);
    },
    tick: (period, grain) => {
      const at = parsePeriod(period);
      if (grain === 'hour' || grain === 'day' || grain === 'week') return shortDay.format(at);
      if (grain === 'month') return shortMonth.format(at);
      return grain === 'quarter' ? quarter(at) : String(at.getUTCFullYear());
    },
    instant: (iso) => {
      const at = new Date(iso);
      return Number.isNaN(at.getTime()) ? iso : instant.format(at);
    },
  };
}

/** Calendar days have no zone: they are read and shown in UTC. Throws on what is not a period. */
export function parsePeriod(period: string): Date {
  const at = new Date(period.length <= 10 ? `${period}T00:00Z` : `${period.slice(0, 16)}Z`);
  if (Number.isNaN(at.getTime())) throw new Error(`not a period: ${JSON.stringify(period)}`);
  return at;
}

function quarterOf(at: Date): number {
  return Math.floor(at.getUTCMonth() / 3) + 1;
}

type NumberFor = (options: Intl.NumberFormatOptions) => Intl.NumberFormat;

/** Intl takes decimal text as it is, so that a long decimal is not squeezed through a double. */
function formatExact(value: string, unit: string | undefined, number: NumberFor, writeUnit: WriteUnit): string {
  if (!/^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(value)) return value;
  const size = Math.abs(Number(value));
  const digits: Intl.NumberFormatOptions = isCurrency(unit)
    ? {}
    : isPercent(unit)
      ? { maximumFractionDigits: size < 0.1 ? 2 : 1 }
      : size > 0 && size < 1
        ? { maximumSignificantDigits: 3 }
        : { maximumFractionDigits: 2 };
  return withUnit(value, unit, digits, number, writeUnit);
}

function withUnit(
  value: number | string,
  unit: string | undefined,
  options: Intl.NumberFormatOptions,
  number: NumberFor,
  writeUnit: WriteUnit,
): string {
  const numeric = value as Intl.StringNumericLiteral;
  if (isCurrency(unit)) return number({ style: 'currency', currency: unit, ...options }).format(numeric);
  if (isPercent(unit)) return number({ style: 'percent', ...options }).format(numeric);
  const text = number(options).format(numeric);
  return unit === undefined ? text : `${text}\u00a0${writeUnit(Number(value), unit, options)}`;
}
