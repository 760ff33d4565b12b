import { type ManifestSegment, type QualifiedName, qualify } from '../../compiler/index.ts';
import type { Session } from '../engine/engine.ts';
import { statement, toCount, toText } from '../state/rows.ts';
import type { Place } from './write-evaluation.ts';

export interface PartCount {
  readonly part: string;
  readonly size: number;
}

/** How many there are at a cut. Of a split its size are those in any part but `none`, which is everyone who did nothing. */
export interface Totals {
  readonly population: number;
  readonly size: number;
  readonly unknown: number;
  /** Of a split, `none` among them. */
  readonly parts: readonly PartCount[];
}

/** Who came and who went at a cut, against the one before. Who changes parts is in the split all the time. */
export interface Boundary {
  readonly entered: number;
  readonly left: number;
  readonly ofParts: readonly { readonly part: string; readonly entered: number; readonly left: number }[];
}

/** The part of those who did nothing that a split could score. */
export const outside = 'none';

/** By the masks of the last cut, or by what was found at an earlier one, where everyone was looked at. */
export async function countFound(
  session: Session,
  segment: ManifestSegment,
  { isLast }: Place,
  found: QualifiedName,
): Promise<Totals> {
  const from = isLast ? statement('etalon_state.segment_masks where segment = $1', segment.name) : qualify(found);
  const { rows } = await session.execute(`select verdict, count(*) from ${from} group by verdict`);
  const counts = new Map(rows.map(([verdict, entities]) => [toText(verdict), toCount(entities)]));
  const population = [...counts.values()].reduce((sum, count) => sum + count, 0);
  if (segment.rule?.form !== 'split') {
    return { population, size: counts.get('member') ?? 0, unknown: counts.get('unknown') ?? 0, parts: [] };
  }
  const parts = partsOf(segment).map((part) => ({ part, size: counts.get(part) ?? 0 }));
  return { population, size: population - (counts.get(outside) ?? 0), unknown: 0, parts };
}

export function partsOf({ rule }: ManifestSegment): readonly string[] {
  return rule?.form === 'split' ? [...rule.split.parts.map(({ name }) => name), outside] : [];
}

/** Intervals begin and end at cuts, so that whoever came or went at one has an edge there; who has both has stayed. */
export async function countBoundary(session: Session, segment: ManifestSegment, cut: string): Promise<Boundary> {
  const edges = (by: string, more: string) =>
    statement(
      `select ${by}, max(case when entered_at = cast($2 as timestamptz) then 1 else 0 end) as came, max(case when left_at = cast($2 as timestamptz) then 1 else 0 end) as gone
       from etalon_state.segment_memberships
       where segment = $1 and known_until is null and (entered_at = cast($2 as timestamptz) or left_at = cast($2 as timestamptz))${more} group by ${by}`,
      segment.name,
      cut,
    );
  const counts =
    'coalesce(sum(case when came > gone then 1 else 0 end), 0), coalesce(sum(case when gone > came then 1 else 0 end), 0)';
  const all = await session.execute(
    `select ${counts} from (${edges('entity', ` and (part is null or part <> '${outside}')`)}) as edges`,
  );
  const [entered, left] = all.rows[0]!.map(toCount) as [number, number];
  if (segment.rule?.form !== 'split') return { entered, left, ofParts: [] };
  const each = await session.execute(
    `select part, ${counts} from (${edges('entity, part', '')}) as edges group by part`,
  );
  const ofParts = each.rows.map(([part, came, gone]) => ({
    part: toText(part),
    entered: toCount(came),
    left: toCount(gone),
  }));
  return { entered, left, ofParts };
}
