import type { ScalarEvent } from 'js-yaml';
import { CHOMPING_MODE, SCALAR_STYLE } from 'js-yaml';

/** The text of a scalar with, for each of its UTF-16 units and one past the last, the file offset that it comes from. */
export interface DecodedScalar {
  readonly value: string;
  readonly offsets: readonly number[];
}

/**
 * Decodes a scalar that is not simply a slice of the file: quoted with escapes, folded over lines, or a block. Follows js-yaml's `getScalarValue`, which yields the
 * text alone; a property test holds the two together.
 */
export function decodeScalar(text: string, event: ScalarEvent): DecodedScalar {
  const out = new Builder();
  if (event.style === SCALAR_STYLE.LITERAL_BLOCK || event.style === SCALAR_STYLE.FOLDED_BLOCK)
    decodeBlock(text, event, out);
  else decodeFlow(text, event, out);
  return out.finish(event.valueEnd);
}

class Builder {
  #value = '';
  #offsets: number[] = [];

  add(piece: string, offset: number): void {
    for (let i = 0; i < piece.length; i++) this.#offsets.push(offset);
    this.#value += piece;
  }

  slice(text: string, start: number, end: number): void {
    for (let i = start; i < end; i++) this.#offsets.push(i);
    this.#value += text.slice(start, end);
  }

  finish(end: number): DecodedScalar {
    const last = this.#offsets.at(-1);
    this.#offsets.push(last === undefined ? end : Math.min(end, last + 1));
    return { value: this.#value, offsets: this.#offsets };
  }
}

function decodeFlow(text: string, event: ScalarEvent, out: Builder): void {
  const { valueEnd: end, style } = event;
  let position = event.valueStart;
  let captured = position;
  let solid = position;
  while (position < end) {
    const unit = text.charCodeAt(position);
    if (unit === 0x5c && style === SCALAR_STYLE.DOUBLE_QUOTED) {
      out.slice(text, captured, position);
      position = decodeEscape(text, position, end, out);
      captured = solid = position;
    } else if (unit === 0x27 && style === SCALAR_STYLE.SINGLE_QUOTED) {
      out.slice(text, captured, position);
      out.add("'", position);
      position += 2;
      captured = solid = position;
    } else if (unit === 10 || unit === 13) {
      out.slice(text, captured, solid);
      const fold = skipBreaks(text, position, end);
      out.add(fold.breaks === 1 ? ' ' : '\n'.repeat(fold.breaks - 1), position);
      position = captured = solid = fold.position;
    } else {
      position++;
      if (unit !== 32 && unit !== 9) solid = position;
    }
  }
  out.slice(text, captured, style === SCALAR_STYLE.PLAIN ? solid : end);
}

function skipBreaks(text: string, start: number, end: number): { position: number; breaks: number } {
  let position = start;
  let breaks = 0;
  while (position < end) {
    const unit = text.charCodeAt(position);
    if (unit === 10 || unit === 13) {
      breaks++;
      position += unit === 13 && text.charCodeAt(position + 1) === 10 ? 2 : 1;
    } else if (unit === 32 || unit === 9) position++;
    else break;
  }
  return { position, breaks };
}

const escapes: Readonly<Record<string, string>> = {
  '0': '\0',
  a: '\x07',
  b: '\b',
  t: '\t',
  '\t': '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
  e: '\x1b',
  ' ': ' ',
  '"': '"',
  '/': '/',
  '\\': '\\',
  N: '\x85',
  _: '\xa0',
  L: '\u2028',
  P: '\u2029',
};

function decodeEscape(text: string, start: number, end: number, out: Builder): number {
  const letter = text.charAt(start + 1);
  if (letter === '\n' || letter === '\r') return skipBreaks(text, start + 1, end).position;
  const simple = escapes[letter];
  if (simple !== undefined) {
    out.add(simple, start);
    return start + 2;
  }
  const length = letter === 'x' ? 2 : letter === 'u' ? 4 : 8;
  out.add(String.fromCodePoint(Number.parseInt(text.slice(start + 2, start + 2 + length), 16)), start);
  return start + 2 + length;
}

interface BlockLine {
  readonly start: number;
  readonly end: number;
}

function splitLines(text: string, start: number, end: number): BlockLine[] {
  const lines: BlockLine[] = [];
  let from = start;
  for (let i = start; i < end; i++) {
    const unit = text.charCodeAt(i);
    if (unit !== 10 && unit !== 13) continue;
    lines.push({ start: from, end: i });
    if (unit === 13 && text.charCodeAt(i + 1) === 10) i++;
    from = i + 1;
  }
  if (from < end) lines.push({ start: from, end });
  return lines;
}

function decodeBlock(text: string, event: ScalarEvent, out: Builder): void {
  const indent = Math.max(0, event.indent);
  const folded = event.style === SCALAR_STYLE.FOLDED_BLOCK;
  let read = false;
  let empty = 0;
  let deeper = false;
  let breakAt = event.valueStart;
  for (const line of splitLines(text, event.valueStart, event.valueEnd)) {
    let column = 0;
    while (column < indent && text.charCodeAt(line.start + column) === 32) column++;
    if (event.indent < 0 || line.start + column >= line.end) {
      empty++;
      continue;
    }
    const first = text.charCodeAt(line.start + indent);
    const indented = first === 32 || first === 9;
    if (!folded || indented) out.add('\n'.repeat(read ? empty + 1 : empty), breakAt);
    else if (deeper) out.add('\n'.repeat(empty + 1), breakAt);
    else if (empty > 0) out.add('\n'.repeat(empty), breakAt);
    else if (read) out.add(' ', breakAt);
    deeper = folded && indented;
    out.slice(text, line.start + indent, line.end);
    breakAt = line.end;
    read = true;
    empty = 0;
  }
  if (event.chomping === CHOMPING_MODE.KEEP) out.add('\n'.repeat(read ? empty + 1 : empty), breakAt);
  else if (event.chomping !== CHOMPING_MODE.STRIP && read) out.add('\n', breakAt);
}
