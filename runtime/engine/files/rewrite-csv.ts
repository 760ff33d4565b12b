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
 * Copies a CSV file that DuckDB cannot take as it is, without its header: each record as it is meant, with two more cells that tell, of a bad one, what is
 * wrong and how it reads (as JSON text); its own cells are then empty.
 */
export async function rewriteCsv(file: FileToLoad, cells: number, scratch: ScratchCsv): Promise<void> {
  const nothing = Array.from({ length: cells }, () => null);
  let header = true;
  for await (const record of splitRecords(file, () => cells === 1 && !header)) {
    if (header) {
      header = false;
      continue;
    }
    const fault = findFault(record, cells);
    if (fault === undefined) await scratch.write([...parseCells(record.bytes.toString()), null, null]);
    else
      await scratch.write([
        ...nothing,
        fault,
        JSON.stringify(record.bytes.subarray(0, shownRecord).toString().replaceAll('\0', '␀')),
      ]);
  }
}
