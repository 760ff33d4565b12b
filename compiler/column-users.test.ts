import { beforeAll, describe, expect, it } from 'vitest';
import { type ColumnUser, findColumnTests, findColumnUsers, metricColumns } from './column-users.ts';
import { compileFiles } from './compile.ts';
import { loadParser } from './expression/parser.ts';
import type { Manifest } from './manifest-types.ts';

const files: Readonly<Record<string, string>> = {
  'project.yml': `project: tiny
language: 1
entities:
  user: {key: user_id, attributes: clean.users}
exclude:
  staff: {entity: user, in: clean.users, where: is_staff}
targets:
  dev: {engine: duckdb, path: target/tiny.duckdb}
target: dev
`,
  'models/raw/users.yml':
    'description: Users.\nsource: {files: data/u.csv}\ncolumns:\n  user_id: text\n  country: text\n  is_staff: boolean\n',
  'models/raw/orders.yml':
    'description: Orders.\nsource: {files: data/o.csv}\ncolumns:\n  order_id: text\n  user_id: text\n  at: timestamp\n  status: text\n  amount: decimal(12,2)\n',
  'models/clean/users.yml':
    'description: Users.\nfrom: raw.users\nkey: user_id\ncolumns:\n  user_id:\n  country: upper(country)\n  is_staff:\n',
  'models/marts/orders.yml': `description: Orders.
key: order_id
time: at
columns:
  order_id: text
  user_id: {type: text, tests: [{references: clean.users.user_id}]}
  at: timestamp
  status: text
  amount:
    type: decimal(12,2)
    tests:
      - range: {min: 0}
        where: status = 'paid'
relations: {customer: {to: clean.users, on: user_id}}
`,
  'models/marts/orders.sql': 'select order_id, user_id, "at", status, amount from raw.orders\n',
  'metrics/money.yml': `from: marts.orders
where: status = 'paid'
by: [customer.country]
metrics:
  orders: count(*)
  revenue:
    is: sum(amount)
    exclude: [staff]
  aov: revenue / orders
  aov_tenth: aov / 10
`,
  'tests/data/negative.sql': 'select order_id, amount from marts.orders where amount < 0\n',
  'tests/data/agrees.yml': `agrees:
  description: What is kept is what came.
  reconcile: {left: {from: marts.orders, value: sum(amount)}, right: {from: raw.orders, value: sum(amount)}, tolerance: 0%}
`,
};

let manifest: Manifest;
beforeAll(async () => {
  await loadParser();
  const { manifest: compiled, diagnostics } = compileFiles(
    Object.entries(files).map(([path, text]) => ({ kind: 'source-file' as const, path, text })),
  );
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  manifest = compiled!;
});

const said = ({ uses }: ColumnUser) => uses.map(({ model, column, how }) => `${model}.${column} ${how}`);
const users = (model: string, column: string) =>
  Object.fromEntries(
    findColumnUsers(manifest, model, column).map((user) => [user.name, [...said(user), ...user.through]]),
  );

describe('who reads a column', () => {
  it('metrics, those computed from them, and tests, each at its line', () => {
    expect(users('marts.orders', 'amount')).toEqual({
      revenue: ['marts.orders.amount aggregated'],
      aov: ['revenue'],
      aov_tenth: ['aov'],
      agrees: ['marts.orders.amount tested'],
      'marts.orders.amount.range': ['marts.orders.amount tested'],
      negative: ['marts.orders.amount tested'],
    });
    const places = findColumnUsers(manifest, 'marts.orders', 'amount').map(({ name, path, line }) => {
      const text = files[path]!.split('\n')[line - 1]!;
      return [name, path, text.trim()];
    });
    expect(places).toEqual(
      expect.arrayContaining([
        ['revenue', 'metrics/money.yml', 'revenue:'],
        ['aov', 'metrics/money.yml', 'aov: revenue / orders'],
        ['agrees', 'tests/data/agrees.yml', 'agrees:'],
        ['marts.orders.amount.range', 'models/marts/orders.yml', '- range: {min: 0}'],
      ]),
    );
  });

  it('of a source, by way of the columns computed from it', () => {
    expect(users('raw.orders', 'amount')).toMatchObject({
      revenue: ['marts.orders.amount aggregated'],
      agrees: ['marts.orders.amount tested', 'raw.orders.amount tested'],
    });
  });

  it('as a filter, of the rows, of a test and by an exclusion', () => {
    expect(users('marts.orders', 'status')).toMatchObject({
      orders: ['marts.orders.status filtered'],
      'marts.orders.amount.range': ['marts.orders.status tested'],
    });
    expect(Object.keys(users('clean.users', 'is_staff'))).toEqual(['aov', 'aov_tenth', 'revenue']);
  });

  it('as a key: tests that show it, and those that look at it', () => {
    expect(users('marts.orders', 'order_id')).toEqual({
      'marts.orders.order_id.not_null': ['marts.orders.order_id tested'],
      'marts.orders.order_id.unique': ['marts.orders.order_id tested'],
      'marts.orders.user_id.references': ['marts.orders.order_id shown'],
      negative: ['marts.orders.order_id shown'],
    });
    const columns = [{ model: 'marts.orders', column: 'order_id', how: 'time' as const }];
    expect(findColumnTests(manifest, columns).map(({ name }) => name)).not.toContain('negative');
  });
});

it('what a metric reads: the keys of its joins too', () => {
  const revenue = manifest.metrics.find(({ name }) => name === 'revenue')!;
  expect(metricColumns(manifest, revenue).map(({ model, column, how }) => `${model}.${column} ${how}`)).toEqual([
    'clean.users.country dimension',
    'clean.users.is_staff filtered',
    'clean.users.user_id filtered',
    'marts.orders.amount aggregated',
    'marts.orders.at time',
    'marts.orders.status filtered',
    'marts.orders.user_id filtered',
  ]);
});
