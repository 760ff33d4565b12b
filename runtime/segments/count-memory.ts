import type { ManifestSegment } from '../../compiler/index.ts';
import type { Session } from '../engine/engine.ts';
import { statement, toCount, toText } from '../state/rows.ts';
import { outside } from '../state/segment-marks.ts';

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

/** By how many there are of each verdict. */
export function totalsOf(segment: ManifestSegment, verdicts: ReadonlyMap<string, number>): Totals {
  const population = [...verdicts.values()].reduce((sum, count) => sum + count, 0);
  if (segment.rule?.form !== 'split')
    return { population, size: verdicts.get('member') ?? 0, unknown: verdicts.get('unknown') ?? 0, parts: [] };
  const parts = partsOf(segment).map((part) => ({ part, size: verdicts.get(part) ?? 0 }));
  return { population, size: population - (verdicts.get(outside) ?? 0), unknown: 0, parts };
}

/** By the masks of the last cut. */
export async function countMasks(session: Session, segment: ManifestSegment): Promise<Totals> {
  const { rows } = await session.execute(
    statement(
      'select verdict, count(*) from etalon_state.segment_masks where segment = $1 group by verdict',
      segment.name,
    ),
  );
  return totalsOf(segment, new Map(rows.map(([verdict, entities]) => [toText(verdict), toCount(entities)])));
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
