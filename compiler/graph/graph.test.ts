import { describe, expect, it } from 'vitest';
import { buildGraph, type GraphNode } from './dependency-graph.ts';
import { fingerprint } from './fingerprint.ts';
import { selectNodes } from './select-nodes.ts';
import { topologicalOrder } from './topological-order.ts';

const node = (name: string, reads: string[] = [], more: Partial<GraphNode> = {}): GraphNode => ({
  name,
  kind: 'model',
  layer: name.split('.')[0]!,
  tags: [],
  path: `models/${name.replace('.', '/')}.yml`,
  reads,
  ...more,
});
const graph = buildGraph([
  node('raw.a', [], { owner: 'platform' }),
  node('raw.b', [], { owner: 'sales' }),
  node('clean.a', ['raw.a'], { tags: ['daily'] }),
  node('marts.ab', ['clean.a', 'raw.b'], { tags: ['daily', 'finance'] }),
  node('revenue', ['marts.ab'], { kind: 'metric', path: 'metrics/revenue.yml' }),
]);

describe('selectNodes', () => {
  const cases: [string[], string[]][] = [
    [['clean.a'], ['clean.a']],
    [['+clean.a'], ['raw.a', 'clean.a']],
    [['clean.a+'], ['clean.a', 'marts.ab', 'revenue']],
    [['clean.a+1'], ['clean.a', 'marts.ab']],
    [['1+revenue'], ['marts.ab', 'revenue']],
    [['+revenue'], ['raw.a', 'raw.b', 'clean.a', 'marts.ab', 'revenue']],
    [['layer:raw'], ['raw.a', 'raw.b']],
    [['layer:raw,owner:sales'], ['raw.b']],
    [
      ['tag:finance', 'raw.a'],
      ['raw.a', 'marts.ab'],
    ],
    [['path:models/clean'], ['clean.a']],
    [['path:metrics/revenue.yml'], ['revenue']],
    [['raw.*'], ['raw.a', 'raw.b']],
    [['kind:metric'], ['revenue']],
  ];
  it.each(cases)('%j', (selectors, expected) => {
    expect(selectNodes(graph, selectors)).toEqual({ selected: expected, diagnostics: [] });
  });
  it('says what is near where nothing matches', () => {
    expect(selectNodes(graph, ['+clean.aa']).diagnostics[0]).toMatchObject({
      code: 'E1503',
      hints: ['did you mean `clean.a`?'],
    });
    expect(selectNodes(graph, ['layr:raw']).diagnostics[0]?.hints).toEqual(['did you mean `layer`?']);
    expect(selectNodes(graph, ['tag:weekly']).diagnostics[0]?.hints).toEqual(['available: `daily`, `finance`']);
  });
});

describe('topologicalOrder', () => {
  it('puts what is read first and is stable', () => {
    const reads: Record<string, string[]> = { c: ['a', 'b'], b: ['a'], a: [], d: [] };
    expect(topologicalOrder(['d', 'c', 'b', 'a'], (n) => reads[n]!)).toEqual({ order: ['d', 'a', 'b', 'c'] });
  });
  it('names a cycle as a path, also of one', () => {
    const reads: Record<string, string[]> = { x: ['a'], a: ['b'], b: ['c'], c: ['a'] };
    expect(topologicalOrder(['x', 'a', 'b', 'c'], (n) => reads[n]!)).toEqual({ cycle: ['a', 'b', 'c', 'a'] });
    expect(topologicalOrder(['s'], () => ['s'])).toEqual({ cycle: ['s', 's'] });
  });
  it('bears a chain of 100,000', () => {
    const names = Array.from({ length: 100_000 }, (_, i) => `m${i}`);
    expect(topologicalOrder(names, (n) => (n === 'm99999' ? [] : [`m${Number(n.slice(1)) + 1}`])).order?.[0]).toBe(
      'm99999',
    );
  });
});

describe('fingerprint', () => {
  it('tells apart parts that join to the same text', () => {
    expect(fingerprint('ab', 'c')).not.toBe(fingerprint('a', 'bc'));
    expect(fingerprint('a')).toMatch(/^[0-9a-f]{16}$/);
  });
});
