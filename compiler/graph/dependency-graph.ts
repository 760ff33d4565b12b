/** What depends on what: models, metrics, activities, cohorts, segments and data tests, by name. */
export interface GraphNode {
  readonly name: string;
  readonly kind: 'model' | 'metric' | 'activity' | 'cohort' | 'segment' | 'test';
  readonly layer?: string;
  readonly owner?: string;
  readonly tags: readonly string[];
  /** The defining file, relative to the project. */
  readonly path: string;
  /** Names of the nodes it is computed from. */
  readonly reads: readonly string[];
}

export interface DependencyGraph {
  readonly nodes: ReadonlyMap<string, GraphNode>;
  /** Who reads a node. */
  readonly readers: ReadonlyMap<string, readonly string[]>;
}

/** @example buildGraph([{ name: 'raw.a', kind: 'model', tags: [], path: 'models/raw/a.yml', reads: [] }]).nodes.get('raw.a') */
export function buildGraph(nodes: readonly GraphNode[]): DependencyGraph {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const readers = new Map<string, string[]>();
  for (const node of nodes) {
    for (const read of node.reads) {
      const list = readers.get(read);
      if (list) list.push(node.name);
      else readers.set(read, [node.name]);
    }
  }
  return { nodes: byName, readers };
}

/**
 * All names reached from `start` along `step`, without `start` itself unless a cycle leads back; at most `depth` steps away.
 *
 * @example findReachable('raw.a', (n) => graph.readers.get(n) ?? [])
 */
export function findReachable(
  start: string,
  step: (name: string) => readonly string[],
  depth = Number.POSITIVE_INFINITY,
): Set<string> {
  const reached = new Set<string>();
  let frontier = [start];
  for (let i = 0; i < depth && frontier.length > 0; i++) {
    const next: string[] = [];
    for (const name of frontier) {
      for (const neighbour of step(name)) {
        if (reached.has(neighbour)) continue;
        reached.add(neighbour);
        next.push(neighbour);
      }
    }
    frontier = next;
  }
  return reached;
}
