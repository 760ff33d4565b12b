import { createHash } from 'node:crypto';

/** One export, or the end of a delivery, as it stands in the ledger. */
export interface LedgerLine {
  /** `file` and `webhook`: rows that leave. `delivered`: the last batch of a webhook was taken. */
  readonly what: 'file' | 'webhook' | 'delivered';
  readonly id: string;
  /** ISO instant, by the clock of whoever exported. */
  readonly at: string;
  readonly who: string;
  readonly role: string;
  readonly purpose: string;
  readonly segment: string;
  readonly segmentVersion: number;
  /** Of the rule. */
  readonly fingerprint: string;
  readonly asOf: string;
  readonly columns: readonly string[];
  /** A file's name; of a webhook the variable that holds its address, which may be a secret itself. */
  readonly destination: string;
  readonly rows: number;
  /** SHA-256 of the export's id and the members' keys, sorted: says of a list of keys whether it is this one, and of nobody that he is in it. */
  readonly idsHash: string;
  /** SHA-256 of the file's bytes, or of the bodies of all batches. */
  readonly contentHash: string;
  /** SHA-256 of the export's id and the key in the first row: rows stand in an order that is this export's alone. */
  readonly watermark: string;
}

/** A line in its place. */
export interface ChainedLine extends LedgerLine {
  /** From 1. */
  readonly number: number;
  readonly previousHash: string;
  readonly hash: string;
}

/** Before the first line. */
export const noHash = '0'.repeat(64);

/** The hash of a line in its place: over all that it says, its number and the hash of the line before. */
export function hashLine(line: LedgerLine, number: number, previousHash: string): string {
  const said = [
    number,
    line.what,
    line.id,
    line.at,
    line.who,
    line.role,
    line.purpose,
    line.segment,
    line.segmentVersion,
    line.fingerprint,
    line.asOf,
    line.columns,
    line.destination,
    line.rows,
    line.idsHash,
    line.contentHash,
    line.watermark,
    previousHash,
  ];
  return createHash('sha256').update(JSON.stringify(said)).digest('hex');
}
