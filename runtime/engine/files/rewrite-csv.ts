import { isUtf8 } from 'node:buffer';
import { longestRecord } from './check-csv.ts';
import type { FileBytes } from './open-bytes.ts';
import type { ScratchFile } from './scratch-file.ts';
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
 * Copies a CSV file, with commas, that DuckDB cannot take as it is, without its header: each record as it is meant, with two more cells that tell, of a bad one, what is
 * wrong and how it reads (as JSON text); its own cells are then empty. Answers with how many there were.
 */
export async function rewriteCsv(
  bytes: FileBytes,
  delimiter: number,
  cells: number,
  scratch: ScratchFile,
): Promise<number> {
  const nothing = Array.from({ length: cells }, () => null);
  let header = true;
  let rows = 0;
  for await (const record of splitRecords(bytes, delimiter, () => cells === 1 && !header)) {
    if (header) {
      header = false;
      continue;
    }
    rows += 1;
    const fault = findFault(record, cells);
    if (fault === undefined) scratch.writeRecord([...parseCells(record.bytes.toString(), delimiter), null, null]);
    else
      scratch.writeRecord([
        ...nothing,
        fault,
        JSON.stringify(record.bytes.subarray(0, shownRecord).toString().replaceAll('\0', '␀')),
      ]);
  }
  return rows;
}
