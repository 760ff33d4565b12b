import { beforeAll, describe, expect, it } from 'vitest';
import { compileFiles } from '../../compile.ts';
import { loadParser } from '../../expression/parser.ts';
import { planQuery } from '../../query.ts';
import type { QueryRequest } from '../query-types.ts';

beforeAll(loadParser);

const project = `project: tiny
language: 1
entities:
  user: {key: user_id}
  shop: {key: shop_id}
exclude:
  closed: {entity: shop, in: raw.orders, where: amount < 0}
targets:
  dev: {engine: duckdb, path: target/tiny.duckdb}
target: dev
`;
const orders = `source: {files: data/o.csv}
key: order_id
columns: {order_id: integer, user_id: text, shop_id: text, paid_at: timestamp, ended_at: timestamp, country: text, amount: "decimal(12,2)"}
`;
const activities = `activities:
  bought: {from: raw.orders, entity: user, time: paid_at, value: amount, order: order_id}
  seen: {from: raw.orders, entity: user, time: paid_at}
  sold: {from: raw.orders, entity: shop, time: paid_at}
  held: {from: raw.orders, entity: user, time: paid_at, until: ended_at, value: amount}
  bought_or_held: {any: [bought, held]}
  any_of: {any: [bought, seen]}
cohorts:
  first: {anchor: bought, by: [country]}
  plain: {anchor: any_of}
`;
const uses = '  closing: {is: count(*), from: raw.orders, time: paid_at, exclude: [closed]}\n';

function compile(metrics: string, head = activities) {
  const texts = {
    'project.yml': project,
    'models/raw/orders.yml': orders,
    'metrics/m.yml': `${head}metrics:\n${uses}${metrics}`,
  };
  return compileFiles(Object.entries(texts).map(([path, text]) => ({ kind: 'source-file' as const, path, text })));
}

const errors = (found: ReturnType<typeof compile>['diagnostics']) =>
  found.filter(({ severity }) => severity === 'error').map(({ code, message }) => `${code} ${message}`);

describe('a knob that would change nothing is an error', () => {
  const retention = (more: string) =>
    `  m: {retention: {cohort: first, return: seen, every: week, periods: 2, ${more}}}`;
  it.each([
    [
      retention('return_after_anchor: same_instant'),
      '`return_after_anchor: same_instant` does not apply to `m`: interval 0 is everyone, whoever returns',
    ],
    [
      retention('horizon: {periods: 2}'),
      '`horizon: {"periods":2}` does not apply to `m`: it is for `criteria: on_or_after`',
    ],
    [
      retention('criteria: on_or_after, include_partial: true'),
      '`include_partial: true` does not apply to `m`: its cells are all as of an instant',
    ],
    [
      '  m: {revenue_retention: {activity: bought, every: month, kind: gross, base: opening_plus_reactivated}}',
      '`base: opening_plus_reactivated` does not apply to `m`: of who opens with nothing, gross keeps nothing',
    ],
    [
      '  m: {funnel: {steps: [seen, bought], within: 1 hour, order: any, window_from: previous_step}}',
      '`window_from: previous_step` does not apply to `m`: with `order: any` no step is the one before',
    ],
    [
      '  m: {stickiness: {activity: seen, of: week, in: month, window: trailing}}',
      '`window: trailing` does not apply to `m`: a trailing window is one of days',
    ],
  ])('%s', (metric, message) => {
    expect(errors(compile(metric).diagnostics)).toEqual([`E1306 ${message}`]);
  });

  it('is none where it says its default', () => {
    const defaults =
      'return_after_anchor: strict, horizon: as_of, mean: pooled, include_partial: false, period_zero: anchor';
    expect(errors(compile(retention(defaults)).diagnostics)).toEqual([]);
  });
});

describe('what a form needs is there', () => {
  it.each([
    [
      '  m: {retention: {cohort: first, return: seen, every: week}}',
      'E1205 `periods` of `m`: it is not said how far intervals go',
    ],
    [
      '  m: {retention: {cohort: first, return: seen, every: day, brackets: [2, 0]}}',
      'E1205 `brackets`: expected at least 1, found `0`',
    ],
    [
      '  m: {retention: {cohort: first, return: seen, every: 6 hours, periods: 2}}',
      'E1205 `every` of `m`: a calendar is not cut into 6 hours',
    ],
    [
      '  m: {churn: {activity: seen, inactive_for: 36 hours}}',
      'E1205 `inactive_for` of `m`: `36 hours` is no number of dates',
    ],
    ['  m: {stickiness: {activity: seen, of: day, in: day}}', 'E1205 `of` of `m`: `day` is not shorter than `day`'],
    [
      '  m: {revenue_retention: {activity: bought_or_held, every: month, kind: net}}',
      'E1202 `m` needs `until` in the activity `bought`',
    ],
    ['  m: {churn: {activity: seen, of: opening}}', 'E1202 `m` needs `until` in the activity `seen`'],
    [
      '  m: {ltv: {cohort: first, activity: any_of, horizons: [30 days]}}',
      'E1202 `m` needs `value` in the activity `seen`',
    ],
    [
      '  m: {retention: {cohort: first, return: sold, every: week, periods: 2}}',
      'E1407 `bought` is done by a `user`, `sold` by a `shop`',
    ],
    [
      '  m: {lifecycle: {activity: seen, every: week}, exclude: [closed]}',
      'E1305 `closed` excludes by `shop_id`, and `m` counts by `user_id`',
    ],
    [
      '  m: {lifecycle: {activity: seen, every: week}, timezone: country}',
      'E1306 `timezone: country` does not apply to `m`: its periods are of one zone',
    ],
    [
      '  m: {returned: {activity: seen, after: 7 days}}\n  n: m * 2',
      'E1605 `m` is a returned: it has several columns, and no single value',
    ],
  ])('%s', (metric, message) => {
    expect(errors(compile(metric).diagnostics)).toEqual([message]);
  });

  it('in activities and cohorts, whether a metric uses them or not', () => {
    const head = `activities:
  bought: {from: raw.orders, entity: user, time: amount, until: gone, where: amount, value: country, order: order}
  mixed: {any: [seen, sold]}
  seen: {from: raw.orders, entity: user, time: paid_at}
  sold: {from: raw.orders, entity: shop, time: paid_at, where: sum(amount) > 1}
  round: {any: [trip]}
  trip: {any: [round]}
cohorts:
  first: {anchor: seen, where: land = 'DE', by: [land]}
`;
    expect(errors(compile('', head).diagnostics)).toEqual([
      'E1502 cycle: `round` is made of `trip` is made of `round`',
    ]);
    const straight = head.replace('  trip: {any: [round]}\n', '').replace('  round: {any: [trip]}\n', '');
    expect(errors(compile('', straight).diagnostics)).toEqual([
      'E1603 `amount` of `raw.orders` is decimal(12,2), not a date or timestamp',
      'E1305 `raw.orders` has no column `gone`',
      'E1407 decimal where true or false is expected',
      'E1407 text where a number is expected',
      'E1305 `raw.orders` has no column `order`',
      'E1410 an aggregate where each row is looked at by itself',
      'E1305 `raw.orders` has no column `land`',
      'E1305 `raw.orders` has no column `land`',
    ]);
  });

  it('in a cohort of several activities there is nothing to cut by', () => {
    const head = activities.replace('plain: {anchor: any_of}', 'plain: {anchor: any_of, by: [country]}');
    expect(errors(compile('', head).diagnostics)[0]).toMatch(/^E1306 `by` does not apply to `plain`/);
  });
});

describe('a question', () => {
  const metrics = `  weekly: {retention: {cohort: first, return: seen, every: week, periods: 2}}
  lost: {churn: {activity: seen, inactive_for: 7 days}}
  worth: {ltv: {cohort: first, activity: bought, horizons: [30 days]}}
  life: {lifecycle: {activity: seen, every: week}}
`;
  const ask = (request: Partial<QueryRequest> & Pick<QueryRequest, 'metrics'>) => {
    const { manifest, diagnostics } = compile(metrics);
    expect(errors(diagnostics)).toEqual([]);
    return planQuery(manifest!, { by: [], order: [], asOf: '2025-07-01T00:00:00Z', ...request });
  };
  it.each<[string, Partial<QueryRequest> & Pick<QueryRequest, 'metrics'>, string]>([
    [
      'of two forms at once',
      { metrics: ['weekly', 'closing'] },
      'E1604 `weekly` has rows of its own kind, and is asked for alone',
    ],
    [
      'by cohort without k',
      { metrics: ['weekly'], by: ['cohort'] },
      'E1601 `weekly` has a value for each `k`, which `by` leaves out',
    ],
    [
      'by what the cohort is not cut by',
      { metrics: ['weekly'], by: ['channel'] },
      'E1601 metric `weekly` cannot be cut by `channel`',
    ],
    ['by another period', { metrics: ['weekly'], grain: 'month' }, 'E1604 `weekly` is by week, not by month'],
    ['without a period', { metrics: ['lost'] }, 'E1604 `lost` has no period of its own: a grain is missing'],
    ['by hours of dates', { metrics: ['lost'], grain: 'hour' }, 'E1604 `lost` goes by dates and has no hours'],
    [
      'of cohorts without a period',
      { metrics: ['worth'] },
      'E1604 `worth` has no period of its own: a grain is missing',
    ],
    [
      'with where, where there is no cohort',
      { metrics: ['life'], where: "country = 'DE'" },
      'E1601 metric `life` cannot be cut by `country`',
    ],
    [
      'with where that its dimensions do not fit',
      { metrics: ['weekly'], where: 'country > 5' },
      'E1407 `>` does not fit text and integer',
    ],
    [
      'in an order that is not there',
      { metrics: ['weekly'], order: ['-retained'] },
      'E1305 the result has no column `retained` to order by',
    ],
    [
      'of a day that is not',
      { metrics: ['weekly'], from: '2025-02-30' },
      'E1205 `from` is `2025-02-30`, not a date such as `2025-01-31`',
    ],
  ])('%s', (_, request, message) => {
    const { plan, diagnostics } = ask(request);
    expect(plan).toBeUndefined();
    expect(diagnostics.map(({ code, message: text }) => `${code} ${text}`)).toContain(message);
  });

  it('has the columns of its form, dimensions after k', () => {
    const { plan } = ask({ metrics: ['weekly'], by: ['country'] });
    expect(plan!.columns.map(({ name, role }) => `${name} ${role}`)).toEqual([
      'cohort grain',
      'k dimension',
      'country dimension',
      'size metric',
      'returned metric',
      'rate metric',
      'state state',
    ]);
    expect(plan!.reads).toEqual(['raw.orders']);
    expect(ask({ metrics: ['weekly'], by: ['k'] }).plan!.columns.map((c) => c.name)).toEqual([
      'k',
      'size',
      'returned',
      'rate',
    ]);
    expect(ask({ metrics: ['worth'], by: ['horizon'] }).plan!.columns.map((c) => c.name)).toEqual([
      'horizon',
      'n_total',
      'n_mature',
      'value',
      'ltv',
      'state',
    ]);
  });
});

it('a manifest tells the rule in words, with every knob and where it came from', () => {
  const { manifest } = compile('  m: {retention: {cohort: first, return: seen, every: week, periods: 2}}');
  const metric = manifest!.metrics.find(({ name }) => name === 'm')!;
  expect(metric.words.en[0]).toBe('A cohort is those who had their first `bought` ever, by week.');
  expect(metric.knobs.map(({ name, value, from }) => `${name}: ${value} (${from})`)).toEqual([
    'every: week (definition)',
    'periods: 2 (definition)',
    'criteria: on (language)',
    'interval: calendar (language)',
    'period_zero: anchor (language)',
    'horizon: as_of (language)',
    'cohort: first (definition)',
    'return: seen (definition)',
    'return_after_anchor: strict (language)',
    'min_occurrences: 1 (language)',
    'mean: pooled (language)',
    'include_partial: false (language)',
    'timezone: UTC (project)',
    'exclude: none (language)',
    'week_start: monday (project)',
  ]);
});

it('conditions of cohorts and exclusions are told in words, too', () => {
  const head = `${activities}  german: {anchor: bought, where: country = 'DE' and amount >= 10}\n  any_german: {anchor: bought, occurrence: first_matching, where: "country in ('DE', 'AT')"}\n`;
  const { manifest } = compile(
    `  m: {retention: {cohort: german, return: seen, every: week, periods: 2}}
  n: {repeat: {activity: sold, within: 1 day}, exclude: [closed]}
  o: {ltv: {cohort: any_german, activity: bought, horizons: [1 day]}}
`,
    head,
  );
  const words = (name: string) => manifest!.metrics.find((metric) => metric.name === name)!.words.en;
  expect(words('m').slice(0, 2)).toEqual([
    'A cohort is those who had their first `bought` ever, by week.',
    "That event must be one where country is 'DE' and amount is at least 10, else they are in no cohort.",
  ]);
  expect(words('n').at(-1)).toBe(
    'Left out: `closed`, the rows whose `shop_id` is in `raw.orders` where amount is less than 0.',
  );
  expect(words('o').slice(0, 2)).toEqual([
    'A cohort is those who had their first matching `bought`.',
    "Only events where country is one of 'DE', 'AT' count for it.",
  ]);
});

it('a change of an activity is a change of what is counted', () => {
  const of = (head: string) =>
    compile('  m: {lifecycle: {activity: any_of, every: week}}', head).manifest!.metrics.find(
      ({ name }) => name === 'm',
    )!.fingerprint;
  expect(of(activities)).toBe(
    of(activities.replace('entity: user, time: paid_at}', 'entity: user, time: paid_at, description: Seen.}')),
  );
  expect(of(activities)).not.toBe(
    of(activities.replace('entity: user, time: paid_at}', 'entity: user, time: paid_at, where: amount > 0}')),
  );
});
