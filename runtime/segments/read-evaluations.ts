import type { Session } from '../engine/engine.ts';
import { statement, toCount, toOptionalText, toText } from '../state/rows.ts';

/** What is known of a cut. */
export interface Evaluation {
  readonly segment: string;
  readonly rule: string;
  readonly version: number;
  readonly asOf: string;
  readonly knownAt: string;
  /** Something else was known of this cut before. */
  readonly isRestated: boolean;
  readonly population: number;
  readonly size: number;
  readonly unknown: number;
  readonly entered: number;
  readonly left: number;
  /** Of a split. */
  readonly parts: readonly {
    readonly part: string;
    readonly size: number;
    readonly entered: number;
    readonly left: number;
  }[];
}

/** Cuts of a segment as they are known now, the earliest first; `from` is included, `to` is not. */
export async function readEvaluations(
  session: Session,
  segment: string,
  range: { readonly from?: string; readonly to?: string } = {},
): Promise<readonly Evaluation[]> {
  const from = range.from === undefined ? '' : statement(' and e.as_of >= cast($1 as timestamptz)', range.from);
  const to = range.to === undefined ? '' : statement(' and e.as_of < cast($1 as timestamptz)', range.to);
  const found = await session.execute(
    `${statement(
      `select e.rule, e.version, e.as_of, e.known_at, e.population, e.size, e.unknown, e.entered, e.went,
         exists (select 1 from etalon_state.segment_evaluations o where o.segment = $1 and o.as_of = e.as_of and o.known_until is not null)
       from etalon_state.segment_evaluations e where e.segment = $1 and e.known_until is null`,
      segment,
    )}${from}${to} order by e.as_of`,
  );
  const parts = await readParts(session, segment);
  return found.rows.map(([rule, version, asOf, knownAt, population, size, unknown, entered, left, isRestated]) => ({
    segment,
    rule: toText(rule),
    version: toCount(version),
    asOf: toText(asOf),
    knownAt: toText(knownAt),
    isRestated: isRestated === true,
    population: toCount(population),
    size: toCount(size),
    unknown: toCount(unknown),
    entered: toCount(entered),
    left: toCount(left),
    parts: parts.get(`${toText(asOf)} ${toText(knownAt)}`) ?? [],
  }));
}

async function readParts(session: Session, segment: string): Promise<ReadonlyMap<string, Evaluation['parts']>> {
  const found = await session.execute(
    statement(
      'select as_of, known_at, part, size, entered, went from etalon_state.segment_parts where segment = $1',
      segment,
    ),
  );
  const parts = new Map<string, Evaluation['parts']>();
  for (const [asOf, knownAt, part, ...counts] of found.rows) {
    const key = `${toText(asOf)} ${toText(knownAt)}`;
    const [size, entered, left] = counts.map(toCount) as [number, number, number];
    parts.set(key, [...(parts.get(key) ?? []), { part: toText(part), size, entered, left }]);
  }
  return parts;
}

/** The rule that stood at a cut: of the last one that is not after it, or of the first of all. */
export async function findRuleThen(session: Session, segment: string, cut: string): Promise<string | undefined> {
  const found = await session.execute(
    statement(
      `select rule from etalon_state.segment_evaluations where segment = $1 and known_until is null
       order by case when as_of <= cast($2 as timestamptz) then 0 else 1 end,
         case when as_of <= cast($2 as timestamptz) then as_of end desc, as_of limit 1`,
      segment,
      cut,
    ),
  );
  return toOptionalText(found.rows[0]?.[0]);
}
