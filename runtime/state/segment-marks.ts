import type { Session } from '../engine/engine.ts';
import type { Store } from './open-store.ts';
import { statement, toBuilds, toCount, toOptionalText, toText } from './rows.ts';

/** The part of those who did nothing that a split could score. */
export const outside = 'none';

/** The last cut of a segment that was evaluated. */
export interface SegmentMark {
  readonly segment: string;
  /** The fingerprint of the rule. */
  readonly rule: string;
  readonly version: number;
  readonly asOf: string;
  /** How many there were. */
  readonly population: number;
  /** The build of each model that was read; absent where nothing can go on from there. */
  readonly inputs?: Readonly<Record<string, number>>;
}

/** A rule that was evaluated. */
export interface StoredVersion {
  readonly rule: string;
  readonly version: number;
  /** As `writeStoredRule` wrote it. */
  readonly definition: string;
  /** As JSON, where its quantiles are frozen. */
  readonly breaks?: string;
}

/** The last cut of each segment, as it is known now, named `ranked`; `where` narrows down which. */
export function lastEvaluations(where = ''): string {
  return `(select e.*, row_number() over (partition by segment order by as_of desc) as place from etalon_state.segment_evaluations e where known_until is null${where}) ranked where place = 1 order by segment`;
}

/** The last cut of each segment. */
export async function readSegmentMarks({ session, schemaVersion }: Store): Promise<readonly SegmentMark[]> {
  return schemaVersion === 0 ? [] : readMarks(session);
}

export async function findSegmentMark(session: Session, segment: string): Promise<SegmentMark | undefined> {
  const [mark] = await readMarks(session, segment);
  return mark;
}

async function readMarks(session: Session, segment?: string): Promise<readonly SegmentMark[]> {
  const own = segment === undefined ? '' : statement(' and segment = $1', segment);
  const found = await session.execute(
    `select segment, rule, version, as_of, population, inputs from ${lastEvaluations(own)}`,
  );
  return found.rows.map(([name, rule, version, asOf, population, inputs]) => ({
    segment: toText(name),
    rule: toText(rule),
    version: toCount(version),
    asOf: toText(asOf),
    population: toCount(population),
    ...(toOptionalText(inputs) === undefined ? {} : { inputs: toBuilds(inputs) }),
  }));
}

/** Is it known who is in at that cut, by that rule and from those builds? `inputs` as text. */
export async function isEvaluatedSo(
  session: Session,
  { segment, rule, asOf, inputs }: Readonly<Record<'segment' | 'rule' | 'asOf' | 'inputs', string>>,
): Promise<boolean> {
  const found = await session.execute(
    statement(
      `select 1 from etalon_state.segment_evaluations
       where segment = $1 and rule = $2 and as_of = cast($3 as timestamptz) and inputs = $4 and known_until is null`,
      ...[segment, rule, asOf, inputs],
    ),
  );
  return found.rows.length > 0;
}

/** A SELECT of who is in at a cut as it is known now, one column `entity`; of a split whoever is in any part. */
export function membersNowSql(segment: string, asOf: string): string {
  return statement(
    `select entity from etalon_state.segment_memberships
     where segment = $1 and known_until is null and entered_at <= cast($2 as timestamptz) and (left_at is null or left_at > cast($2 as timestamptz))
       and (part is null or part <> $3)`,
    segment,
    asOf,
    outside,
  );
}

/** Every rule of a segment that was evaluated, in the order in which they were first. */
export async function readStoredVersions(session: Session, segment: string): Promise<readonly StoredVersion[]> {
  const found = await session.execute(
    statement(
      'select rule, version, definition, breaks from etalon_state.segment_versions where segment = $1 order by recorded_at, version',
      segment,
    ),
  );
  return found.rows.map(([rule, version, definition, breaks]) => ({
    rule: toText(rule),
    version: toCount(version),
    definition: toText(definition),
    ...(toOptionalText(breaks) === undefined ? {} : { breaks: toText(breaks) }),
  }));
}

/** Is anything kept for segments that no schedule evaluates? */
export function hasOtherInputs(marks: readonly SegmentMark[], scheduled: readonly string[]): boolean {
  const names = new Set(scheduled);
  return marks.some(({ segment, inputs }) => inputs !== undefined && !names.has(segment));
}

/** Segments that no schedule evaluates any more go on from nowhere: logs are not kept for them. In a transaction of a run that lets nobody else claim. */
export async function forgetInputs(session: Session, run: string, scheduled: readonly string[]): Promise<void> {
  const kept = scheduled.length === 0 ? '' : ` and segment not in (${scheduled.map((_, i) => `$${i + 2}`).join(', ')})`;
  await session.execute(
    statement(
      `update etalon_state.segment_evaluations set inputs = null where inputs is not null${kept}
       and 'segment:' || segment not in (select model from etalon_state.claims where run <> $1)`,
      run,
      ...scheduled,
    ),
  );
}
