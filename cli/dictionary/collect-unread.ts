import type { ManifestMetric } from '../../compiler/index.ts';
import type { UnreadMetric } from '../../docs-site/index.ts';
import { EngineError } from '../../runtime/engine/engine.ts';

/** Metrics whose question the target refuses: said on their pages, and the others are told all the same. */
export interface Unread {
  readonly found: ReadonlyMap<string, UnreadMetric>;
  /** What is read of a metric; undefined where the target refuses the question. A target that is not there at all is not caught. */
  read<T>(metric: ManifestMetric, ask: () => Promise<T>): Promise<T | undefined>;
}

/** Starts with none; the reason is the engine's, which is without values of rows. */
export function collectUnread(): Unread {
  const found = new Map<string, UnreadMetric>();
  return {
    found,
    async read(metric, ask) {
      try {
        return await ask();
      } catch (error) {
        if (!(error instanceof EngineError && (error.kind === 'data' || error.kind === 'sql'))) throw error;
        found.set(metric.name, { metric: metric.name, why: error.message });
        return undefined;
      }
    },
  };
}
