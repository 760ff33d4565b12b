import { isUtf8 } from 'node:buffer';
import type { FileBytes } from './open-bytes.ts';
import { cr, findRecord, lf, quote } from './split-records.ts';

/** DuckDB's limit for one record, and ours. */
export const longestRecord = 2_000_000;

export type Newline = 'lf' | 'crlf';

/** A file that DuckDB can read as it is. */
export interface PlainCsv {
  readonly newline: Newline;
  /** Without the header. */
  readonly rows: number;
}

/**
 * Whether a file is exactly what DuckDB reads without guessing: one kind of line end, as many cells in every record as in the first, quotes as RFC 4180 has
 * them, UTF-8. DuckDB alone is no judge: told the wrong line end, it answers with no rows and no error. A file that fails is rewritten.
 */
class CsvCheck {
  readonly #cells: number;
  readonly #delimiter: number;
  newline: Newline | undefined;
  /** Records so far, the header among them. */
  records = 0;
  #rest: Buffer = Buffer.alloc(0);

  constructor(cells: number, delimiter: number) {
    this.#cells = cells;
    this.#delimiter = delimiter;
  }

  /** False as soon as something is out of order. Chunks need not end with a record. */
  accepts(chunk: Buffer): boolean {
    const buffer = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    const end = this.#acceptsRecords(buffer, false);
    if (end === undefined || !isUtf8(buffer.subarray(0, end))) return false;
    this.#rest = buffer.subarray(end);
    return this.#rest.length <= longestRecord;
  }

  acceptsEnd(): boolean {
    return this.#acceptsRecords(this.#rest, true) !== undefined && isUtf8(this.#rest);
  }

  /** Where the last whole record ends. */
  #acceptsRecords(buffer: Buffer, last: boolean): number | undefined {
    if (!last && !buffer.includes(quote) && !buffer.includes(cr)) return this.#acceptsLines(buffer);
    let from = 0;
    while (from < buffer.length) {
      const record = findRecord(buffer, from, this.#delimiter, last);
      if (record === undefined) break;
      if (record.fault !== undefined || !this.#acceptsLineEnd(record.newline)) return undefined;
      if (!this.#acceptsRecord(record.bytes.length, record.cells)) return undefined;
      from = record.next;
    }
    return from;
  }

  /** The same where there is nothing but cells and line feeds, four times as fast. */
  #acceptsLines(buffer: Buffer): number | undefined {
    let from = 0;
    let cells = 1;
    const delimiter = this.#delimiter;
    const end = buffer.lastIndexOf(lf) + 1;
    for (let at = 0; at < end; at += 1) {
      const byte = buffer[at]!;
      if (byte === delimiter) cells += 1;
      else if (byte === lf) {
        if (!this.#acceptsRecord(at - from, cells)) return undefined;
        from = at + 1;
        cells = 1;
      }
    }
    return end > 0 && !this.#acceptsLineEnd('lf') ? undefined : end;
  }

  #acceptsLineEnd(newline: 'lf' | 'crlf' | 'cr' | 'none'): boolean {
    if (newline === 'none') return true;
    if (newline === 'cr' || (this.newline !== undefined && newline !== this.newline)) return false;
    this.newline = newline;
    return true;
  }

  #acceptsRecord(length: number, cells: number): boolean {
    // DuckDB skips the first line as the header, blank or not.
    if (length === 0) {
      if (this.records === 0) return false;
      // A blank line is a row only where a row is a single cell.
      if (this.#cells === 1) this.records += 1;
      return true;
    }
    this.records += 1;
    return length <= longestRecord && cells === this.#cells;
  }
}

/** How a file that needs no rewriting is to be read, or undefined. */
export async function findPlainCsv(bytes: FileBytes, delimiter: number, cells: number): Promise<PlainCsv | undefined> {
  const check = new CsvCheck(cells, delimiter);
  for await (const chunk of bytes.chunks()) if (!check.accepts(chunk)) return undefined;
  return check.acceptsEnd() ? { newline: check.newline ?? 'lf', rows: check.records - 1 } : undefined;
}
