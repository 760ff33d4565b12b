import {
  type ColumnLineage,
  type ColumnUse,
  type ColumnUser,
  columnLineage,
  findColumnTests,
  type Manifest,
  metricColumns,
} from '../../compiler/index.ts';

/** A column that a metric reads, and what that is computed from. */
export interface ReadColumn extends ColumnUse {
  readonly from: readonly ColumnLineage[];
}

export interface MetricDescent {
  /** The metric and all that it is computed from, itself first. */
  readonly metrics: readonly {
    readonly name: string;
    readonly path: string;
    readonly line: number;
    readonly columns: readonly ReadColumn[];
  }[];
  /** The data tests that look at a column which one of them reads. */
  readonly tests: readonly ColumnUser[];
}

/** Where a metric's number comes from, column by column; undefined where no metric has the name. */
export function findMetricDescent(manifest: Manifest, name: string): MetricDescent | undefined {
  const byName = new Map(manifest.metrics.map((metric) => [metric.name, metric]));
  if (!byName.has(name)) return undefined;
  const names = new Set([name]);
  for (const each of names) for (const input of byName.get(each)?.inputs ?? []) names.add(input);
  const metrics = [...names].flatMap((each) => byName.get(each) ?? []);
  const uses = metrics.map((metric) => metricColumns(manifest, metric));
  return {
    metrics: metrics.map(({ name: each, path, line }, i) => ({
      name: each,
      path,
      line,
      columns: uses[i]!.map((use) => ({ ...use, from: columnLineage(manifest, use.model, use.column)?.from ?? [] })),
    })),
    tests: findColumnTests(manifest, uses.flat()),
  };
}
