import type { Grain } from '../compiler/index.ts';
import type { VersionDate } from './build-history.ts';
import type { Slot } from './series.ts';

/** Where a version begins on a chart. */
export interface VersionMark {
  readonly x: string;
  readonly version: number;
  /** Words near the right edge end at the line. */
  readonly anchor: 'start' | 'end';
}

/** A mark before the place of an index. */
export function markAt(version: number, index: number, places: number): VersionMark {
  const part = index / places;
  return { version, x: `${Number((part * 100).toFixed(2))}%`, anchor: part > 0.6 ? 'end' : 'start' };
}

/** Versions that a build found within the periods of a chart. The oldest known one has no beginning that anybody knows. */
export function versionMarks(
  dates: ReadonlyMap<number, VersionDate>,
  slots: readonly Slot[],
  grain: Grain,
): readonly VersionMark[] {
  return [...dates].flatMap(([version, { at, isOldest }]) => {
    const day = at.slice(0, 10);
    const index = slots.findLastIndex(({ period }) => period.slice(0, 10) <= day);
    if (isOldest || index < 0 || !isInPeriod(day, slots[index]!.period, grain)) return [];
    return [markAt(version, index, slots.length)];
  });
}

const days: Readonly<Record<Grain, number>> = { hour: 1, day: 1, week: 7, month: 31, quarter: 92, year: 366 };

/** Of the last period of a chart only its own days count, about. */
function isInPeriod(day: string, period: string, grain: Grain): boolean {
  return Date.parse(day) - Date.parse(period.slice(0, 10)) < days[grain] * 864e5;
}
