import type { QualifiedName, Value } from '../../compiler/index.ts';
import type { Session } from '../engine/engine.ts';
import type { Evaluated } from '../run/run-types.ts';
import { statement, toCount, toOptionalText, toText } from '../state/rows.ts';
import { countBoundary, countFound, type PartCount, type Totals } from './count-memory.ts';
import type { SegmentRule } from './segment-rule.ts';
import { writeMasks, writeMemberships } from './write-memberships.ts';

/** What was computed beside the memory. */
export interface Found {
  /** `entity`, `verdict`, `mask`. */
  readonly table: QualifiedName;
  /** Those who were looked at; absent: everyone. */
  readonly moved?: QualifiedName;
  readonly whyAll?: string;
  readonly lookedAt: number;
  /** Builds of what was read, as text. */
  readonly inputs: string;
}

export interface At {
  readonly cut: string;
  readonly run: string;
  /** The time of the run: from then on it is known. */
  readonly at: string;
}

/** Where a cut stands among those that are known. */
export interface Place {
  readonly cut: string;
  /** The knowledge that is written: later than all that is there, whatever clocks say. */
  readonly knownAt: string;
  /** No cut is later. */
  readonly isLast: boolean;
  /** Every cut is earlier: nothing that is known is revised. */
  readonly isForward: boolean;
  /** The cut after it. */
  readonly next?: string;
}

/** Writes the membership at a cut and all that follows from it; nothing but masks where it was known already. In the transaction of the run. */
export async function writeEvaluation(session: Session, rule: SegmentRule, at: At, found: Found): Promise<Evaluated> {
  const { name } = rule.segment;
  const place = await readPlace(session, name, at);
  const changed = await writeMemberships(session, rule, place, at.run, found);
  if (place.isLast) await writeMasks(session, name, found);
  const totals = await countFound(session, rule.segment, place, found.table);
  const moves = await countBoundary(session, rule.segment, place.cut);
  const told = {
    version: rule.version,
    ...totals,
    entered: moves.entered,
    left: moves.left,
    lookedAt: found.lookedAt,
    ...(found.whyAll === undefined ? {} : { whyAll: found.whyAll }),
  };
  const before = await findEvaluation(session, name, place.cut);
  if (before && !changed && isSame(before, rule, totals)) return { ...told, status: 'unchanged' };
  if (before) await closeKnowledge(session, name, place.cut, place.knownAt);
  await insertEvaluation(session, rule, place, at.run, found, { ...totals, ...moves });
  if (place.next !== undefined) await reviseNext(session, rule, place, place.next, at.run);
  return { ...told, status: 'evaluated' };
}

async function readPlace(session: Session, segment: string, { cut, at }: At): Promise<Place> {
  const found = await session.execute(
    statement(
      `select greatest(cast($2 as timestamptz), coalesce(max(known_at) + interval '1 microsecond', cast($2 as timestamptz))),
         max(as_of) > cast($3 as timestamptz), max(as_of) >= cast($3 as timestamptz),
         min(case when known_until is null and as_of > cast($3 as timestamptz) then as_of end)
       from etalon_state.segment_evaluations where segment = $1`,
      segment,
      at,
      cut,
    ),
  );
  const [knownAt, isBefore, isNotAfter, next] = found.rows[0]!;
  const following = toOptionalText(next);
  return {
    cut,
    knownAt: toText(knownAt),
    isLast: isBefore !== true,
    isForward: isNotAfter !== true,
    ...(following === undefined ? {} : { next: following }),
  };
}

interface Stored extends Totals {
  readonly rule: string;
  readonly entered: number;
  readonly left: number;
}

async function findEvaluation(session: Session, segment: string, cut: string): Promise<Stored | undefined> {
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
  const [population, size, unknown, entered, left] = row.slice(1).map(toCount) as [
    number,
    number,
    number,
    number,
    number,
  ];
  return { rule: toText(row[0]), population, size, unknown, entered, left, parts: [] };
}

function isSame(before: Stored, { rule }: SegmentRule, { population, size, unknown }: Totals): boolean {
  return before.rule === rule && before.population === population && before.size === size && before.unknown === unknown;
}

async function closeKnowledge(session: Session, segment: string, cut: string, knownAt: string): Promise<void> {
  await session.execute(
    statement(
      `update etalon_state.segment_evaluations set known_until = cast($3 as timestamptz)
       where segment = $1 and as_of = cast($2 as timestamptz) and known_until is null and known_at < cast($3 as timestamptz)`,
      segment,
      cut,
      knownAt,
    ),
  );
}

async function insertEvaluation(
  session: Session,
  { segment: { name }, rule, version }: SegmentRule,
  { cut, knownAt, isLast }: Place,
  run: string,
  { lookedAt, whyAll, inputs }: Found,
  counts: Totals & { readonly entered: number; readonly left: number; readonly ofParts: readonly PartMove[] },
): Promise<void> {
  await session.execute(
    statement(
      `insert into etalon_state.segment_evaluations
         (segment, rule, version, as_of, known_at, run, looked_at, why_all, population, size, unknown, entered, went, inputs)
       values ($1, $2, $3, cast($4 as timestamptz), cast($5 as timestamptz), $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
      ...[name, rule, version, cut, knownAt, run, lookedAt, whyAll ?? null],
      ...[counts.population, counts.size, counts.unknown, counts.entered, counts.left],
      // Only the last cut is gone on from.
      isLast ? inputs : null,
    ),
  );
  await insertParts(session, name, cut, knownAt, counts.parts, counts.ofParts);
}

type PartMove = { readonly part: string; readonly entered: number; readonly left: number };

async function insertParts(
  session: Session,
  segment: string,
  cut: string,
  knownAt: string,
  sizes: readonly PartCount[],
  moves: readonly PartMove[],
): Promise<void> {
  if (sizes.length === 0) return;
  const rows = sizes.map(({ part, size }): string => {
    const move = moves.find((one) => one.part === part);
    const values: Value[] = [segment, cut, knownAt, part, size, move?.entered ?? 0, move?.left ?? 0];
    return statement('($1, cast($2 as timestamptz), cast($3 as timestamptz), $4, $5, $6, $7)', ...values);
  });
  await session.execute(
    `insert into etalon_state.segment_parts (segment, as_of, known_at, part, size, entered, went) values ${rows.join(', ')}`,
  );
}

/** What was revised moves who came and went at the cut after it, and nobody who is in. */
async function reviseNext(
  session: Session,
  { segment }: SegmentRule,
  { knownAt }: Place,
  next: string,
  run: string,
): Promise<void> {
  const before = (await findEvaluation(session, segment.name, next))!;
  const now = await countBoundary(session, segment, next);
  const parts = await session.execute(
    statement(
      `select p.part, p.size, p.entered, p.went from etalon_state.segment_parts p
       join etalon_state.segment_evaluations e on e.segment = p.segment and e.as_of = p.as_of and e.known_at = p.known_at and e.known_until is null
       where p.segment = $1 and p.as_of = cast($2 as timestamptz)`,
      segment.name,
      next,
    ),
  );
  const known = parts.rows.map(([part, ...counts]) => {
    const [size, entered, left] = counts.map(toCount) as [number, number, number];
    return { part: toText(part), size, entered, left };
  });
  const isMoved = known.some(({ part, entered, left }) => {
    const move = now.ofParts.find((one) => one.part === part);
    return (move?.entered ?? 0) !== entered || (move?.left ?? 0) !== left;
  });
  if (before.entered === now.entered && before.left === now.left && !isMoved) return;
  await session.execute(
    statement(
      `insert into etalon_state.segment_evaluations
         (segment, rule, version, as_of, known_at, run, looked_at, why_all, population, size, unknown, entered, went, inputs)
       select segment, rule, version, as_of, cast($3 as timestamptz), $4, 0, null, population, size, unknown, $5, $6, inputs
       from etalon_state.segment_evaluations where segment = $1 and as_of = cast($2 as timestamptz) and known_until is null`,
      ...[segment.name, next, knownAt, run, now.entered, now.left],
    ),
  );
  await insertParts(session, segment.name, next, knownAt, known, now.ofParts);
  await closeKnowledge(session, segment.name, next, knownAt);
}
