import type { Session } from '../engine/engine.ts';
import { statement, toCount, toText } from '../state/rows.ts';
import { outside } from '../state/segment-marks.ts';

/** What was known of a cut, from when on. */
export interface KnownCut {
  readonly asOf: string;
  readonly rule: string;
  readonly version: number;
  readonly knownAt: string;
}

/** The last cut that is not after an instant: as it was known first, or as it is known now. */
export async function findCut(
  session: Session,
  segment: string,
  instant: string,
  known: 'first' | 'last',
): Promise<KnownCut | undefined> {
  const found = await session.execute(
    statement(
      `select as_of, rule, version, known_at from etalon_state.segment_evaluations
       where segment = $1 and as_of <= cast($2 as timestamptz) order by as_of desc, known_at ${known === 'first' ? 'asc' : 'desc'} limit 1`,
      segment,
      instant,
    ),
  );
  const [row] = found.rows;
  return row && { asOf: toText(row[0]), rule: toText(row[1]), version: toCount(row[2]), knownAt: toText(row[3]) };
}

/** A SELECT of who was in at a cut by what was known then: `entity`, and as `label` the part. */
export function membersThenSql(segment: string, { asOf, knownAt }: Pick<KnownCut, 'asOf' | 'knownAt'>): string {
  return statement(
    `select entity, coalesce(part, 'member') as label from etalon_state.segment_memberships
     where segment = $1 and entered_at <= cast($2 as timestamptz) and (left_at is null or left_at > cast($2 as timestamptz))
       and known_at <= cast($3 as timestamptz) and (known_until is null or known_until > cast($3 as timestamptz))
       and (part is null or part <> $4)`,
    segment,
    asOf,
    knownAt,
    outside,
  );
}
