import { isUtf8 } from 'node:buffer';
import { StringDecoder } from 'node:string_decoder';
import type { FileToLoad } from '../engine.ts';
import { longestRecord } from './check-csv.ts';
import { readChunks } from './open-bytes.ts';
import type { ScratchCsv } from './scratch-csv.ts';

const lf = 0x0a;
const cr = 0x0d;
/** The delimiter that DuckDB is told for a file of lines; JSON may not hold it unescaped. */
const separator = 0x01;

async function* readLines(file: FileToLoad): AsyncGenerator<Buffer> {
  let rest: Buffer[] = [];
  for await (const chunk of readChunks(file)) {
    let from = 0;
    for (let end = chunk.indexOf(lf); end >= 0; end = chunk.indexOf(lf, from)) {
      const line = chunk.subarray(from, end);
      yield rest.length > 0 ? Buffer.concat([...rest, line]) : line;
      rest = [];
      from = end + 1;
    }
    if (from < chunk.length) rest.push(chunk.subarray(from));
  }
  if (rest.length > 0) yield Buffer.concat(rest);
}

/** Whether DuckDB can read the lines as they are: UTF-8, no carriage returns, no line beyond its limit, no separator. */
export async function isPlainJsonl(file: FileToLoad): Promise<boolean> {
  let tail: Buffer = Buffer.alloc(0);
  for await (const chunk of readChunks(file)) {
    if (chunk.includes(cr) || chunk.includes(separator)) return false;
    const end = chunk.lastIndexOf(lf) + 1;
    if (end === 0) tail = Buffer.concat([tail, chunk]);
    else {
      if (!isUtf8(Buffer.concat([tail, chunk.subarray(0, end)])) || hasLongLine(tail.length, chunk, end)) return false;
      tail = Buffer.from(chunk.subarray(end));
    }
    if (tail.length > longestRecord) return false;
  }
  return isUtf8(tail);
}

/** Only a chunk larger than the limit can hold a line beyond it. */
function hasLongLine(before: number, chunk: Buffer, end: number): boolean {
  if (before + end <= longestRecord) return false;
  let from = -before;
  for (let at = chunk.indexOf(lf); at >= 0 && at < end; at = chunk.indexOf(lf, at + 1)) {
    if (at - from > longestRecord) return true;
    from = at + 1;
  }
  return false;
}

function findFault(line: Buffer): string | undefined {
  if (line.length > longestRecord) return `longer than ${longestRecord} bytes`;
  if (!isUtf8(line)) return 'not UTF-8';
  return undefined;
}

/** Copies the lines as a CSV file of one column; see `rewriteCsv`. */
export async function rewriteJsonl(file: FileToLoad, good: ScratchCsv, bad: ScratchCsv): Promise<void> {
  let number = 0;
  for await (const line of readLines(file)) {
    number += 1;
    const trimmed = line.at(-1) === cr ? line.subarray(0, -1) : line;
    const fault = findFault(trimmed);
    if (fault !== undefined)
      await bad.write([
        String(number),
        fault,
        JSON.stringify(new StringDecoder('utf8').write(trimmed.subarray(0, 10_000))),
      ]);
    await good.write([fault === undefined && trimmed.length > 0 ? trimmed.toString() : null]);
  }
}
