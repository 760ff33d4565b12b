import { type ManifestSegment, qualify } from '../../compiler/index.ts';
import type { Session } from '../engine/engine.ts';
import { statement, toCount, toOptionalText } from '../state/rows.ts';
import { outside } from '../state/segment-marks.ts';
import { type Boundary, partsOf, type Totals, totalsOf } from './count-memory.ts';
import { findStored, readStoredParts } from './find-stored.ts';
import type { SegmentRule } from './segment-rule.ts';
import { createBeside, dropBeside, type Unit } from './temporary-table.ts';
import type { Found, Place } from './write-evaluation.ts';
import { among, at, columns, masks, memberships, text } from './write-memberships.ts';

/** Of how many a verdict has become another, or a mask; absent: they were not there, or are not any more. */
interface Turn {
  readonly before?: string;
  readonly now?: string;
  readonly entities: number;
}

/**
 * Writes the first cut of a segment, or one after the last by the same rule: masks say who was in, so that intervals, masks and counts follow from what differs of those who were looked at, and nothing else is
 * read or written.
 */
export async function writeNext(
  unit: Unit,
  rule: SegmentRule,
  place: Place,
  run: string,
  found: Found,
): Promise<Totals & Boundary> {
  const { session } = unit;
  const { segment } = rule;
  if (found.moved === undefined) {
    const turns = [...found.verdicts!].map(([now, entities]) => ({ now, entities }));
    const all = `(select entity, cast(null as text) as old_verdict, verdict as new_verdict, mask from ${qualify(found.table)})`;
    await writeTurns(session, rule, place, run, turns, `${all} as everyone`);
    return { ...totalsOf(segment, found.verdicts!), ...boundaryOf(segment, turns) };
  }
  const table = await createBeside(unit, 'changes', changesSql(segment.name, found));
  const turns = await readTurns(session, qualify(table));
  await writeTurns(session, rule, place, run, turns, qualify(table));
  await dropBeside(unit, [table]);
  const verdicts = new Map(await readVerdicts(session, segment, found.moved.from));
  const add = (verdict: string | undefined, entities: number) => {
    if (verdict !== undefined) verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + entities);
  };
  for (const { before, now, entities } of turns) {
    add(before, -entities);
    add(now, entities);
  }
  return { ...totalsOf(segment, verdicts), ...boundaryOf(segment, turns) };
}

/** Of whom something else is said than before. */
function changesSql(segment: string, { table, moved }: Found): string {
  return `select coalesce(n.entity, o.entity) as entity, o.verdict as old_verdict, n.verdict as new_verdict, n.mask
    from (select entity, verdict, mask from ${masks} where segment = ${text(segment)}${among(moved)}) as o
    full join ${qualify(table)} as n on n.entity = o.entity where o.verdict is distinct from n.verdict or o.mask is distinct from n.mask`;
}

async function readTurns(session: Session, changes: string): Promise<readonly Turn[]> {
  const { rows } = await session.execute(`select old_verdict, new_verdict, count(*) from ${changes} group by 1, 2`);
  return rows.map(([old, now, entities]) => ({
    ...(toOptionalText(old) === undefined ? {} : { before: toOptionalText(old)! }),
    ...(toOptionalText(now) === undefined ? {} : { now: toOptionalText(now)! }),
    entities: toCount(entities),
  }));
}

/** Of a split whoever has a part has an interval, `none` among them. */
function isIn(segment: ManifestSegment, verdict: string | undefined): boolean {
  return segment.rule?.form === 'split' ? verdict !== undefined : verdict === 'member';
}

async function writeTurns(
  session: Session,
  { segment, rule, version }: SegmentRule,
  { cut, knownAt }: Place,
  run: string,
  turns: readonly Turn[],
  changes: string,
): Promise<void> {
  const { name } = segment;
  const isSplit = segment.rule?.form === 'split';
  const turned = 'new_verdict is distinct from old_verdict';
  const inSql = (verdict: string) => (isSplit ? `${verdict} is not null` : `${verdict} = 'member'`);
  const moving = turns.filter(({ before, now }) => before !== now);
  const own = statement('segment = $1', name);
  if (moving.some(({ before }) => isIn(segment, before)))
    await session.execute(
      `update ${memberships} set left_at = ${at(cut)} where ${own} and known_until is null and left_at is null
       and entity in (select entity from ${changes} where ${inSql('old_verdict')} and ${turned})`,
    );
  if (moving.some(({ now }) => isIn(segment, now)))
    await session.execute(
      `insert into ${memberships} (${columns})
       select ${text(name, rule, version)}, ${isSplit ? 'new_verdict' : 'cast(null as text)'}, entity, ${at(cut)}, ${at(undefined)}, ${at(knownAt)}, ${text(run)}
       from ${changes} where ${inSql('new_verdict')} and ${turned}`,
    );
  if (turns.some(({ before }) => before !== undefined))
    await session.execute(
      `delete from ${masks} where ${own} and entity in (select entity from ${changes} where old_verdict is not null)`,
    );
  if (turns.some(({ now }) => now !== undefined))
    await session.execute(
      `insert into ${masks} (segment, entity, verdict, mask) select ${text(name)}, entity, new_verdict, mask from ${changes} where new_verdict is not null`,
    );
}

/** How many there were of each verdict at a cut. */
async function readVerdicts(
  session: Session,
  segment: ManifestSegment,
  cut: string,
): Promise<readonly (readonly [string, number])[]> {
  if (segment.rule?.form === 'split')
    return (await readStoredParts(session, segment.name, cut)).map(({ part, size }) => [part, size]);
  const { population, size, unknown } = (await findStored(session, segment.name, cut))!;
  return [
    ['member', size],
    ['unknown', unknown],
    ['out', population - size - unknown],
  ];
}

function boundaryOf(segment: ManifestSegment, turns: readonly Turn[]): Boundary {
  const isCounted = (verdict: string | undefined) => isIn(segment, verdict) && verdict !== outside;
  const sum = (some: (turn: Turn) => boolean) => turns.filter(some).reduce((all, { entities }) => all + entities, 0);
  return {
    entered: sum(({ before, now }) => isCounted(now) && !isCounted(before)),
    left: sum(({ before, now }) => isCounted(before) && !isCounted(now)),
    ofParts: partsOf(segment).map((part) => ({
      part,
      entered: sum(({ before, now }) => now === part && before !== part),
      left: sum(({ before, now }) => before === part && now !== part),
    })),
  };
}
