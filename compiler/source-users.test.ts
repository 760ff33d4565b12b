import { beforeAll, expect, it } from 'vitest';
import { compileFiles } from './compile.ts';
import { loadParser } from './expression/parser.ts';
import type { Manifest } from './manifest-types.ts';
import { sourceTime } from './source-time.ts';
import { findSourceUsers } from './source-users.ts';

const files: Readonly<Record<string, string>> = {
  'project.yml':
    'project: tiny\nlanguage: 1\ntargets:\n  dev: {engine: duckdb, path: target/tiny.duckdb}\ntarget: dev\n',
  'models/raw/orders.yml': `source: {files: data/o.csv}
loaded_at: seen
key: id
time: at
columns:
  id: {type: integer, required: true}
  at: timestamp
  seen: timestamp
  status: text
  amount: decimal(12,2)
  note: text
  version: integer
`,
  'models/clean/orders.yml': `from: raw.orders
key: id
time: at
dedupe: {keep: last, by: version}
where: status <> 'test'
columns:
  id:
  at:
  cents:
    is: amount * 100
    tests: [{range: {min: 0}}]
`,
  'models/marts/big.yml': 'key: id\ncolumns: {id: integer}\n',
  'models/marts/big.sql': 'select id from raw.orders where amount > 1000\n',
  'metrics/money.yml': 'from: clean.orders\ntime: at\nmetrics:\n  cents: sum(cents)\n',
};

let manifest: Manifest;
beforeAll(async () => {
  await loadParser();
  const texts = Object.entries(files).map(([path, text]) => ({ kind: 'source-file' as const, path, text }));
  const compiled = compileFiles(texts);
  expect(compiled.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  manifest = compiled.manifest!;
});

it('knows the business time of a source by the model that takes it over', () => {
  const [source] = manifest.models.filter(({ name }) => name === 'raw.orders');
  expect(sourceTime(manifest, source!)).toBe('at');
  const { time: _, ...without } = source!;
  expect(sourceTime(manifest, without)).toBe('at');
  expect(sourceTime({ ...manifest, models: [] }, without)).toBeUndefined();
});

const users = (column: string) =>
  findSourceUsers(manifest, 'raw.orders', column).map(
    ({ kind, name, path, line }) => `${kind} ${name} ${path}:${line}`,
  );

it('names columns, filters, metrics and tests, each with its place', () => {
  expect(users('amount')).toEqual([
    'model clean.orders.cents models/clean/orders.yml:9',
    'model marts.big models/marts/big.sql:1',
    'metric cents metrics/money.yml:4',
    'test clean.orders.cents.range models/clean/orders.yml:11',
  ]);
  expect(users('status')).toContain('model clean.orders models/clean/orders.yml:1');
});

it('names what the source itself needs', () => {
  expect(users('id').slice(0, 2)).toEqual([
    'source `required` of raw.orders models/raw/orders.yml:6',
    'source the key of raw.orders models/raw/orders.yml:6',
  ]);
  expect(users('seen')).toEqual(['source `loaded_at` of raw.orders models/raw/orders.yml:8']);
  expect(users('at')[0]).toBe('source `time` of raw.orders models/raw/orders.yml:7');
});

it('sees the column that decides between copies, and none of what is only copied', () => {
  expect(users('version')).toContain('model clean.orders models/clean/orders.yml:1');
  expect(users('note')).toEqual([]);
});
