import type { QualifiedName, Value } from '../../compiler/index.ts';
import type { Session } from '../engine/engine.ts';
import type { Evaluated } from '../run/run-types.ts';
import { statement, toOptionalText, toText } from '../state/rows.ts';
import { type Boundary, countBoundary, countMasks, type PartCount, type Totals, totalsOf } from './count-memory.ts';
import { findStored, readStoredParts, type Stored } from './find-stored.ts';
import type { SegmentRule } from './segment-rule.ts';
import type { Unit } from './temporary-table.ts';
import { writeMasks, writeMemberships } from './write-memberships.ts';
import { writeNext } from './write-next.ts';

/** What was computed beside the memory. */
export interface Found {
  /** `entity`, `verdict`, `mask`. */
  readonly table: QualifiedName;
  /** Those who were looked at, and since which cut they may have moved; absent: everyone. */
  readonly moved?: { readonly table: QualifiedName; readonly from: string };
  /** Of everyone: how many of each verdict there are. */
  readonly verdicts?: ReadonlyMap<string, number>;
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
  /** Nothing is known of any cut. */
  readonly isFirst: boolean;
  /** The cut after it. */
  readonly next?: string;
}

/** Writes the membership at a cut and all that follows from it; nothing but masks where it was known already. In the transaction of the run. */
export async function writeEvaluation(unit: Unit, rule: SegmentRule, at: At, found: Found): Promise<Evaluated> {
  const { session } = unit;
  const { name } = rule.segment;
  const place = await readPlace(session, name, at);
  if (place.isForward && (place.isFirst || found.moved !== undefined)) {
    const counts = await writeNext(unit, rule, place, at.run, found);
    await insertEvaluation(session, rule, place, at.run, found, counts);
    return { ...toldOf(rule, found, counts, counts), status: 'evaluated' };
  }
  const changed = await writeMemberships(unit, rule, place, at.run, found);
  if (place.isLast) await writeMasks(session, name, found);
  const totals = found.verdicts ? totalsOf(rule.segment, found.verdicts) : await countMasks(session, rule.segment);
  const moves = await countBoundary(session, rule.segment, place.cut);
  const told = toldOf(rule, found, totals, moves);
  const before = await findStored(session, name, place.cut);
  if (before && !changed && isSame(before, rule, totals)) return { ...told, status: 'unchanged' };
  if (before) await closeKnowledge(session, name, place.cut, place.knownAt);
  await insertEvaluation(session, rule, place, at.run, found, { ...totals, ...moves });
  if (place.next !== undefined) await reviseNext(session, rule, place, place.next, at.run);
  return { ...told, status: 'evaluated' };
}

function toldOf(
  { version }: SegmentRule,
  { lookedAt, whyAll }: Found,
  { population, size, unknown }: Totals,
  { entered, left }: Boundary,
): Omit<Evaluated, 'status'> {
  return { version, population, size, unknown, entered, left, lookedAt, ...(whyAll === undefined ? {} : { whyAll }) };
}

async function readPlace(session: Session, segment: string, { cut, at }: At): Promise<Place> {
  const found = await session.execute(
    statement(
      `select greatest(cast($2 as timestamptz), coalesce(max(known_at) + interval '1 microsecond', cast($2 as timestamptz))),
         max(as_of) > cast($3 as timestamptz), max(as_of) >= cast($3 as timestamptz), max(as_of) is null,
         min(case when known_until is null and as_of > cast($3 as timestamptz) then as_of end)
       from etalon_state.segment_evaluations where segment = $1`,
      segment,
      at,
      cut,
    ),
  );
  const [knownAt, isBefore, isNotAfter, isFirst, next] = found.rows[0]!;
  const following = toOptionalText(next);
  return {
    cut,
    knownAt: toText(knownAt),
    isLast: isBefore !== true,
    isForward: isNotAfter !== true,
    isFirst: isFirst === true,
    ...(following === undefined ? {} : { next: following }),
  };
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
  counts: Totals & Boundary,
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

async function insertParts(
  session: Session,
  segment: string,
  cut: string,
  knownAt: string,
  sizes: readonly PartCount[],
  moves: Boundary['ofParts'],
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
  const before = (await findStored(session, segment.name, next))!;
  const now = await countBoundary(session, segment, next);
  const known = await readStoredParts(session, segment.name, next);
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
