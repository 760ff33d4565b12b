import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ManifestMetric, ManifestModel } from '../compiler/index.ts';
import { reconcile, type Step } from './reconciliation.ts';
import { makeSayAgain } from './sayings.ts';
import type { SiteContext } from './site-context.ts';
import type { MetricRows, SiteModelStatus } from './site-types.ts';
import { makeTranslate } from './translate.ts';

type Status = Omit<SiteModelStatus, 'model' | 'status'>;

function model(name: string, from: string | undefined, more: Partial<ManifestModel> = {}): ManifestModel {
  const sources = from === undefined ? [] : [{ model: from, column: 'order_id', how: 'same' as const }];
  const own = { name, layer: name.split('.')[0], key: ['order_id'], reads: from === undefined ? [] : [from] };
  return { ...own, columns: [{ name: 'order_id', sources }], ...more } as unknown as ManifestModel;
}

const models = [
  model('raw.orders', undefined),
  model('clean.orders', 'raw.orders'),
  model('marts.orders', 'clean.orders', { reads: ['clean.orders', 'clean.users'] }),
  model('marts.pairs', undefined, { reads: ['clean.orders', 'clean.users'] }),
];
const revenue = {
  name: 'revenue',
  model: 'marts.orders',
  where: "status = 'paid'",
  time: 'paid_at',
  exclude: ['tests', 'staff'],
};

function siteOf(
  statuses: Readonly<Record<string, Status>>,
  rows?: Omit<MetricRows, 'metric'>,
  minGroupSize = 0,
): SiteContext {
  const activities = [{ name: 'purchase', model: 'clean.orders', where: "status = 'paid'" }];
  return {
    t: makeTranslate('en'),
    again: makeSayAgain('en'),
    models: new Map(models.map((each) => [each.name, each])),
    metricRows: new Map(rows ? [['revenue', { metric: 'revenue', ...rows }]] : []),
    input: {
      language: 'en',
      history: { models: statuses },
      manifest: { activities, project: { site: { minGroupSize } } },
    },
  } as unknown as SiteContext;
}

const steps = (site: SiteContext, metric: object = revenue) => reconcile(site, metric as ManifestMetric);
const lines = (found: readonly Step[] | undefined) =>
  found?.map(({ kind, words, rows }) => `${kind === 'stand' ? '=' : '-'} ${rows ?? '?'} ${words}`);

const known: Readonly<Record<string, Status>> = {
  'raw.orders': {
    rows: 700,
    rejected: 3,
    arrivals: {
      rows: 9,
      late: 0,
      future: 0,
      rejected: 3,
      reasons: [
        { reason: 'not JSON', rows: 2 },
        { reason: '`at` is no time', rows: 1 },
      ],
    },
  },
  'clean.orders': {
    rows: 360,
    account: [
      { part: 'in', rows: 690 },
      { part: 'out', rows: 360 },
      { part: 'duplicate', rows: 300 },
      { part: 'excluded', rule: 'tests', rows: 20 },
      { part: 'rejected', rule: '`amount` is no number', rows: 7 },
      { part: 'rest', rule: 'not wanted or waiting', rows: 3 },
    ],
  },
  'marts.orders': { rows: 361 },
};
const counted = {
  all: 365,
  filtered: 45,
  exclusions: [
    { name: 'tests', rows: 8, removed: 8 },
    { name: 'staff', rows: 8, removed: 2 },
  ],
  untimed: 0,
  counted: 310,
};

describe('from the source to the rows that count', () => {
  it('every step says why, and where rows were counted at other times', () => {
    expect(lines(steps(siteOf(known, counted)))).toEqual([
      '= 703 came to `raw.orders`',
      '- 2 refused: not JSON',
      '- 1 refused: `at` is no time',
      '= 700 in `raw.orders`',
      '- 10 came or went between the builds of `raw.orders` and `clean.orders`',
      '- 300 copies of a row that is kept',
      '- 20 left out by tests',
      '- 7 refused: `amount` is no number',
      '- 3 not wanted by `where` or waiting for their period',
      '= 360 in `clean.orders`',
      '- -1 added by the query of `marts.orders`',
      '= 361 in `marts.orders`',
      '- -4 came or went in `marts.orders` since it was built',
      '- 45 not what this metric asks for, or not known to be',
      '- 8 left out by `tests`',
      '- 2 left out by `staff`',
      '= 310 counted by this metric',
    ]);
  });

  it('what nobody counted has no number', () => {
    const { 'raw.orders': raw } = known;
    expect(lines(steps(siteOf({ 'raw.orders': { ...raw!, rejected: 5 } })))).toEqual([
      '= 705 came to `raw.orders`',
      '- 5 refused, because they could not be read as declared',
      '= 700 in `raw.orders`',
      '- ? left out or put together by the query of `clean.orders`',
      '= ? in `clean.orders`',
      '- ? left out or put together by the query of `marts.orders`',
      '= ? in `marts.orders`',
      '- ? not what this metric asks for, or not known to be',
      '- ? left out by `tests`',
      '- ? left out by `staff`',
      '- ? without `paid_at`, and so in no period',
      '= ? counted by this metric',
    ]);
  });

  it('a cohort form goes by its activity, and a model of several others begins with itself', () => {
    const funnel = { name: 'f', rule: { rule: 'funnel', steps: ['purchase', 'other'] }, exclude: [] };
    expect(lines(steps(siteOf(known), funnel))?.slice(-3)).toEqual([
      '= 360 in `clean.orders`',
      '- ? not what this metric asks for, or not known to be',
      '= ? counted by this metric',
    ]);
    const pairs = { name: 'p', model: 'marts.pairs', exclude: [] };
    expect(lines(steps(siteOf({ 'marts.pairs': { rows: 4 } }), pairs))?.[0]).toBe('= 4 in `marts.pairs`');
    expect(steps(siteOf(known), { name: 'aov', inputs: ['revenue'], exclude: [] })).toBeUndefined();
  });

  it('tells no rows of the metric where few people are hidden: one of them may have many', () => {
    const shown = steps(siteOf(known, counted, 5))!.slice(-6);
    expect(shown.map(({ rows }) => rows)).toEqual([-4, 'hidden', 'hidden', 'hidden', 'hidden', 'hidden']);
  });
});

it('adds up wherever the numbers are known', () => {
  const n = fc.nat({ max: 1000 });
  const account = fc.record({ out: n, duplicate: n, excluded: n, rejected: n, rest: fc.integer({ min: -9, max: 9 }) });
  const maybe = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined });
  const input = fc.record({
    raw: maybe(n),
    refused: n,
    clean: maybe(n),
    marts: maybe(n),
    account: maybe(account),
    rows: maybe(fc.tuple(n, n, n, n, n)),
  });
  fc.assert(
    fc.property(input, ({ raw, refused, clean, marts, account: parts, rows }) => {
      const held = (count: number | undefined) => (count === undefined ? {} : { rows: count });
      const all = parts && Object.entries(parts).map(([part, count]) => ({ part, rows: count }));
      const total = all?.reduce((sum, each) => sum + each.rows, 0);
      const statuses = {
        'raw.orders': { ...held(raw), rejected: refused },
        'clean.orders': { ...held(clean), ...(all ? { account: [{ part: 'in', rows: total }, ...all] } : {}) },
        'marts.orders': held(marts),
      } as unknown as Readonly<Record<string, Status>>;
      const [filtered = 0, first = 0, second = 0, untimed = 0, left = 0] = rows ?? [];
      const found = steps(
        siteOf(
          statuses,
          rows && {
            all: filtered + first + second + untimed + left,
            filtered,
            exclusions: [
              { name: 'tests', rows: first, removed: first },
              { name: 'staff', rows: second, removed: second },
            ],
            untimed,
            counted: left,
          },
        ),
      )!;
      let sum: number | undefined;
      for (const { kind, rows: count } of found) {
        const here = typeof count === 'number' ? count : undefined;
        if (kind === 'go') sum = sum === undefined || here === undefined ? undefined : sum - here;
        else {
          if (sum !== undefined && here !== undefined) expect(here).toBe(sum);
          sum = here;
        }
      }
    }),
    { numRuns: 300 },
  );
});
