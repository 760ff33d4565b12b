import {
  type ColumnLineage,
  type ColumnUse,
  type ColumnUser,
  columnLineage,
  findColumnTests,
  type Manifest,
  metricColumns,
  segmentColumns,
} from '../../compiler/index.ts';

/** A column that a metric or a segment reads, and what that is computed from. */
export interface ReadColumn extends ColumnUse {
  readonly from: readonly ColumnLineage[];
}

interface Reader {
  readonly name: string;
  readonly path: string;
  readonly line: number;
  readonly columns: readonly ReadColumn[];
}

export interface ColumnDescent {
  /** The segment and those named in it, itself first; absent of a metric. */
  readonly segments?: readonly Reader[];
  /** The metric, or those of the segments, and all that they are computed from. */
  readonly metrics: readonly Reader[];
  /** The data tests that look at a column which one of them reads. */
  readonly tests: readonly ColumnUser[];
}

/** Where a metric's number comes from, or who is in a segment, column by column; undefined where neither has the name. */
export function findColumnDescent(manifest: Manifest, name: string): ColumnDescent | undefined {
  const isMetric = manifest.metrics.some((metric) => metric.name === name);
  const segments = isMetric ? [] : withInputs(manifest.segments, [name]);
  const metrics = withInputs(manifest.metrics, isMetric ? [name] : segments.flatMap((segment) => segment.metrics));
  if (!isMetric && segments.length === 0) return undefined;
  const read = ({ name: each, path, line }: Omit<Reader, 'columns'>, uses: readonly ColumnUse[]): Reader => ({
    name: each,
    path,
    line,
    columns: uses.map((use) => ({ ...use, from: columnLineage(manifest, use.model, use.column)?.from ?? [] })),
  });
  const ofSegments = segments.map((segment) => read(segment, segmentColumns(manifest, segment)));
  const ofMetrics = metrics.map((metric) => read(metric, metricColumns(manifest, metric)));
  const uses = [...ofSegments, ...ofMetrics].flatMap(({ columns }) => columns);
  return {
    ...(isMetric ? {} : { segments: ofSegments }),
    metrics: ofMetrics,
    tests: findColumnTests(manifest, uses),
  };
}

/** Those with the names and all that they are made from, each once, what was asked for first. */
function withInputs<T extends { readonly name: string; readonly inputs: readonly string[] }>(
  all: readonly T[],
  asked: readonly string[],
): readonly T[] {
  const byName = new Map(all.map((one) => [one.name, one]));
  const names = new Set(asked);
  for (const each of names) for (const input of byName.get(each)?.inputs ?? []) names.add(input);
  return [...names].flatMap((each) => byName.get(each) ?? []);
}
