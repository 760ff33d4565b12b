import type { Span } from '../diagnostic/diagnostic.ts';
import type { SqlText } from '../source/source-file.ts';

/** Where something in a template stands: a line of it (from 1) with a column (from 0), or the first mustache that holds a word. */
export type TemplatePlace = { readonly line: number; readonly column?: number } | { readonly word: string };

export function wholeSpan(text: SqlText): Span {
  return text.span;
}

/** The mustache at that place, as a range of the file. */
export function partAt(text: SqlText, place: TemplatePlace): Span {
  const start =
    'word' in place ? mustacheWith(text.text, place.word) : unitOf(text.text, place.line, place.column ?? 0);
  const close = text.text.indexOf('}}', start);
  const newline = text.text.indexOf('\n', start);
  const end = close >= 0 ? close + 2 : newline >= 0 ? newline : text.text.length;
  return { file: text.span.file, start: position(text, start), end: position(text, end) };
}

function mustacheWith(text: string, word: string): number {
  for (let at = text.indexOf('{{'); at >= 0; at = text.indexOf('{{', at + 2)) {
    if (text.slice(at, text.indexOf('}}', at) + 2).includes(word)) return at;
  }
  return Math.max(text.indexOf('{{'), 0);
}

function unitOf(text: string, line: number, column: number): number {
  let start = 0;
  for (let n = 1; n < line; n++) {
    const next = text.indexOf('\n', start);
    if (next < 0) break;
    start = next + 1;
  }
  return Math.min(start + column, text.length);
}

function position(text: SqlText, unit: number): Span['start'] {
  const offset = text.offsets?.[unit] ?? text.span.start.offset + unit;
  const before = text.text.slice(0, unit);
  const newline = before.lastIndexOf('\n');
  const line = text.span.start.line + before.split('\n').length - 1;
  const lineStart =
    newline < 0
      ? text.span.start.offset - text.span.start.column + 1
      : (text.offsets?.[newline] ?? text.span.start.offset + newline) + 1;
  return { offset, line, column: offset - lineStart + 1 };
}
