import { buildGraph, type DependencyGraph, type GraphNode } from './graph/dependency-graph.ts';
import type { Manifest } from './manifest-types.ts';

const graphs = new WeakMap<Manifest, DependencyGraph>();

/** What depends on what: models, metrics, activities, cohorts, segments, tests by name. A metric's reads are its inputs, or its models where it has none. */
export function graphOf(manifest: Manifest): DependencyGraph {
  let graph = graphs.get(manifest);
  if (!graph) {
    graph = buildGraph(nodesOf(manifest));
    graphs.set(manifest, graph);
  }
  return graph;
}

function nodesOf(manifest: Manifest): GraphNode[] {
  const owned = (owner: string | undefined) => (owner === undefined ? {} : { owner });
  return [
    ...manifest.models.map(
      (m): GraphNode => ({
        name: m.name,
        kind: 'model',
        layer: m.layer,
        tags: m.tags,
        path: m.path,
        reads: m.reads,
        ...owned(m.owner),
      }),
    ),
    ...manifest.metrics.map(
      (m): GraphNode => ({
        name: m.name,
        kind: 'metric',
        tags: m.tags,
        path: m.path,
        reads: m.form === 'derived' ? m.inputs : [...new Set([...m.inputs, ...m.reads])],
        ...owned(m.owner),
      }),
    ),
    ...manifest.activities.map(
      (a): GraphNode => ({
        name: `activity ${a.name}`,
        kind: 'activity',
        tags: [],
        path: a.path,
        reads: a.model ? [a.model] : a.any.map((n) => `activity ${n}`),
      }),
    ),
    ...manifest.cohorts.map(
      (c): GraphNode => ({
        name: `cohort ${c.name}`,
        kind: 'cohort',
        tags: [],
        path: c.path,
        reads: [`activity ${c.anchor}`],
      }),
    ),
    ...manifest.segments.map(
      (s): GraphNode => ({
        name: `segment ${s.name}`,
        kind: 'segment',
        tags: s.tags,
        path: s.path,
        reads: [
          ...s.activities.map((name) => `activity ${name}`),
          ...s.metrics,
          ...s.inputs.map((name) => `segment ${name}`),
          ...s.reads,
        ],
        ...owned(s.owner),
      }),
    ),
    ...manifest.tests.map(
      (t): GraphNode => ({ name: t.name, kind: 'test', tags: [], path: t.path, reads: t.reads, ...owned(t.owner) }),
    ),
  ];
}
