import type { Position, Span } from '../diagnostic/diagnostic.ts';

/** File offsets at which lines begin. A byte order mark belongs to no line, so that columns agree with editors. */
export type LineStarts = readonly number[];

export function indexLines(text: string): LineStarts {
  const starts = [text.charCodeAt(0) === 0xfeff ? 1 : 0];
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit === 10 || (unit === 13 && text.charCodeAt(i + 1) !== 10)) starts.push(i + 1);
  }
  return starts;
}

export function positionAt(starts: LineStarts, offset: number): Position {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle]! <= offset) low = middle;
    else high = middle - 1;
  }
  return { offset, line: low + 1, column: Math.max(1, offset - starts[low]! + 1) };
}

export function spanAt(starts: LineStarts, file: string, start: number, end: number): Span {
  return { file, start: positionAt(starts, start), end: positionAt(starts, end) };
}

/** The very beginning of a file: for what is said of the file as a whole. */
export function fileSpan(file: string): Span {
  const start = { offset: 0, line: 1, column: 1 };
  return { file, start, end: start };
}
