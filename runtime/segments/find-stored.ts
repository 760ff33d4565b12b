import type { Session } from '../engine/engine.ts';
import { statement, toCount, toText } from '../state/rows.ts';

/** A cut as it is known now. */
export interface Stored {
  readonly rule: string;
  readonly population: number;
  readonly size: number;
  readonly unknown: number;
  readonly entered: number;
  readonly left: number;
}

export interface StoredPart {
  readonly part: string;
  readonly size: number;
  readonly entered: number;
  readonly left: number;
}

export async function findStored(session: Session, segment: string, cut: string): Promise<Stored | undefined> {
  const found = await session.execute(
    statement(
      `select rule, population, size, unknown, entered, went from etalon_state.segment_evaluations
       where segment = $1 and as_of = cast($2 as timestamptz) and known_until is null`,
      segment,
      cut,
    ),
  );
  const [row] = found.rows;
  if (!row) return undefined;
  const counts = row.slice(1).map(toCount) as [number, number, number, number, number];
  const [population, size, unknown, entered, left] = counts;
  return { rule: toText(row[0]), population, size, unknown, entered, left };
}

/** The parts of a split at a cut as they are known now; of a rule none. */
export async function readStoredParts(session: Session, segment: string, cut: string): Promise<readonly StoredPart[]> {
  const { rows } = await session.execute(
    statement(
      `select p.part, p.size, p.entered, p.went from etalon_state.segment_parts p
       join etalon_state.segment_evaluations e on e.segment = p.segment and e.as_of = p.as_of and e.known_at = p.known_at and e.known_until is null
       where p.segment = $1 and p.as_of = cast($2 as timestamptz)`,
      segment,
      cut,
    ),
  );
  return rows.map(([part, ...counts]) => {
    const [size, entered, left] = counts.map(toCount) as [number, number, number];
    return { part: toText(part), size, entered, left };
  });
}
