import { isUtf8 } from 'node:buffer';
import type { FileToLoad } from '../engine.ts';
import { longestRecord } from './check-csv.ts';
import { readChunks } from './open-bytes.ts';
import type { ScratchCsv } from './scratch-csv.ts';

const lf = 0x0a;
const cr = 0x0d;
const shownLine = 10_000;

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

function findFault(line: Buffer): string | undefined {
  if (line.length > longestRecord) return `longer than ${longestRecord} bytes`;
  return isUtf8(line) ? undefined : 'not UTF-8';
}

/** Copies lines that DuckDB cannot take as they are into a CSV file of the line, what is wrong with it and how it reads; see `rewriteCsv`. */
export async function rewriteJsonl(file: FileToLoad, scratch: ScratchCsv): Promise<void> {
  for await (const whole of readLines(file)) {
    const line = whole.at(-1) === cr ? whole.subarray(0, -1) : whole;
    const fault = findFault(line);
    if (fault === undefined) await scratch.write([line.toString(), null, null]);
    else
      await scratch.write([null, fault, JSON.stringify(line.subarray(0, shownLine).toString().replaceAll('\0', '␀'))]);
  }
}
