import type { FileBytes } from './open-bytes.ts';

/** A record of a CSV file as RFC 4180 has it, or what is wrong with it. `bytes` are without the line end. */
export interface CsvRecord {
  readonly bytes: Buffer;
  /** Exclusive ends of cells are not kept: `parseCells` finds them again where they are wanted. */
  readonly cells: number;
  readonly fault: string | undefined;
  readonly newline: 'lf' | 'crlf' | 'cr' | 'none';
  /** Where the one after it begins. */
  readonly next: number;
}

export const quote = 0x22;
export const lf = 0x0a;
export const cr = 0x0d;

/** Where in a cell we are. */
const start = 0;
const bare = 1;
const quoted = 2;
const closing = 3;

/** Records one after another; a line end inside quotes does not end one. Blank lines are skipped, unless `keepBlank`. */
export async function* splitRecords(
  bytes: FileBytes,
  delimiter: number,
  keepBlank: (cells: number) => boolean,
): AsyncGenerator<CsvRecord> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of bytes.chunks()) {
    const buffer: Buffer = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let from = 0;
    for (
      let record = findRecord(buffer, 0, delimiter, false);
      record;
      record = findRecord(buffer, from, delimiter, false)
    ) {
      from = record.next;
      if (record.bytes.length > 0 || keepBlank(record.cells)) yield record;
    }
    rest = buffer.subarray(from);
  }
  for (let from = 0; from < rest.length; ) {
    const record = findRecord(rest, from, delimiter, true)!;
    from = record.next;
    if (record.bytes.length > 0 || keepBlank(record.cells)) yield record;
  }
}

/** The record that begins at `from`, or undefined where its end is not in the buffer yet: all is there where this is the `last` one. */
export function findRecord(buffer: Buffer, from: number, delimiter: number, last: boolean): CsvRecord | undefined {
  let state = start;
  let cells = 1;
  let fault: string | undefined;
  for (let at = from; at < buffer.length; at += 1) {
    const byte = buffer[at]!;
    if (state === quoted) {
      if (byte === quote) state = closing;
    } else if (byte === delimiter) {
      cells += 1;
      state = start;
    } else if (byte === lf || byte === cr) {
      if (byte === cr && at + 1 === buffer.length && !last) return undefined;
      const crlf = byte === cr && buffer[at + 1] === lf;
      return {
        bytes: buffer.subarray(from, at),
        cells,
        fault,
        newline: crlf ? 'crlf' : byte === cr ? 'cr' : 'lf',
        next: at + (crlf ? 2 : 1),
      };
    } else if (byte === quote) {
      if (state === bare) fault ??= 'a quote in an unquoted cell';
      else state = quoted;
    } else if (state === closing) {
      fault ??= 'text after a closing quote';
      state = bare;
    } else state = bare;
  }
  if (!last) return undefined;
  if (state === quoted) fault = 'a quote that is never closed';
  return { bytes: buffer.subarray(from), cells, fault, newline: 'none', next: buffer.length };
}

/** Cells of a record without faults; null for an empty cell, '' for a quoted empty one. */
export function parseCells(record: string, delimiter: number): (string | null)[] {
  const cells: (string | null)[] = [];
  const between = String.fromCharCode(delimiter);
  let at = 0;
  for (;;) {
    if (record[at] === '"') {
      let text = '';
      let end = record.indexOf('"', at + 1);
      let begin = at + 1;
      while (record[end + 1] === '"') {
        text += record.slice(begin, end + 1);
        begin = end + 2;
        end = record.indexOf('"', begin);
      }
      cells.push(text + record.slice(begin, end));
      at = end + 1;
    } else {
      const separator = record.indexOf(between, at);
      const end = separator < 0 ? record.length : separator;
      cells.push(end === at ? null : record.slice(at, end));
      at = end;
    }
    if (at >= record.length) return cells;
    at += 1;
  }
}
