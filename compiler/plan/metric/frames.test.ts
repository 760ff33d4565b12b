import { beforeAll, describe, expect, it } from 'vitest';
import { compileFiles } from '../../compile.ts';
import { loadParser } from '../../expression/parser.ts';
import type { Manifest } from '../../manifest-types.ts';
import { planQuery } from '../../query.ts';
import type { QueryRequest } from '../query-types.ts';

beforeAll(loadParser);

const project = `project: tiny
language: 1
targets:
  dev: {engine: duckdb, path: target/tiny.duckdb}
target: dev
`;
const orders = `description: Orders.
source: {files: data/o.csv}
key: order_id
columns:
  order_id: text
  paid_at: timestamp
  day: date
  user_id: text
  currency: text
  amount: decimal(12,2)
`;
const file = (metrics: string) => `from: raw.orders\ntime: paid_at\nby: [currency]\nmetrics:\n${metrics}`;

function compile(metrics: string) {
  const texts = { 'project.yml': project, 'models/raw/orders.yml': orders, 'metrics/orders.yml': file(metrics) };
  return compileFiles(Object.entries(texts).map(([path, text]) => ({ kind: 'source-file' as const, path, text })));
}

function ask(metrics: string, request: Partial<QueryRequest> & Pick<QueryRequest, 'metrics'>) {
  const { manifest, diagnostics } = compile(metrics);
  expect(diagnostics.filter((d) => d.severity === 'error')).toEqual([]);
  return planQuery(manifest as Manifest, { by: [], order: [], asOf: '2025-07-01T00:00:00Z', ...request });
}

const said = (found: readonly { readonly code: string; readonly message: string }[]) =>
  found.map(({ code, message }) => `${code} ${message}`);

describe('a knob that does not fit is an error', () => {
  it.each([
    [
      '  orders: count(*)\n  week: {is: orders, window: 7 days}\n  month: {is: week, window: 28 days}',
      'E1306 `window` does not apply to `month`: its input `week` reaches back itself',
    ],
    [
      '  total: {is: sum(amount), per: user_id}',
      'E1306 `per` does not apply to `total`, which has no `first()` and no `last()`',
    ],
    ['  final: {is: last(amount), per: account}', 'E1305 `raw.orders` has no column `account`'],
    [
      '  first_day: {is: min(day), compare: {to: 1 year ago}}',
      'E1306 `compare` as percent does not fit `first_day`, whose values are date',
    ],
    ['  first_day: {is: min(day), fill: 0}', 'E1306 `fill: 0` does not fit `first_day`, whose values are date'],
    ['  total: {is: sum(amount), requires: [country]}', 'E1601 `total` requires `country` and cannot be cut by it'],
  ])('%s', (metrics, error) => {
    expect(said(compile(metrics).diagnostics)).toEqual([error]);
  });
});

describe('a question that a metric cannot answer', () => {
  const metrics = `  total: {is: sum(amount), requires: [currency]}
  share: {is: total / 2}
  orders: count(*)
  by_date: {is: count(*), time: day}
  hours: {is: orders, window: 3 hours}
  growth_days: {is: orders, compare: {to: 7 days ago}}
  growth_months: {is: orders, compare: {to: 1 month ago}}
  so_far: {is: orders, to_date: week}
  steps: {is: by_date, window: 2 days}
`;
  it.each<[string, Partial<QueryRequest> & Pick<QueryRequest, 'metrics'>, string]>([
    ['a requirement', { metrics: ['total'] }, 'E1601 metric `total` has no meaning over different `currency`'],
    ['one of an input', { metrics: ['share'] }, 'E1601 metric `share` has no meaning over different `currency`'],
    [
      'a window finer than the grain',
      { metrics: ['hours'], grain: 'day' },
      'E1604 `hours`: a window of `3 hours` is finer than the grain `day`',
    ],
    [
      'a shift finer than the grain',
      { metrics: ['growth_days'], grain: 'week' },
      'E1604 `growth_days`: `7 days ago` is finer than the grain `week`',
    ],
    [
      'months of weeks',
      { metrics: ['growth_months'], grain: 'week' },
      'E1604 `growth_months`: `1 month ago` is no whole number of weeks',
    ],
    [
      'to_date finer than the grain',
      { metrics: ['so_far'], grain: 'month' },
      'E1604 `so_far`: `to_date: week` is finer than the grain `month`',
    ],
    [
      'a comparison of an endless range',
      { metrics: ['growth_days'] },
      'E1604 `growth_days`: a comparison without a grain is of the whole range, which `from` and `to` must give',
    ],
  ])('%s', (_, request, error) => {
    const { plan, diagnostics } = ask(metrics, request);
    expect(plan).toBeUndefined();
    expect(said(diagnostics)).toEqual([error]);
  });

  it('is answered where a requirement is held still', () => {
    expect(ask(metrics, { metrics: ['total'], where: "currency = 'EUR' and true" }).diagnostics).toEqual([]);
    expect(ask(metrics, { metrics: ['share'], by: ['currency'] }).diagnostics).toEqual([]);
    expect(ask(metrics, { metrics: ['share'], where: "currency in ('EUR')" }).diagnostics).toEqual([]);
    expect(ask(metrics, { metrics: ['total'], where: "currency is not distinct from 'EUR'" }).diagnostics).toEqual([]);
    expect(ask(metrics, { metrics: ['total'], where: "currency in ('EUR', 'USD')" }).plan).toBeUndefined();
    expect(ask(metrics, { metrics: ['total'], where: "currency <> 'EUR'" }).plan).toBeUndefined();
  });
});

describe('a window', () => {
  const windows = `  orders: count(*)
  week: {is: orders, window: 7 days}
  people: {is: count(distinct user_id), window: 7 days}
`;
  it('adds up days first where parts merge', () => {
    const { plan } = ask(windows, { metrics: ['week'], grain: 'day' });
    expect(plan!.sql).toContain('sum(r.part_0_0)');
  });
  it('goes by pairs of days for a distinct count, beside what adds up', () => {
    const { plan } = ask(windows, { metrics: ['people'], grain: 'day' });
    expect(plan!.sql).toContain('(r.next is null or r.next >=');
    const both = ask(windows, { metrics: ['week', 'people'], grain: 'day' }).plan!.sql;
    expect(both).toContain('sum(r.part_0_0)');
    expect(both).toContain('(r.next is null or r.next >=');
  });
});
