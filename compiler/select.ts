import type { Diagnostic } from './diagnostic/diagnostic.ts';
import { selectNodes as selectFrom } from './graph/select-nodes.ts';
import { graphOf } from './graph-of.ts';
import type { Manifest } from './manifest-types.ts';

export interface Selection {
  readonly models: readonly string[];
  readonly metrics: readonly string[];
  readonly segments: readonly string[];
  /** Tests named themselves, and all that guard a chosen model or read only chosen ones. */
  readonly tests: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * What selectors choose; all where there are none.
 *
 * @example
 * selectNodes(manifest, ['+marts.orders', 'tag:finance']).models
 */
export function selectNodes(manifest: Manifest, selectors: readonly string[]): Selection {
  if (selectors.length === 0) {
    return {
      models: manifest.models.map((m) => m.name),
      metrics: manifest.metrics.map((m) => m.name),
      segments: manifest.segments.map((s) => s.name),
      tests: manifest.tests.map((t) => t.name),
      diagnostics: [],
    };
  }
  const { selected, diagnostics } = selectFrom(graphOf(manifest), selectors);
  const chosen = new Set(selected);
  return {
    // What comes with a model goes where it goes.
    models: manifest.models
      .filter((m) => chosen.has(m.name) || chosen.has(m.generated?.of ?? '') || chosen.has(m.generated?.metric ?? ''))
      .map((m) => m.name),
    metrics: manifest.metrics.filter((m) => chosen.has(m.name)).map((m) => m.name),
    segments: manifest.segments.filter((s) => chosen.has(`segment ${s.name}`)).map((s) => s.name),
    tests: manifest.tests
      .filter(
        (t) =>
          chosen.has(t.name) ||
          chosen.has(`segment ${t.segment}`) ||
          (t.model ? chosen.has(t.model) : t.reads.length > 0 && t.reads.every((r) => chosen.has(r))),
      )
      .map((t) => t.name),
    diagnostics,
  };
}
