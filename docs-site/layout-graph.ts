import { Graphviz } from '@hpcc-js/wasm-graphviz';

export interface GraphNode {
  readonly id: string;
  readonly label: string;
}

export interface GraphLayout {
  readonly width: number;
  readonly height: number;
  /** Top left corners, in pixels. */
  readonly nodes: readonly {
    readonly id: string;
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
  }[];
  /** SVG path data, from input to user. */
  readonly edges: readonly { readonly from: string; readonly to: string; readonly path: string }[];
}

export type LayoutGraph = (nodes: readonly GraphNode[], edges: readonly (readonly [string, string])[]) => GraphLayout;

const nodeHeight = 40;
const margin = 4;

/** Loads Graphviz (WASM) once; the function it gives is synchronous. */
export async function loadLayout(): Promise<LayoutGraph> {
  const graphviz = await Graphviz.load();
  const known = new Map<string, GraphLayout>();
  return (nodes, edges) => {
    const dot = writeDot(nodes, edges);
    const layout = known.get(dot) ?? readPlain(graphviz.layout(dot, 'plain', 'dot'));
    // Neighbours in a big project often share the very same drawing up to names: the DOT text has only sizes.
    if (known.size < 2000) known.set(dot, layout);
    return rename(layout, nodes);
  };
}

/** The system's fonts differ in width: 7.4 px a letter at 13 px is on the wide side. */
function widthOf(label: string): number {
  return Math.max(88, Math.round(label.length * 7.4) + 28);
}

function writeDot(nodes: readonly GraphNode[], edges: readonly (readonly [string, string])[]): string {
  const indexes = new Map(nodes.map((node, index) => [node.id, index]));
  const lines = nodes.map((node, index) => `n${index} [width=${(widthOf(node.label) / 72).toFixed(3)}]`);
  for (const [from, to] of edges) lines.push(`n${indexes.get(from)} -> n${indexes.get(to)}`);
  const head = `rankdir=LR;nodesep=0.2;ranksep=0.5;node [shape=box,fixedsize=true,label="",height=${(nodeHeight / 72).toFixed(3)}];edge [arrowhead=none]`;
  return `digraph {${head};${lines.join(';')}}`;
}

/** Graphviz's `plain` format: inches, the origin at the bottom left, node centres, edges as B-splines. */
function readPlain(plain: string): GraphLayout {
  const nodes: GraphLayout['nodes'][number][] = [];
  const edges: GraphLayout['edges'][number][] = [];
  let height = 0;
  let width = 0;
  const px = (inches: string | undefined): number => Math.round(Number(inches) * 72);
  for (const line of plain.split('\n')) {
    const words = line.split(' ');
    if (words[0] === 'graph') {
      width = px(words[2]);
      height = px(words[3]);
    } else if (words[0] === 'node') {
      const [w, h] = [px(words[4]), px(words[5])];
      nodes.push({
        id: words[1]!,
        x: px(words[2]) - w / 2 + margin,
        y: height - px(words[3]) - h / 2 + margin,
        width: w,
        height: h,
      });
    } else if (words[0] === 'edge') {
      const count = Number(words[3]);
      const points = Array.from(
        { length: count },
        (_, i) => `${px(words[4 + 2 * i]) + margin} ${height - px(words[5 + 2 * i]) + margin}`,
      );
      edges.push({ from: words[1]!, to: words[2]!, path: `M${points[0]}C${points.slice(1).join(' ')}` });
    }
  }
  return { width: width + 2 * margin, height: height + 2 * margin, nodes, edges };
}

function rename(layout: GraphLayout, nodes: readonly GraphNode[]): GraphLayout {
  const idOf = (name: string): string => nodes[Number(name.slice(1))]!.id;
  return {
    ...layout,
    nodes: layout.nodes.map((node) => ({ ...node, id: idOf(node.id) })),
    edges: layout.edges.map((edge) => ({ ...edge, from: idOf(edge.from), to: idOf(edge.to) })),
  };
}
