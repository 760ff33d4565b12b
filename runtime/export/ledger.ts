import type { Value } from '../../compiler/index.ts';
import type { Engine, Session } from '../engine/engine.ts';
import { statement, toCount, toText } from '../state/rows.ts';
import type { LedgerHead } from './find-tampering.ts';
import { type ChainedLine, hashLine, type LedgerLine, noHash } from './ledger-line.ts';

/** Appends a line, in the caller's transaction. Two exports at once come one after another: the first holds the row that claims are counted by. */
export async function appendLine(session: Session, line: LedgerLine): Promise<ChainedLine> {
  await session.execute('update etalon_state.claim_tokens set token = token');
  const head = await readHead(session);
  const number = (head?.lines ?? 0) + 1;
  const previousHash = head?.hash ?? noHash;
  const hash = hashLine(line, number, previousHash);
  await session.execute(
    statement(
      `insert into etalon_state.export_ledger values (${Array.from({ length: 19 }, (_, i) => (counted.has(i) ? `cast($${i + 1} as bigint)` : `$${i + 1}`)).join(', ')})`,
      ...valuesOf({ ...line, number, previousHash, hash }),
    ),
  );
  await session.execute(
    head === undefined
      ? statement('insert into etalon_state.export_head (lines, hash) values (cast($1 as bigint), $2)', number, hash)
      : statement('update etalon_state.export_head set lines = cast($1 as bigint), hash = $2', number, hash),
  );
  return { ...line, number, previousHash, hash };
}

/** Places of the columns that hold numbers. */
const counted: ReadonlySet<number> = new Set([0, 8, 13]);

function valuesOf(line: ChainedLine): readonly Value[] {
  return [
    line.number,
    line.id,
    line.what,
    line.at,
    line.who,
    line.role,
    line.purpose,
    line.segment,
    line.segmentVersion,
    line.fingerprint,
    line.asOf,
    JSON.stringify(line.columns),
    line.destination,
    line.rows,
    line.idsHash,
    line.contentHash,
    line.watermark,
    line.previousHash,
    line.hash,
  ];
}

async function readHead(session: Session): Promise<LedgerHead | undefined> {
  const { rows } = await session.execute('select lines, hash from etalon_state.export_head');
  return rows[0] && { lines: toCount(rows[0][0]), hash: toText(rows[0][1]) };
}

/** The lines in the order of their numbers, and what is kept beside them. */
export async function readLedger(
  engine: Pick<Engine, 'execute'>,
): Promise<{ readonly lines: readonly ChainedLine[]; readonly head: LedgerHead | undefined }> {
  const { rows } = await engine.execute(
    `select number, id, what, exported_at, who, role, purpose, segment, segment_version, fingerprint, as_of, column_names, destination, row_count, ids_hash, content_hash,
       watermark, previous_hash, hash from etalon_state.export_ledger order by number, hash`,
  );
  return { lines: rows.map(lineOf), head: await readHead(engine) };
}

function lineOf(row: readonly Value[]): ChainedLine {
  const text = (place: number) => toText(row[place]);
  return {
    number: toCount(row[0]),
    id: text(1),
    what: text(2) as LedgerLine['what'],
    at: text(3),
    who: text(4),
    role: text(5),
    purpose: text(6),
    segment: text(7),
    segmentVersion: toCount(row[8]),
    fingerprint: text(9),
    asOf: text(10),
    columns: columnsOf(text(11)),
    destination: text(12),
    rows: toCount(row[13]),
    idsHash: text(14),
    contentHash: text(15),
    watermark: text(16),
    previousHash: text(17),
    hash: text(18),
  };
}

/** What somebody else put there need not be a list. */
function columnsOf(text: string): readonly string[] {
  try {
    const read: unknown = JSON.parse(text);
    return Array.isArray(read) ? read.map(String) : [text];
  } catch {
    return [text];
  }
}
