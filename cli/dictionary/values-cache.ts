import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ManifestMetric } from '../../compiler/index.ts';
import type { MetricValues } from '../../docs-site/index.ts';
import type { History } from '../../runtime/state/history-types.ts';
import { writeFile } from '../output/write-file.ts';

const path = join('target', 'cache', 'metric-values.json');

/** Values of an earlier build, by what they were computed from: a build that changed nothing asks the target nothing. */
export interface ValuesCache {
  find(key: string): MetricValues | undefined;
  /** Also keeps what was found; the rest is forgotten with `save`. */
  keep(key: string, values: MetricValues): void;
  save(): void;
}

export function openValuesCache(folder: string): ValuesCache {
  const before = readEntries(join(folder, path));
  const kept: Record<string, MetricValues> = {};
  return {
    find: (key) => (Object.hasOwn(before, key) ? before[key] : undefined),
    keep: (key, values) => {
      kept[key] = values;
    },
    save: () => {
      const sorted = Object.keys(kept).sort();
      const entries = sorted.map((key) => `${JSON.stringify(key)}:${JSON.stringify(kept[key])}`);
      writeFile(join(folder, path), `{${entries.join(',\n')}}\n`);
    },
  };
}

/** A file that cannot be read is no cache. */
function readEntries(file: string): Readonly<Record<string, MetricValues>> {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return {};
  }
}

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
