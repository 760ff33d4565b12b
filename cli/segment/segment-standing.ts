import type { ManifestSegment } from '../../compiler/index.ts';
import type { LastEvaluation } from '../../runtime/segments/read-last-evaluations.ts';
import { formatTable } from '../output/format-table.ts';

/** How a segment stands: what was stored last of it; without that, nobody has evaluated it yet. */
export interface SegmentStanding {
  readonly segment: string;
  readonly status: ManifestSegment['status'];
  readonly schedule: string;
  readonly last?: Omit<LastEvaluation, 'segment'>;
}

/** In the order of the manifest. */
export function standingOf(
  segments: readonly ManifestSegment[],
  evaluations: readonly LastEvaluation[],
): readonly SegmentStanding[] {
  const known = new Map(evaluations.map(({ segment, ...last }) => [segment, last]));
  return segments.map(({ name, status, schedule }) => {
    const last = known.get(name);
    return { segment: name, status, schedule, ...(last ? { last } : {}) };
  });
}

const count = (n: number): string => n.toLocaleString('en-US');

/** A line for each, as `etalon status` prints them. */
export function renderStanding(rows: readonly SegmentStanding[], bold: (text: string) => string): string {
  const right = (title: string) => ({ title, align: 'right' as const });
  const columns = [
    { title: 'segment' },
    { title: 'status' },
    { title: 'schedule' },
    right('in it'),
    right('of'),
    right('entered'),
    right('left'),
    { title: 'as of' },
  ];
  const cells = rows.map(({ segment, status, schedule, last }) => [
    segment,
    status,
    schedule,
    ...(last ? [last.size, last.population, last.entered, last.left].map(count) : ['', '', '', '']),
    last === undefined ? 'never evaluated' : last.asOf,
  ]);
  return formatTable(columns, cells, bold);
}
