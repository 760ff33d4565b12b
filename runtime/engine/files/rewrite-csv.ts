import { isUtf8 } from 'node:buffer';
import type { FileToLoad } from '../engine.ts';
import { longestRecord } from './check-csv.ts';
import type { ScratchCsv } from './scratch-csv.ts';
import { type CsvRecord, parseCells, splitRecords } from './split-records.ts';

const shownRecord = 10_000;

function findFault(record: CsvRecord, cells: number): string | undefined {
  if (record.fault) return record.fault;
  if (record.bytes.length > longestRecord) return `longer than ${longestRecord} bytes`;
  if (!isUtf8(record.bytes)) return 'not UTF-8';
  return record.cells === cells
    ? undefined
    : `${record.cells} ${record.cells === 1 ? 'cell' : 'cells'} where the header has ${cells}`;
}

/**
 * Copies a CSV file that DuckDB cannot take as it is, without its header: good records as they are meant, and for a bad one a row of nothing, so that row
 * numbers stay, and its number, reason and text beside it.
 */
export async function rewriteCsv(file: FileToLoad, cells: number, good: ScratchCsv, bad: ScratchCsv): Promise<void> {
  const nothing = Array.from({ length: cells }, () => null);
  let line = -1;
  for await (const record of splitRecords(file, () => cells === 1 && line >= 0)) {
    line += 1;
    if (line === 0) continue;
    const fault = findFault(record, cells);
    if (fault === undefined) {
      await good.write(parseCells(record.bytes.toString()));
      continue;
    }
    await good.write(nothing);
    await bad.write([
      String(line),
      fault,
      JSON.stringify(record.bytes.subarray(0, shownRecord).toString().replaceAll('\0', '␀')),
    ]);
  }
}
