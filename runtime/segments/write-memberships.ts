import { qualify, type Value } from '../../compiler/index.ts';
import type { Session } from '../engine/engine.ts';
import { statement } from '../state/rows.ts';
import type { SegmentRule } from './segment-rule.ts';
import { createBeside, dropBeside, type Unit } from './temporary-table.ts';
import type { Found, Place } from './write-evaluation.ts';

/** Tables of the state, and the columns of an interval in the order in which rows are written. */
export const memberships = 'etalon_state.segment_memberships';
export const masks = 'etalon_state.segment_masks';
export const columns = 'segment, rule, version, part, entity, entered_at, left_at, known_at, run';

/** What the statements speak of. */
interface Setting {
  readonly rule: SegmentRule;
  readonly place: Place;
  readonly run: string;
  /** Entities that are in, out or elsewhere than was believed of this cut; with what was believed. */
  readonly differing: string;
}

/**
 * Writes who is in at a cut into the intervals; true where anything differs from what was believed. After the last cut an interval that is open is closed, or a new one opened. Before it, what was believed
 * stays as it was known then, until now, and what is known now is written anew: an interval that holds the cut no longer is cut in two, and one that comes into being joins those that it touches.
 */
export async function writeMemberships(
  unit: Unit,
  rule: SegmentRule,
  place: Place,
  run: string,
  found: Found,
): Promise<boolean> {
  const { session } = unit;
  const name = await createBeside(unit, 'differing', differingSql(rule, place, found));
  const table = qualify(name);
  const counted = await session.execute(`select count(*) from ${table}`);
  const isChanged = Number(counted.rows[0]![0]) > 0;
  if (isChanged) {
    const setting = { rule, place, run, differing: table };
    for (const sql of place.isForward ? forwardSql(setting) : revisedSql(setting)) await session.execute(sql);
  }
  await dropBeside(unit, [name]);
  return isChanged;
}

/** Those who were looked at, unless everyone was. */
export function among(moved: Found['moved']): string {
  return moved === undefined ? '' : ` and entity in (select cast(entity as text) from ${qualify(moved.table)})`;
}

/** An instant of ours as SQL. */
export function at(instant: string | undefined): string {
  return instant === undefined ? 'cast(null as timestamptz)' : statement('cast($1 as timestamptz)', instant);
}

/** Values of ours as SQL, as a list. */
export function text(...values: readonly Value[]): string {
  return values.map((value) => statement('$1', value)).join(', ');
}

function differingSql({ segment, rule }: SegmentRule, { cut }: Place, { table, moved }: Found): string {
  const isSplit = segment.rule?.form === 'split';
  const news = isSplit
    ? `select entity, verdict as part from ${qualify(table)}`
    : `select entity, cast(null as text) as part from ${qualify(table)} where verdict = 'member'`;
  const believed = `select rule, version, part, entity, entered_at, left_at from ${memberships}
    where segment = ${text(segment.name)} and known_until is null and entered_at <= ${at(cut)} and (left_at is null or left_at > ${at(cut)})${among(moved)}`;
  return `select coalesce(o.entity, n.entity) as entity, o.rule as old_rule, o.version as old_version, o.part as old_part, o.entered_at, o.left_at,
      o.entity is not null as was_in, n.part as new_part, n.entity is not null as is_in
    from (${believed}) as o full join (${news}) as n on n.entity = o.entity
    where o.entity is null or n.entity is null or o.part is distinct from n.part or o.rule <> ${text(rule)}`;
}

/** Nobody has believed anything of a later cut. */
function forwardSql({ rule, place, run, differing }: Setting): readonly string[] {
  const { segment, version } = rule;
  return [
    `update ${memberships} set left_at = ${at(place.cut)}
     where segment = ${text(segment.name)} and known_until is null and left_at is null and entity in (select entity from ${differing} where was_in)`,
    `insert into ${memberships} (${columns})
     select ${text(segment.name, rule.rule, version)}, new_part, entity, ${at(place.cut)}, ${at(undefined)}, ${at(place.knownAt)}, ${text(run)} from ${differing} where is_in`,
  ];
}

function revisedSql(setting: Setting): readonly string[] {
  const { rule, place, run, differing } = setting;
  const { segment } = rule;
  const [cut, next] = [at(place.cut), at(place.next)];
  /** The interval of the same value that has an edge there. */
  const touching = (name: string, edge: string) =>
    `left join ${memberships} as ${name} on ${name}.entity = d.entity and ${name}.segment = ${text(segment.name)} and ${name}.known_until is null and ${name}.${edge} and ${name}.rule = ${text(rule.rule)} and coalesce(${name}.part, '') = coalesce(d.new_part, '')`;
  const earlier = touching('earlier', `left_at = ${cut}`);
  const later = touching('later', `entered_at = ${next}`);
  const isLast = place.next === undefined;
  const end = isLast ? at(undefined) : `case when later.entity is not null then later.left_at else ${next} end`;
  const row = (values: string, from: string) =>
    `select ${text(segment.name)}, ${values}, ${at(place.knownAt)}, ${text(run)} from ${from}`;
  const rows = [
    row(
      `old_rule, old_version, old_part, entity, entered_at, ${cut}`,
      `${differing} where was_in and entered_at < ${cut}`,
    ),
    ...(isLast
      ? []
      : [
          row(
            `old_rule, old_version, old_part, entity, ${next}, left_at`,
            `${differing} where was_in and (left_at is null or left_at > ${next})`,
          ),
        ]),
    row(
      `${text(rule.rule, rule.version)}, d.new_part, d.entity, coalesce(earlier.entered_at, ${cut}), ${end}`,
      `${differing} as d ${earlier} ${later} where d.is_in`,
    ),
  ];
  const holds = `(entered_at <= ${cut} and (left_at is null or left_at > ${cut}))`;
  const touches = `(rule = ${text(rule.rule)} and (left_at = ${cut} or entered_at = ${next}) and (entity, coalesce(part, '')) in (select entity, coalesce(new_part, '') from ${differing} where is_in))`;
  return [
    `insert into ${memberships} (${columns}) ${rows.join(' union all ')}`,
    `update ${memberships} set known_until = ${at(place.knownAt)}
     where segment = ${text(segment.name)} and known_until is null and known_at < ${at(place.knownAt)}
       and entity in (select entity from ${differing}) and (${holds} or ${touches})`,
  ];
}

/** What each condition says of everyone at the last cut; what it said already is left alone. */
export async function writeMasks(session: Session, segment: string, { table, moved }: Found): Promise<void> {
  const own = statement('segment = $1', segment);
  const found = qualify(table);
  await session.execute(
    `delete from ${masks} where ${own}${among(moved)}
     and not exists (select 1 from ${found} as n where n.entity = ${masks}.entity and n.verdict = ${masks}.verdict and n.mask is not distinct from ${masks}.mask)`,
  );
  await session.execute(
    `insert into ${masks} (segment, entity, verdict, mask) select ${text(segment)}, entity, verdict, mask from ${found}
     where entity not in (select entity from ${masks} where ${own}${among(moved)})`,
  );
}
