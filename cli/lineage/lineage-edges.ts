import type { Manifest } from '../../compiler/index.ts';

/** Names, each with those it leads to. */
export type Edges = ReadonlyMap<string, readonly string[]>;

/** What each definition reads: a metric its inputs, or its models where it has none; a segment what is named in it. */
export function readsOf(manifest: Manifest): Edges {
  const metrics = manifest.metrics.map(
    (metric) => [metric.name, metric.inputs.length > 0 ? metric.inputs : metric.reads] as const,
  );
  const segments = manifest.segments.map(
    (segment) => [segment.name, [...segment.inputs, ...segment.metrics, ...segment.reads]] as const,
  );
  const models = manifest.models.map((model) => [model.name, model.reads] as const);
  const tests = manifest.tests.map((test) => [test.name, test.model ? [test.model] : test.reads] as const);
  return new Map<string, readonly string[]>([...segments, ...models, ...metrics, ...tests]);
}

export function invertEdges(edges: Edges): Edges {
  const inverted = new Map<string, string[]>();
  for (const [from, targets] of edges) {
    for (const to of targets) inverted.set(to, [...(inverted.get(to) ?? []), from]);
  }
  return inverted;
}

/** All that can be reached, sorted. */
export function collectNames(start: string, edges: Edges): string[] {
  const found = new Set<string>();
  const visit = (name: string) => {
    for (const next of edges.get(name) ?? []) {
      if (found.has(next)) continue;
      found.add(next);
      visit(next);
    }
  };
  visit(start);
  return [...found].sort();
}

/** Each name is unfolded once; where it comes again it says so, since a diamond of ten levels has a thousand paths. */
export function renderNames(start: string, edges: Edges): string[] {
  const unfolded = new Set<string>();
  const lines: string[] = [];
  const visit = (name: string, depth: number) => {
    for (const next of edges.get(name) ?? []) {
      const again = unfolded.has(next) && (edges.get(next) ?? []).length > 0;
      lines.push(`${'  '.repeat(depth)}${next}${again ? ' (see above)' : ''}`);
      if (again) continue;
      unfolded.add(next);
      visit(next, depth + 1);
    }
  };
  visit(start, 1);
  return lines;
}
