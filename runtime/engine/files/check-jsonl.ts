import { isUtf8 } from 'node:buffer';
import { longestRecord } from './check-csv.ts';
import { hasLenientToken, hasLongNumber } from './json-tokens.ts';
import type { FileBytes } from './open-bytes.ts';
import { cr, lf } from './split-records.ts';

/** The delimiter that DuckDB is told for a file of lines; JSON may not hold it unescaped. */
const separator = 0x01;

/** What a file of JSON lines holds, so that SQL guards only against what is there. */
export interface JsonlTraits {
  /** DuckDB can read the lines as they are: UTF-8, no carriage returns, no line beyond its limit, no separator. */
  readonly plain: boolean;
  /** Something that DuckDB's JSON reader lets pass and jsonb does not may be in it: NaN, Infinity, a comma before a bracket, a huge exponent. */
  readonly lenient: boolean;
  /** It has a number of more digits than a double keeps. */
  readonly long: boolean;
  /** Known of a plain file. */
  readonly lines: number | undefined;
}

/** Only a chunk that is large enough can hold a line beyond the limit. */
function hasLongLine(lines: Buffer): boolean {
  if (lines.length <= longestRecord) return false;
  let from = 0;
  for (let at = lines.indexOf(lf); at >= 0; at = lines.indexOf(lf, from)) {
    if (at - from > longestRecord) return true;
    from = at + 1;
  }
  return lines.length - from > longestRecord;
}

function countLines(lines: Buffer): number {
  let count = lines.length > 0 && lines.at(-1) !== lf ? 1 : 0;
  for (let at = lines.indexOf(lf); at >= 0; at = lines.indexOf(lf, at + 1)) count += 1;
  return count;
}

/** Whole lines of a file, about a megabyte at a time. */
async function* readWholeLines(bytes: FileBytes): AsyncGenerator<Buffer> {
  let rest: Buffer[] = [];
  for await (const chunk of bytes.chunks()) {
    const end = chunk.lastIndexOf(lf) + 1;
    if (end > 0) {
      yield rest.length === 0 ? chunk.subarray(0, end) : Buffer.concat([...rest, chunk.subarray(0, end)]);
      rest = [];
    }
    if (end < chunk.length) rest.push(chunk.subarray(end));
  }
  if (rest.length > 0) yield Buffer.concat(rest);
}

export async function findJsonlTraits(bytes: FileBytes): Promise<JsonlTraits> {
  let lenient = false;
  let long = false;
  let count = 0;
  for await (const lines of readWholeLines(bytes)) {
    // What is not looked at any more may hold anything.
    if (lines.includes(cr) || lines.includes(separator) || !isUtf8(lines) || hasLongLine(lines))
      return { plain: false, lenient: true, long: true, lines: undefined };
    count += countLines(lines);
    lenient ||= hasLenientToken(lines);
    long ||= hasLongNumber(lines);
  }
  return { plain: true, lenient, long, lines: count };
}
