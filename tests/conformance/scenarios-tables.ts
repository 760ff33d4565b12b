import { createApp, rawOrders, totals } from './app-orders.ts';
import type { Scenario } from './scenario.ts';

/** Sources that are tables of the target. */
export const tableScenarios: readonly Scenario[] = [
  {
    title: 'a first run builds a source table and a model over it',
    models: [rawOrders, totals],
    steps: [
      {
        sql: createApp,
        expect: {
          steps: { 'raw.orders': 'built: never loaded', 'marts.totals': 'built: never built' },
          tables: {
            'marts.totals': [
              ['open', '1', '20.00'],
              ['paid', '1', '10.50'],
            ],
          },
          state: {
            'select status, built, failed from etalon_state.runs': ['done', '2', '0'],
            "select inputs, row_count, complete_through from etalon_state.versions where model = 'marts.totals'": [
              '{"raw.orders":1}',
              '2',
              '2025-01-02T00:00:00Z',
            ],
            'select row_count, watermark from etalon_state.cursors': ['2', '2025-01-02T00:00:00Z'],
          },
        },
      },
    ],
  },
  {
    title: 'an unchanged project with no new rows writes nothing and asks the source once',
    models: [rawOrders, totals],
    steps: [
      { sql: createApp, expect: {} },
      {
        expect: {
          steps: { 'raw.orders': 'fresh: no new rows', 'marts.totals': 'fresh: nothing changed' },
          writes: 0,
          queries: 10,
          state: { 'select count(*) from etalon_state.runs': ['1'] },
        },
      },
    ],
  },
  {
    title: 'new rows of a source table rebuild what reads it',
    models: [rawOrders, totals],
    steps: [
      { sql: createApp, expect: {} },
      {
        sql: ["insert into app.orders values (3, 5, 'paid', '2025-01-03T00:00:00Z')"],
        expect: {
          steps: { 'raw.orders': 'built: 1 new rows', 'marts.totals': 'built: input `raw.orders` changes' },
          tables: {
            'marts.totals': [
              ['open', '1', '20.00'],
              ['paid', '2', '15.50'],
            ],
          },
        },
      },
    ],
  },
  {
    title: 'a source table without an arrival column is taken as changed',
    models: [{ ...rawOrders, source: { from: 'table', table: 'app.orders' } }, totals],
    steps: [
      { sql: createApp, expect: {} },
      {
        sql: ['update app.orders set amount = 30 where id = 2'],
        expect: {
          steps: { 'raw.orders': 'built: its table has no `loaded_at`, so it is taken as changed' },
          tables: {
            'marts.totals': [
              ['open', '1', '30.00'],
              ['paid', '1', '10.50'],
            ],
          },
        },
      },
    ],
  },
  {
    title: 'a missing source table is told with what is there instead; others go on',
    models: [
      { ...rawOrders, name: 'raw.lost', source: { from: 'table', table: 'app.ordres', loadedAt: 'seen' } },
      rawOrders,
      totals,
    ],
    steps: [
      {
        sql: createApp,
        expect: {
          exit: 5,
          steps: {
            'raw.lost': 'failed: the table `app.ordres` is not there: `app` has `orders`',
            'marts.totals': 'built',
          },
          state: {
            'select status from etalon_state.runs': ['part'],
            'select model, kind from etalon_state.errors': ['raw.lost', 'data'],
          },
        },
      },
    ],
  },
  {
    title: 'a missing column of a source table is told with those that are there',
    models: [{ ...rawOrders, columns: 'id integer, total decimal(10,2), seen timestamp' }],
    steps: [
      {
        sql: createApp,
        expect: {
          exit: 5,
          steps: {
            'raw.orders':
              'failed: the table `app.orders` has no column `total`; it has `id`, `amount`, `status`, `seen`',
          },
        },
      },
    ],
  },
  {
    title: 'rows stamped in the future do not move the watermark',
    models: [
      { ...rawOrders, time: 'seen' },
      {
        ...totals,
        columns: 'id integer, seen timestamp',
        time: 'seen',
        key: ['id'],
        sql: 'select id, seen from raw.orders',
      },
    ],
    steps: [
      {
        sql: [...createApp, "insert into app.orders values (9, 1, 'paid', '2031-01-01T00:00:00Z')"],
        expect: {
          state: {
            "select complete_through < timestamptz '2025-07-01T00:00:00Z', fresh_through from etalon_state.versions where model = 'marts.totals'":
              ['true', '2025-01-02T00:00:00Z'],
          },
        },
      },
    ],
  },
  {
    title: 'empty source tables give empty tables, and no test fails over nothing',
    models: [rawOrders, totals],
    tests: [{ name: 'positive', model: 'marts.totals', fails: 'amount < 0', max: { share: 0 } }],
    steps: [
      {
        sql: [...createApp, 'delete from app.orders'],
        expect: { tables: { 'marts.totals': [] }, tests: { positive: 'passed' }, steps: { 'marts.totals': 'built' } },
      },
    ],
  },
];
