import { beforeAll, expect, it } from 'vitest';
import { compileFiles } from './compile.ts';
import { countPeople, type PeopleCounts } from './count-people.ts';
import { loadParser } from './expression/parser.ts';
import { planQuery } from './query.ts';

const files: Readonly<Record<string, string>> = {
  'project.yml': `project: tiny
language: 1
entities:
  user: {key: user_id}
targets:
  dev: {engine: duckdb, path: target/tiny.duckdb}
target: dev
`,
  'models/raw/orders.yml':
    'description: Orders.\nsource: {files: data/o.csv}\ncolumns:\n  order_id: text\n  user_id: text\n  at: timestamp\n  country: text\n  is_paid: boolean\n  amount: decimal(12,2)\n',
  'models/raw/lines.yml':
    'description: Lines.\nsource: {files: data/l.csv}\ncolumns:\n  line_id: text\n  order_id: text\n  at: timestamp\n  pieces: integer\n',
  'models/marts/orders.yml':
    'description: Orders.\nkey: order_id\ntime: at\ncolumns: {order_id: text, user_id: text, at: timestamp, country: text, is_paid: boolean, amount: "decimal(12,2)"}\n',
  'models/marts/orders.sql': 'select order_id, user_id, "at", country, is_paid, amount from raw.orders\n',
  'models/marts/lines.yml':
    'description: Lines.\nkey: line_id\ntime: at\ncolumns: {line_id: text, order_id: text, at: timestamp, pieces: integer}\nrelations: {order: {to: marts.orders, on: order_id}}\n',
  'models/marts/lines.sql': 'select line_id, order_id, "at", pieces from raw.lines\n',
  'metrics/money.yml': `from: marts.orders
by: [country]
metrics:
  orders: count(*)
  revenue: sum(amount)
  buyers: count(distinct user_id)
  paid_share: count(*) filter (where is_paid) / count(*)
  aov: revenue / orders
  aov_change: {is: aov, compare: {to: 1 month ago}}
  ever: {is: count(distinct user_id), window: unbounded}
  orders_28d: {is: count(*), window: 28 days}
`,
  'metrics/pieces.yml': 'from: marts.lines\nmetrics:\n  pieces: sum(pieces)\n',
};

let counts: PeopleCounts;
beforeAll(async () => {
  await loadParser();
  const compiled = compileFiles(
    Object.entries(files).map(([path, text]) => ({ kind: 'source-file' as const, path, text })),
  );
  expect(compiled.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  counts = countPeople(compiled.manifest!);
});

const counted = (metric: string) =>
  counts.countsOf
    .get(metric)!
    .names.map((name) => counts.manifest.metrics.find((each) => each.name === name)!)
    .map(({ expression, window, compare }) => [expression, window ?? compare?.as].filter(Boolean).join(' | '));

it('counts the people in the rows of each aggregate, with its filter, and no one twice', () => {
  expect(counted('orders')).toEqual(['count(distinct "user_id")']);
  expect(counted('revenue')).toEqual(['count(distinct "user_id") filter (where (amount) <> 0)']);
  expect(counted('buyers')).toEqual(['count(distinct "user_id") filter (where (user_id) is not null)']);
  expect(counted('aov')).toEqual([...counted('revenue'), ...counted('orders')]);
  expect(counts.countsOf.get('aov')!.names).toContain(counts.countsOf.get('orders')!.names[0]);
});

it('of a share also counts who is in one part alone, of money over orders not', () => {
  expect(counted('paid_share')).toEqual([
    'count(distinct "user_id") filter (where (is_paid))',
    'count(distinct "user_id")',
  ]);
  expect(counts.countsOf.get('paid_share')!.apart).toEqual([counts.countsOf.get('paid_share')!.names]);
  expect(counts.countsOf.get('aov')!.apart).toEqual([]);
});

it('counts in the periods that the metric counts in', () => {
  expect(counted('ever')[0]).toBe('count(distinct "user_id") filter (where (user_id) is not null) | unbounded');
  expect(counted('orders_28d')).toEqual(['count(distinct "user_id") | 28 days', 'count(distinct "user_id")']);
  expect(counts.countsOf.get('orders_28d')!.own).toEqual(counts.countsOf.get('orders')!.names);
  expect(counts.countsOf.get('orders')!.own).toEqual([]);
  expect(counted('aov_change')).toContain('count(distinct "user_id") | value');
});

it('finds people behind a relation, and is answered beside the metric', () => {
  expect(counted('pieces')).toEqual(['count(distinct "order"."user_id") filter (where (pieces) <> 0)']);
  const names = counts.countsOf.get('pieces')!.names;
  const request = { metrics: ['pieces', ...names], by: [], grain: 'month' as const, order: [] };
  const { plan, diagnostics } = planQuery(counts.manifest, { ...request, asOf: '2025-07-01T00:00:00Z' });
  expect(diagnostics).toEqual([]);
  expect(plan!.columns.map(({ name }) => name)).toEqual(['month', 'pieces', ...names, 'state']);
  expect(plan!.reads).toEqual(['marts.lines', 'marts.orders']);
});
