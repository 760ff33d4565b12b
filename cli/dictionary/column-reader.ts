import { type Manifest, metricColumns, segmentColumns } from '../../compiler/index.ts';
import type { DictionaryInput } from '../../docs-site/index.ts';

/** The columns that a metric or a segment reads; looked for only where pages are drawn. */
export function columnReader(manifest: Manifest): NonNullable<DictionaryInput['columnsOf']> {
  const metrics = new Map(manifest.metrics.map((metric) => [metric.name, metric]));
  const segments = new Map(manifest.segments.map((segment) => [segment.name, segment]));
  const usesOf = (kind: 'metric' | 'segment', name: string) => {
    const metric = kind === 'metric' ? metrics.get(name) : undefined;
    const segment = kind === 'segment' ? segments.get(name) : undefined;
    if (metric?.computed) return metricColumns(manifest, metric);
    return segment?.computed ? segmentColumns(manifest, segment) : [];
  };
  return (kind, name) => {
    const uses = usesOf(kind, name);
    return uses.flatMap(({ model, column, how }) =>
      how === 'tested' || how === 'shown' ? [] : [{ model, column, how }],
    );
  };
}
