import type { QueryColumn, Value } from '../../compiler/index.ts';
import type { Engine } from '../engine/engine.ts';
import { statement } from '../state/rows.ts';
import { appendLine } from './ledger.ts';
import type { ChainedLine, LedgerLine } from './ledger-line.ts';
import { hash } from './prepare-export.ts';

/** One body of a delivery. */
export interface Batch {
  readonly number: number;
  readonly rows: number;
  readonly body: string;
}

/** Writes the line of a file, before the file has its name: an export that nobody wrote down is not there. */
export function recordFile(engine: Engine, line: LedgerLine): Promise<ChainedLine> {
  return engine.transaction((session) => appendLine(session, line));
}

/** Cuts rows into bodies; each says which export it belongs to and which of how many it is. */
export function cutBatches(
  about: Pick<LedgerLine, 'id' | 'segment' | 'segmentVersion' | 'asOf'>,
  columns: readonly QueryColumn[],
  rows: readonly (readonly Value[])[],
  size: number,
): readonly Batch[] {
  const batches = Math.max(1, Math.ceil(rows.length / size));
  return Array.from({ length: batches }, (_, i) => {
    const part = rows.slice(i * size, (i + 1) * size);
    const body = {
      export: about.id,
      segment: about.segment,
      version: about.segmentVersion,
      as_of: about.asOf,
      batch: i + 1,
      batches,
      rows: part.map((row) => Object.fromEntries(columns.map(({ name }, at) => [name, jsonOf(row[at] ?? null)]))),
    };
    return { number: i + 1, rows: part.length, body: JSON.stringify(body) };
  });
}

/** A whole number beyond what JSON's readers keep stays digits. */
function jsonOf(value: Value): Exclude<Value, bigint> {
  if (typeof value !== 'bigint') return value;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value.toString();
}

/** Writes the line of a delivery with its batches, all at once: from then on it can be gone on with. */
export function recordDelivery(
  engine: Engine,
  line: Omit<LedgerLine, 'contentHash' | 'what'>,
  batches: readonly Batch[],
): Promise<ChainedLine> {
  const contentHash = hash(batches.map(({ body }) => hash(body)).join('\n'));
  return engine.transaction(async (session) => {
    for (const { number, rows, body } of batches)
      await session.execute(
        statement(
          'insert into etalon_state.export_batches (export, number, row_count, body, body_hash) values ($1, cast($2 as bigint), cast($3 as bigint), $4, $5)',
          line.id,
          number,
          rows,
          body,
          hash(body),
        ),
      );
    return appendLine(session, { ...line, what: 'webhook', contentHash });
  });
}

/** The last batch was taken. */
export function recordDelivered(engine: Engine, line: ChainedLine, at: string, who: string): Promise<ChainedLine> {
  const { number: _, previousHash: __, hash: ___, ...said } = line;
  return engine.transaction((session) => appendLine(session, { ...said, what: 'delivered', at, who }));
}
