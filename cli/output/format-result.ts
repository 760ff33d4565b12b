import type { Value } from '../../compiler/index.ts';
import { formatCsv } from './format-csv.ts';
import { formatTable } from './format-table.ts';

export interface ResultColumn {
  readonly name: string;
  readonly type: string;
  readonly role?: string;
  readonly unit?: string;
}

export type ResultFormat = 'table' | 'json' | 'csv';

/** Rows for people (numbers cut to six decimals) or for programs (every digit as the engine gave it). */
export function formatResult(
  columns: readonly ResultColumn[],
  rows: readonly (readonly Value[])[],
  format: ResultFormat,
  detail: {
    readonly asOf?: string;
    readonly paint?: (text: string) => string;
    /** Titles of a table, for people; programs get the names. */
    readonly titleOf?: (name: string) => string;
  } = {},
): string {
  switch (format) {
    case 'json':
      return formatDocument(columns, rows, detail.asOf);
    case 'csv':
      return formatCsv(
        columns.map(({ name }) => name),
        rows.map((row) => row.map((value) => (value === null ? null : String(value)))),
      );
    case 'table': {
      const titles = columns.map(({ name, type }) => ({
        title: detail.titleOf?.(name) ?? name,
        align: isNumber(type) ? ('right' as const) : ('left' as const),
      }));
      const cells = rows.map((row) => row.map((value, i) => formatCell(value, columns[i]!.type)));
      return formatTable(titles, cells, detail.paint);
    }
  }
}

function isNumber(type: string): boolean {
  return type === 'integer' || type === 'double' || type.startsWith('decimal');
}

function formatCell(value: Value, type: string): string {
  if (value === null) return 'null';
  return isNumber(type) ? roundDigits(String(value), 6) : String(value);
}

/** Rounds decimal text half away from zero; trailing zeros that the cut brought are dropped. Exponents and shorter numbers stay as they are. */
export function roundDigits(text: string, digits: number): string {
  const match = /^(-?)(\d+)\.(\d+)$/.exec(text);
  if (!match || match[3]!.length <= digits) return text;
  const [, sign, whole, fraction] = match as unknown as [string, string, string, string];
  const scaled = BigInt(whole + fraction.slice(0, digits)) + (fraction[digits]! >= '5' ? 1n : 0n);
  const padded = String(scaled).padStart(digits + 1, '0');
  const rounded = `${padded.slice(0, -digits)}.${padded.slice(-digits)}`.replace(/\.?0+$/, '');
  return rounded === '0' ? '0' : sign + rounded;
}

function formatDocument(
  columns: readonly ResultColumn[],
  rows: readonly (readonly Value[])[],
  asOf: string | undefined,
): string {
  return formatJsonRows(asOf === undefined ? {} : { as_of: asOf }, columns, rows);
}

/** A document with `head` before its `columns` and `rows`. Written by hand, since a JSON number may hold digits that a JavaScript number cannot. */
export function formatJsonRows(
  head: Readonly<Record<string, unknown>>,
  columns: readonly ResultColumn[],
  rows: readonly (readonly Value[])[],
): string {
  const lines = rows.map((row) => {
    const cells = row.map((value, i) => `${JSON.stringify(columns[i]!.name)}: ${formatToken(value, columns[i]!.type)}`);
    return `    {${cells.join(', ')}}`;
  });
  const titles = columns.map(
    ({ name, type, role, unit }) =>
      `    ${JSON.stringify({ name, type, ...(role ? { role } : {}), ...(unit ? { unit } : {}) })}`,
  );
  const body = lines.length > 0 ? `[\n${lines.join(',\n')}\n  ]` : '[]';
  const keys = Object.entries(head).map(([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)},\n`);
  return `{\n${keys.join('')}  "columns": [\n${titles.join(',\n')}\n  ],\n  "rows": ${body}\n}\n`;
}

function formatToken(value: Value, type: string): string {
  if (value === null || typeof value === 'boolean') return String(value);
  const text = String(value);
  const numeric = typeof value !== 'string' || isNumber(type);
  return numeric && /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(text) ? text : JSON.stringify(text);
}
