import { isUtf8 } from 'node:buffer';
import { longestRecord } from './check-csv.ts';
import type { FileBytes } from './open-bytes.ts';
import type { ScratchFile } from './scratch-file.ts';
import { cr, lf } from './split-records.ts';

const shownLine = 10_000;

async function* readLines(bytes: FileBytes): AsyncGenerator<Buffer> {
  let rest: Buffer[] = [];
  for await (const chunk of bytes.chunks()) {
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
export async function rewriteJsonl(bytes: FileBytes, scratch: ScratchFile): Promise<number> {
  let rows = 0;
  for await (const whole of readLines(bytes)) {
    rows += 1;
    const line = whole.at(-1) === cr ? whole.subarray(0, -1) : whole;
    const fault = findFault(line);
    if (fault === undefined) scratch.writeRecord([line.toString(), null, null]);
    else
      scratch.writeRecord([null, fault, JSON.stringify(line.subarray(0, shownLine).toString().replaceAll('\0', '␀'))]);
  }
  return rows;
}
