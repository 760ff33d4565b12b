import { createHash } from 'node:crypto';
import type { ManifestMetric } from '../../compiler/index.ts';
import type { History } from '../../runtime/state/history-types.ts';

/**
 * All that a metric's values depend on: its plan, the question, the calendar, and the versions of what it reads. The names of `context` are those of the target, the
 * project and of Etalon itself.
 */
export function keyOfValues(metric: ManifestMetric, history: History, context: readonly unknown[]): string {
  const reads = metric.reads.map((name) => {
    const { fingerprint, builtAt, run, completeThrough } = history.models[name] ?? {};
    return [name, fingerprint, builtAt, run, completeThrough];
  });
  const dimensions = metric.dimensions.map(({ name }) => name);
  return createHash('sha256')
    .update(JSON.stringify([metric.name, metric.fingerprint, dimensions, reads, ...context]))
    .digest('hex');
}
