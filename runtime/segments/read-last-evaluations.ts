import type { Session } from '../engine/engine.ts';
import { toCount, toText } from '../state/rows.ts';
import { lastEvaluations } from '../state/segment-marks.ts';

/** What is known of the last cut of a segment. */
export interface LastEvaluation {
  readonly segment: string;
  readonly version: number;
  readonly asOf: string;
  readonly knownAt: string;
  readonly population: number;
  readonly size: number;
  readonly unknown: number;
  /** Against the cut before. */
  readonly entered: number;
  readonly left: number;
}

/** Of each segment that was ever evaluated, by name. */
export async function readLastEvaluations(session: Session): Promise<readonly LastEvaluation[]> {
  const { rows } = await session.execute(
    `select segment, version, as_of, known_at, population, size, unknown, entered, went from ${lastEvaluations()}`,
  );
  return rows.map(([segment, version, asOf, knownAt, population, size, unknown, entered, left]) => ({
    segment: toText(segment),
    version: toCount(version),
    asOf: toText(asOf),
    knownAt: toText(knownAt),
    population: toCount(population),
    size: toCount(size),
    unknown: toCount(unknown),
    entered: toCount(entered),
    left: toCount(left),
  }));
}
