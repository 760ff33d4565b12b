import type { ChainedLine } from '../../runtime/export/ledger-line.ts';
import type { Context, Flags } from '../context.ts';
import { formatJson } from '../output/format-json.ts';
import { formatCount } from '../output/format-quantity.ts';

/** What was exported, and where that stands written down. */
export function printLine({ output }: Context, flags: Flags, line: ChainedLine): void {
  if (flags.json) {
    output.out(formatJson(line));
    return;
  }
  const { segment, segmentVersion, rows, asOf, destination, number, hash } = line;
  output.out(`${segment}, version ${segmentVersion}: ${formatCount(rows, 'row')} as of ${asOf}, to ${destination}\n`);
  output.out(`line ${number} of the ledger, ${hash}\n`);
}
