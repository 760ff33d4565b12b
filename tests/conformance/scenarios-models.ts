import { createApp, rawOrders, totals } from './app-orders.ts';
import { rawOrders as fileOrders, first, second } from './file-orders.ts';
import type { SampleModel } from './sample-manifest.ts';
import type { Scenario } from './scenario.ts';

/** What a model may yield, and how it is published. */
export const modelScenarios: readonly Scenario[] = [
  {
    title: 'an incremental model over a view is up to date when its run has ended',
    models: [
      fileOrders,
      {
        name: 'clean.paid',
        columns: 'id integer, amount decimal(10,2)',
        materialized: 'view',
        sql: "select id, amount from raw.orders where status = 'paid'",
      },
      {
        name: 'marts.paid',
        columns: 'id integer, amount decimal(10,2)',
        key: ['id'],
        incremental: 'key',
        sql: 'select id, amount from clean.paid',
      },
    ],
    steps: [
      { files: { 'data/1.csv': first }, expect: { status: { 'clean.paid': 'ok', 'marts.paid': 'ok' } } },
      { files: { 'data/2.csv': second }, expect: { status: { 'clean.paid': 'ok', 'marts.paid': 'ok' } } },
    ],
  },
  {
    title: 'a view is built, follows its input and keeps the old data where a test fails',
    models: [
      rawOrders,
      totals,
      {
        name: 'marts.paid',
        columns: 'orders integer',
        materialized: 'view',
        sql: "select orders from marts.totals where status = 'paid'",
      },
    ],
    tests: [{ name: 'few paid', model: 'marts.paid', fails: 'orders > 2' }],
    steps: [
      { sql: createApp, expect: { tables: { 'marts.paid': [['1']] } } },
      {
        sql: ["insert into app.orders values (3, 5, 'paid', '2025-01-03T00:00:00Z')"],
        expect: { tables: { 'marts.paid': [['2']] } },
      },
      {
        sql: ["insert into app.orders values (4, 5, 'paid', '2025-01-04T00:00:00Z')"],
        expect: {
          exit: 5,
          steps: { 'marts.totals': 'built', 'marts.paid': 'failed' },
          tables: {
            'marts.paid': [['2']],
            'marts.totals': [
              ['open', '1', '20.00'],
              ['paid', '3', '20.50'],
            ],
          },
        },
      },
      { sql: ['delete from app.orders where id = 4'], expect: { tables: { 'marts.paid': [['2']] } } },
    ],
  },
  {
    title: 'a model whose columns change is published in its new shape, those below are kept',
    models: [rawOrders, totals, { name: 'marts.top', columns: 'status text', sql: 'select status from marts.totals' }],
    steps: [
      { sql: createApp, expect: {} },
      {
        models: [
          rawOrders,
          {
            ...totals,
            columns: 'orders integer, status text',
            sql: 'select count(*) as orders, status from raw.orders group by status',
          },
          { name: 'marts.top', columns: 'status text', sql: 'select status from marts.totals' },
        ],
        expect: {
          steps: { 'raw.orders': 'fresh', 'marts.totals': 'built: the definition changed', 'marts.top': 'built' },
          tables: {
            'marts.totals': [
              ['1', 'open'],
              ['1', 'paid'],
            ],
            'marts.top': [['open'], ['paid']],
          },
        },
      },
    ],
  },
  {
    title: 'a SELECT that does not yield the contract is told with both lists',
    models: [
      rawOrders,
      {
        ...totals,
        columns: 'status text, number integer',
        sql: 'select status, count(*) as orders from raw.orders group by status',
      },
    ],
    steps: [
      {
        sql: createApp,
        expect: {
          exit: 5,
          steps: {
            'marts.totals':
              'failed: `marts.totals` does not yield its columns: missing `number`; not in the contract `orders`',
          },
        },
      },
    ],
  },
  {
    title: 'a SELECT that yields another kind of type is told',
    models: [
      rawOrders,
      {
        ...totals,
        columns: 'status integer, orders integer',
        sql: 'select status, count(*) as orders from raw.orders group by status',
      },
    ],
    steps: [
      {
        sql: createApp,
        expect: {
          exit: 5,
          steps: {
            'marts.totals':
              'failed: `marts.totals` yields other types than its contract: `status` is integer, the SELECT yields text',
          },
        },
      },
    ],
  },
  {
    title: 'values and texts of any script pass unchanged',
    models: [rawOrders, { ...totals, description: "Заказы по статусам — «итого»; it's" }],
    tests: [{ name: 'нет пустых', model: 'marts.totals', fails: "status = ''" }],
    steps: [
      {
        sql: [
          ...createApp,
          "insert into app.orders values (3, 1, 'оплачен', '2025-01-03T00:00:00Z'), (4, 2, '支付 ''q'' \"d\" \\', '2025-01-03T00:00:00Z')",
        ],
        expect: {
          tests: { 'нет пустых': 'passed' },
          tables: {
            'marts.totals': [
              ['open', '1', '20.00'],
              ['paid', '1', '10.50'],
              ['оплачен', '1', '1.00'],
              ['支付 \'q\' "d" \\', '1', '2.00'],
            ],
          },
        },
      },
    ],
  },
  {
    title: 'names are never cut into one another',
    models: [
      rawOrders,
      ...['a', 'b'].map(
        (last): SampleModel => ({
          name: `marts.${'long_name_'.repeat(6)}${last}`,
          columns: 'which text',
          sql: `select '${last}' as which from raw.orders limit 1`,
        }),
      ),
    ],
    steps: [
      {
        sql: createApp,
        expect: {
          tables: { [`marts.${'long_name_'.repeat(6)}a`]: [['a']], [`marts.${'long_name_'.repeat(6)}b`]: [['b']] },
        },
      },
    ],
  },
];
