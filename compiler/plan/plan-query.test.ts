import { beforeAll, describe, expect, it } from 'vitest';
import { loadParser } from '../expression/parser.ts';
import type { Catalog, CatalogMetric } from './catalog.ts';
import { planQuery } from './plan-query.ts';
import type { QueryRequest } from './query-types.ts';

beforeAll(loadParser);

const columns = (shape: Record<string, string>) => Object.entries(shape).map(([name, type]) => ({ name, type }));
const metric = (name: string, expression: string, more: Partial<CatalogMetric> = {}): CatalogMetric => ({
  name,
  computed: true,
  expression,
  exclude: [],
  dimensions: ['country', 'customer.country', 'customer.channel'].map((d) => ({ name: d })),
  inputs: [],
  type: 'decimal',
  ...more,
});
const ofOrders = { model: 'marts.orders', time: 'paid_at' };
const metrics = [
  metric('revenue', 'sum(amount)', ofOrders),
  metric('orders', 'count(*)', { ...ofOrders, type: 'integer' }),
  metric('aov', 'revenue / orders', { type: 'double', inputs: ['revenue', 'orders'] }),
  metric('visits', 'count(*)', {
    model: 'marts.visits',
    time: 'day',
    type: 'integer',
    dimensions: [{ name: 'country' }],
  }),
  metric('users', 'count(*)', { model: 'marts.users', type: 'integer' }),
  metric('mrr', 'sum(amount)', { computed: false, notComputed: '`window`' }),
];
const catalog: Catalog = {
  calendar: { timezone: 'Europe/Berlin', weekStart: 'monday', fiscalYearStart: 1 },
  models: new Map(
    [
      {
        name: 'marts.orders',
        key: ['order_id'],
        columns: columns({
          order_id: 'integer',
          user_id: 'text',
          paid_at: 'timestamp',
          amount: 'decimal(12,2)',
          country: 'text',
        }),
        relations: [{ name: 'customer', to: 'marts.users', on: ['user_id'] }],
      },
      {
        name: 'marts.users',
        key: ['user_id'],
        columns: columns({ user_id: 'text', channel: 'text', country: 'text' }),
        relations: [],
      },
      {
        name: 'marts.visits',
        key: ['visit_id'],
        columns: columns({ visit_id: 'integer', day: 'date', country: 'text' }),
        relations: [],
      },
    ].map((m) => [m.name, m]),
  ),
  metrics: new Map(metrics.map((m) => [m.name, m])),
  exclusions: new Map(),
  activities: new Map(),
  cohorts: new Map(),
  segments: new Map(),
};
const ask = (request: Partial<QueryRequest>) =>
  planQuery(catalog, { metrics: ['revenue'], by: [], order: [], asOf: '2025-07-01T00:00:00Z', ...request });

describe('planQuery names what is wrong and what there is', () => {
  const cases: [string, Partial<QueryRequest>, string, RegExp][] = [
    ['an unknown metric', { metrics: ['revenu'] }, 'E1501', /did you mean `revenue`/],
    ['a dimension that is not allowed', { by: ['channel'] }, 'E1601', /`customer.channel`/],
    [
      'a dimension that one of two metrics lacks',
      { metrics: ['revenue', 'visits'], by: ['customer.channel'] },
      'E1601',
      /`country`/,
    ],
    ['two grains', { by: ['day', 'month'] }, 'E1604', /once for each/],
    ['hours of a date', { metrics: ['visits'], grain: 'hour' }, 'E1604', /^$/],
    ['a grain where there is no time', { metrics: ['users'], grain: 'day' }, 'E1603', /say `time:`/],
    ['a day that is not', { from: '2025-02-30' }, 'E1205', /^$/],
    ['an order by what is not there', { order: ['-revenu'] }, 'E1305', /did you mean `revenue`/],
    ['an aggregate in where', { where: 'sum(country) > 1' }, 'E1410', /a condition over dimensions/],
    ['a column in where that is no dimension', { where: "user_id = 'a'" }, 'E1601', /dimensions are allowed by/],
    ['a subquery in where', { where: 'country in (select country from marts.users)' }, 'E1408', /a relation leads/],
    ['where that does not parse', { where: 'country = ' }, 'E1401', /missing after `=`/],
    ['a metric not computed', { metrics: ['mrr'] }, 'E1901', /^$/],
  ];
  it.each(cases)('%s', (_, request, code, hints) => {
    const { plan, diagnostics } = ask(request);
    expect(plan).toBeUndefined();
    expect(diagnostics[0]?.code).toBe(code);
    expect(diagnostics[0]?.hints.join(' ')).toMatch(hints);
  });

  const typed = metrics.map((one) => ({ ...one, dimensions: [...one.dimensions, { name: 'day', type: 'date' }] }));
  const texts = (one: CatalogMetric) => one.dimensions.map((d) => (d.name === 'country' ? { ...d, type: 'text' } : d));
  const withTypes = new Map(typed.map((one) => [one.name, { ...one, dimensions: texts(one) }]));
  it.each([
    ['country = 5', '`=` does not fit text and integer', '--where:1:9'],
    ['country > 5', '`>` does not fit text and integer', '--where:1:9'],
    ['country in (5, 7)', '`in` does not fit text and integer', '--where:1:9'],
    ['country = true', '`=` does not fit text and boolean', '--where:1:9'],
    ['country like 5', '`like` is for text, and this is integer', '--where:1:9'],
    ['country', 'text where true or false is expected', '--where:1:1'],
    ["not country and day > '2025-01-01'", 'a condition is expected, and this is text', '--where:1:5'],
  ])('a condition that its dimensions do not fit: %s', (where, message, place) => {
    for (const names of [['aov'], ['visits', 'revenue']]) {
      const { plan, diagnostics } = planQuery(
        { ...catalog, metrics: withTypes },
        { metrics: names, by: [], order: [], where, asOf: '2025-07-01T00:00:00Z' },
      );
      expect(plan).toBeUndefined();
      expect(diagnostics.map(({ code, message: text }) => `${code} ${text}`)).toEqual([`E1407 ${message}`]);
      const { file, start } = diagnostics[0]!.span!;
      expect(`${file}:${start.line}:${start.column}`).toBe(place);
      const told = where.includes('day') ? '`country` is text, `day` is date' : '`country` is text';
      expect(diagnostics[0]!.hints.at(-1)).toBe(`in \`${where}\` ${told}; a text stands in quotes: \`'5'\``);
    }
  });

  it('a join that could fan out', () => {
    const models = new Map(catalog.models).set('marts.users', { ...catalog.models.get('marts.users')!, key: [] });
    const { diagnostics } = planQuery(
      { ...catalog, models },
      { metrics: ['revenue'], by: ['customer.channel'], order: [], asOf: '2025-07-01T00:00:00Z' },
    );
    expect(diagnostics[0]).toMatchObject({
      code: 'E1602',
      message: 'the join `customer` could fan out: `marts.users` declares no key',
    });
  });
});

describe('planQuery', () => {
  it('yields grain, dimensions, metrics, state, and reads the models it joins', () => {
    const { plan } = ask({ metrics: ['aov'], by: ['customer.channel'], grain: 'month' });
    expect(plan!.columns).toEqual([
      { name: 'month', type: 'date', role: 'grain' },
      { name: 'channel', type: 'text', role: 'dimension' },
      { name: 'aov', type: 'double', role: 'metric' },
      { name: 'state', type: 'text', role: 'state' },
    ]);
    expect(plan!.reads).toEqual(['marts.orders', 'marts.users']);
  });

  it('writes dimensions out where their last parts are the same', () => {
    const { plan } = ask({ by: ['country', 'customer.country'] });
    expect(plan!.columns.map((c) => c.name)).toEqual(['country', 'customer_country', 'revenue', 'state']);
  });

  it('keeps the names of a result apart', () => {
    const dims = ['state', 'month', 'customer.state', 'customer.total', 'customer.month'].map((name) => ({ name }));
    const total = metric('total', 'count(*)', { model: 'marts.places', time: 'at', dimensions: dims });
    const columnsOf = (shape: Record<string, string>) => ({ key: ['id'], relations: [], columns: columns(shape) });
    const places: Catalog = {
      ...catalog,
      metrics: new Map([['total', total]]),
      models: new Map([
        [
          'marts.people',
          { name: 'marts.people', ...columnsOf({ id: 'text', state: 'text', total: 'text', month: 'text' }) },
        ],
        [
          'marts.places',
          {
            ...columnsOf({ id: 'text', at: 'timestamp', state: 'text', month: 'text' }),
            name: 'marts.places',
            relations: [{ name: 'customer', to: 'marts.people', on: ['id'] }],
          },
        ],
      ]),
    };
    const askPlaces = (request: Partial<QueryRequest>) =>
      planQuery(places, { metrics: ['total'], by: [], order: [], asOf: '2025-07-01T00:00:00Z', ...request });
    const named = (request: Partial<QueryRequest>) => askPlaces(request).plan?.columns.map((c) => c.name);
    expect(named({ by: ['customer.state'] })).toEqual(['customer_state', 'total', 'state']);
    expect(named({ by: ['state'] })).toEqual(['state', 'total', 'period_state']);
    expect(named({ by: ['customer.total'] })).toEqual(['customer_total', 'total', 'state']);
    expect(named({ by: ['month'] })).toEqual(['month', 'total', 'state']);
    expect(named({ by: ['customer.month'], grain: 'month' })).toEqual(['month', 'customer_month', 'total', 'state']);
    const { plan, diagnostics } = askPlaces({ by: ['month'], grain: 'month' });
    expect(plan).toBeUndefined();
    expect(diagnostics.map(({ code, message }) => `${code} ${message}`)).toEqual([
      'E1302 the result has two columns `month`: a grain and a dimension',
    ]);
  });

  it('joins only what the question asks for', () => {
    expect(ask({ by: ['country'] }).plan!.reads).toEqual(['marts.orders']);
    expect(ask({ where: "customer.channel = 'ads'" }).plan!.reads).toEqual(['marts.orders', 'marts.users']);
  });

  it('aggregates two facts apart', () => {
    const { plan } = ask({ metrics: ['revenue', 'visits'], by: ['country', 'day'] });
    expect(plan!.sql.match(/\bfact_\d as \(/g)).toEqual(['fact_1 as (', 'fact_2 as (']);
  });

  it('takes two metrics of one fact in one scan', () => {
    expect(ask({ metrics: ['revenue', 'orders', 'aov'] }).plan!.sql.match(/\bfact_\d as \(/g)).toEqual(['fact_1 as (']);
  });
});
