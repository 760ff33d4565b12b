import { beforeAll, expect, test } from 'vitest';
import { compileFiles } from '../../compile.ts';
import { loadParser } from '../../expression/parser.ts';

beforeAll(loadParser);

const texts = {
  'project.yml': 'project: shop\nlanguage: 1\ntargets: {dev: {engine: duckdb, path: x.duckdb}}\n',
  'models/raw/tickets.yml':
    'description: Tickets.\nsource: {files: data/*.csv}\ncolumns: {id: text, user_id: text, opened_at: timestamp, minutes: integer, price: "decimal(9,2)"}\n',
  'models/marts/tickets.yml':
    'description: Tickets.\nfrom: raw.tickets\nkey: id\ntime: opened_at\ncolumns: {id: , user_id: , opened_at: , minutes: , price: }\n',
};

/** Semantics.md §2: what divides is a ratio; another unit of the same is none. */
test.each([
  ['count(*)', 'sum'],
  ['sum(price) - count(*)', 'sum'],
  ['sum(minutes) / 60', 'sum'],
  ['1.19 * sum(price)', 'sum'],
  ['min(minutes)', 'min'],
  ['avg(minutes)', 'average'],
  ['count(distinct user_id)', 'distinct'],
  ['sum(price) / count(*)', 'ratio'],
  ['sum(price) / count(*) / 60', 'ratio'],
  ['100 * (sum(price) / count(*))', 'ratio'],
  ['median(minutes)', 'none'],
  ['median(minutes) / 60', 'none'],
  ['count(distinct user_id) / 7', 'none'],
  ['max(minutes) * 2', 'none'],
])('%s: %s', (is, additivity) => {
  const metrics = `from: marts.tickets\nmetrics: {one: {is: ${JSON.stringify(is)}, description: One.}}\n`;
  const files = Object.entries({ ...texts, 'metrics/one.yml': metrics });
  const compiled = compileFiles(files.map(([path, text]) => ({ kind: 'source-file' as const, path, text })));
  expect(compiled.diagnostics).toEqual([]);
  expect(compiled.manifest?.metrics[0]?.additivity).toBe(additivity);
});
