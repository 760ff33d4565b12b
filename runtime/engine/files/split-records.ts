import type { FileToLoad } from '../engine.ts';
import { readChunks } from './open-bytes.ts';

/** A record of a CSV file as RFC 4180 has it, or what is wrong with it. `bytes` are without the line end. */
export interface CsvRecord {
  readonly bytes: Buffer;
  /** Exclusive ends of cells are not kept: `parseCells` finds them again where they are wanted. */
  readonly cells: number;
  readonly fault: string | undefined;
  readonly newline: 'lf' | 'crlf' | 'cr' | 'none';
}

const quote = 0x22;
const comma = 0x2c;
const lf = 0x0a;
const cr = 0x0d;

/** Where in a cell we are. */
const start = 0;
const bare = 1;
const quoted = 2;
const closing = 3;

/** Records one after another; a line end inside quotes does not end one. Blank lines are skipped, unless `keepBlank`. */
export async function* splitRecords(
  file: FileToLoad,
  keepBlank: (cells: number) => boolean,
): AsyncGenerator<CsvRecord> {
  let rest: Buffer = Buffer.alloc(0);
  let ended = false;
  const chunks = readChunks(file);
  while (!ended) {
    const next = await chunks.next();
    ended = next.done === true;
    const buffer: Buffer = next.done ? rest : rest.length === 0 ? next.value : Buffer.concat([rest, next.value]);
    let from = 0;
    while (from < buffer.length) {
      const record = findRecord(buffer, from, ended);
      if (record === undefined) break;
      from = record.next;
      if (record.bytes.length > 0 || keepBlank(record.cells)) yield record;
    }
    rest = buffer.subarray(from);
  }
}

interface FoundRecord extends CsvRecord {
  readonly next: number;
}

/** The record that begins at `from`, or undefined where its end is not in the buffer yet. */
function findRecord(buffer: Buffer, from: number, last: boolean): FoundRecord | undefined {
  let state = start;
  let cells = 1;
  let fault: string | undefined;
  for (let at = from; at < buffer.length; at += 1) {
    const byte = buffer[at]!;
    if (state === quoted) {
      if (byte === quote) state = closing;
    } else if (byte === comma) {
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
export function parseCells(record: string): (string | null)[] {
  const cells: (string | null)[] = [];
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
      const comma = record.indexOf(',', at);
      const end = comma < 0 ? record.length : comma;
      cells.push(end === at ? null : record.slice(at, end));
      at = end;
    }
    if (at >= record.length) return cells;
    at += 1;
  }
}
