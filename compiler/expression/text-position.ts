import type { Position, Span } from '../diagnostic/diagnostic.ts';
import type { SqlText } from '../source/source-file.ts';

/** Where `text.text.slice(start, end)` stands in its file. */
export function spanInText(text: SqlText, start: number, end: number): Span {
  const length = text.text.length;
  const from = Math.min(Math.max(start, 0), length);
  const to = Math.min(Math.max(end, from), length);
  return { file: text.span.file, start: positionInText(text, from), end: positionInText(text, to) };
}

function positionInText(text: SqlText, unit: number): Position {
  const offset = text.offsets?.[unit] ?? text.span.start.offset + unit;
  if (text.lineStarts) return positionByLines(text.lineStarts, offset);
  const before = text.text.slice(0, unit);
  const newline = before.lastIndexOf('\n');
  if (newline < 0)
    return { offset, line: text.span.start.line, column: text.span.start.column + offset - text.span.start.offset };
  let lines = 0;
  for (let at = before.indexOf('\n'); at >= 0; at = before.indexOf('\n', at + 1)) lines++;
  const first = text.offsets ? text.offsets[0]! : text.span.start.offset;
  // A block scalar begins on the line below its `|`: its span's start may be the sign itself.
  const lead = text.offsets && first > text.span.start.offset + 1 && text.offsets[unit] !== undefined ? 1 : 0;
  const lineStart = (text.offsets?.[newline] ?? text.span.start.offset + newline) + 1;
  return { offset, line: text.span.start.line + lines + lead, column: offset - lineStart + 1 };
}

function positionByLines(lineStarts: readonly number[], offset: number): Position {
  let low = 0;
  let high = lineStarts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (lineStarts[middle]! <= offset) low = middle;
    else high = middle - 1;
  }
  return { offset, line: low + 1, column: offset - lineStarts[low]! + 1 };
}

const word = /(?:"(?:[^"]|"")*"|[\p{L}_][\p{L}\p{N}_$]*)(?:\s*\.\s*(?:"(?:[^"]|"")*"|[\p{L}_][\p{L}\p{N}_$]*|\*))*/uy;
const other = /'(?:[^']|'')*'|\d[\d.eE]*|[+\-*/<>=~!@#%^&|`?]+|\S/uy;

/** Where the name, literal or operator that begins at `start` ends. */
export function tokenEnd(text: string, start: number): number {
  for (const pattern of [word, other]) {
    pattern.lastIndex = start;
    const match = pattern.exec(text);
    if (match) return start + match[0].length;
  }
  return Math.min(start + 1, text.length);
}
