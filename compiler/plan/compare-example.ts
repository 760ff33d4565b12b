import type { ExampleDefinition, ExampleRow, ExampleValue } from '../definition/example.ts';
import { dayNumber } from './civil-day.ts';

/** A value of a result, as engines give it. */
type Actual = null | boolean | number | bigint | string;

export interface ExampleOutcome {
  readonly passed: boolean;
  /** The result's rows, cut to the columns that `expect` names. */
  readonly actual: readonly Readonly<Record<string, Actual>>[];
  /** What differs, a line each. */
  readonly differences: readonly string[];
}

/**
 * Does a result say what the example expects? As many rows, in any order unless `ordered`, compared on the columns written; a number at the digits written, so that
 * `0.429` accepts 3/7.
 */
export function compareExample(
  example: ExampleDefinition,
  columns: readonly string[],
  rows: readonly (readonly Actual[])[],
): ExampleOutcome {
  if (example.expect.form !== 'rows')
    return { passed: false, actual: [], differences: ['only rows can be expected of a metric'] };
  const expected = example.expect.rows.map((row) => row.cells);
  const names = [...new Set(expected.flatMap((row) => Object.keys(row)))];
  const missing = names.filter((name) => !columns.includes(name));
  if (missing.length > 0) {
    const lines = missing.map(
      (name) => `the result has no column \`${name}\`; it has ${columns.map((c) => `\`${c}\``).join(', ')}`,
    );
    return { passed: false, actual: [], differences: lines };
  }
  const shown = names.length > 0 ? names : columns;
  const actual = rows.map((row) => Object.fromEntries(shown.map((name) => [name, row[columns.indexOf(name)] ?? null])));
  const differences = example.ordered ? compareOrdered(expected, actual) : compareUnordered(expected, actual);
  return { passed: differences.length === 0, actual, differences };
}

function compareOrdered(expected: readonly ExampleRow[], actual: ExampleOutcome['actual']): string[] {
  const lines: string[] = [];
  for (let i = 0; i < Math.max(expected.length, actual.length); i++) {
    const [want, got] = [expected[i], actual[i]];
    if (want && got && sameRow(want, got)) continue;
    lines.push(
      `row ${i + 1}: expected ${want ? formatExpected(want) : 'none'}, got ${got ? formatActual(got) : 'none'}`,
    );
  }
  return lines;
}

function compareUnordered(expected: readonly ExampleRow[], actual: ExampleOutcome['actual']): string[] {
  const left = [...actual];
  const lines: string[] = [];
  for (const want of expected) {
    const at = left.findIndex((got) => sameRow(want, got));
    if (at >= 0) left.splice(at, 1);
    else lines.push(`expected ${formatExpected(want)}, which is not in the result`);
  }
  return [...lines, ...left.map((got) => `got ${formatActual(got)}, which is not expected`)];
}

function sameRow(want: ExampleRow, got: Readonly<Record<string, Actual>>): boolean {
  return Object.entries(want).every(([name, value]) => sameValue(value, got[name] ?? null));
}

/** Text against text; instants at the precision they share, whatever their spelling; numbers at the digits written. */
export function sameValue(want: ExampleValue, got: Actual): boolean {
  if (want === null || got === null) return want === null && got === null;
  if (typeof want === 'boolean' || typeof got === 'boolean') return want === got;
  if (typeof want === 'string') return want === String(got) || sameInstant(want, String(got));
  if (typeof got === 'string' && !/^[-+]?[\d.]+(e[-+]?\d+)?$/i.test(got)) return false;
  return sameNumber(want.number, String(got));
}

function sameInstant(want: string, got: string): boolean {
  const instant = instantOf(want);
  return instant !== undefined && instant === instantOf(got);
}

/** An instant as one text, whatever its offset: minutes since 1970 and what is left of the last one. */
function instantOf(text: string): string | undefined {
  const match =
    /^(\d{4}-\d{2}-\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?(?:Z|([+-])(\d{2}):?(\d{2})?)$/.exec(text);
  if (!match) return undefined;
  const [, day = '', hour, minute, second = '00', fraction = '', sign, hours = '0', minutes = '0'] = match;
  const east = (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -1 : 1);
  const whole = dayNumber(day) * 1440 + Number(hour) * 60 + Number(minute) - east;
  return `${whole}:${second}.${fraction.padEnd(6, '0')}`;
}

function sameNumber(want: string, got: string): boolean {
  if (/^[-+]?\d+$/.test(want) && /^[-+]?\d+$/.test(got)) return BigInt(want) === BigInt(got);
  const digits = /\.(\d+)/.exec(want)?.[1]?.length ?? 0;
  const half = 0.5 * 10 ** -digits;
  // A little more than half a unit: the nearest double of a tie may lie just beyond it.
  return Math.abs(Number(got) - Number(want)) <= half * (1 + 1e-9);
}

function formatExpected(row: ExampleRow): string {
  return formatCells(
    Object.entries(row).map(([name, value]) => [
      name,
      value !== null && typeof value === 'object' ? value.number : value,
    ]),
  );
}

function formatActual(row: Readonly<Record<string, Actual>>): string {
  return formatCells(Object.entries(row));
}

function formatCells(cells: readonly (readonly [string, Actual])[]): string {
  return `{${cells.map(([name, value]) => `${name}: ${value === null ? 'null' : String(value)}`).join(', ')}}`;
}
