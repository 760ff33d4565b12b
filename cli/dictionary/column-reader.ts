import { type Manifest, metricColumns } from '../../compiler/index.ts';
import type { DictionaryInput } from '../../docs-site/index.ts';

/** The columns that a metric reads; looked for only where pages are drawn. */
export function columnReader(manifest: Manifest): NonNullable<DictionaryInput['columnsOf']> {
  const metrics = new Map(manifest.metrics.map((metric) => [metric.name, metric]));
  return (name) => {
    const metric = metrics.get(name);
    const uses = metric?.computed ? metricColumns(manifest, metric) : [];
    return uses.flatMap(({ model, column, how }) =>
      how === 'tested' || how === 'shown' ? [] : [{ model, column, how }],
    );
  };
}
