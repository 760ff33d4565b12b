import { createApp, rawOrders, totals } from './app-orders.ts';
import type { SampleModel } from './sample-manifest.ts';
import type { Scenario } from './scenario.ts';

const followed: SampleModel = { ...totals, incremental: 'key' };
const overlapping: SampleModel = { ...rawOrders, source: { ...rawOrders.source!, overlap: '1 day' } };

function ordersOf(...rows: readonly string[]): string {
  return `insert into app.orders values ${rows.join(', ')}`;
}

/** Tables of somebody else, of which a run reads the rows that arrived since the last one. */
export const arrivalScenarios: readonly Scenario[] = [
  {
    title: 'rows that arrive in a source table touch their own keys, and no others',
    models: [rawOrders, followed],
    steps: [
      { sql: createApp, expect: { repaired: { 'marts.totals': null } } },
      {
        sql: [ordersOf("(3, 5.00, 'paid', '2025-01-03T00:00:00Z')", "(4, 1.00, 'lost', '2025-01-03T00:00:00Z')")],
        expect: {
          steps: { 'raw.orders': 'built: 2 new rows' },
          repaired: { 'marts.totals': 3 },
          tables: {
            'marts.totals': [
              ['lost', '1', '1.00'],
              ['open', '1', '20.00'],
              ['paid', '2', '15.50'],
            ],
          },
        },
      },
      { expect: { steps: { 'raw.orders': 'fresh', 'marts.totals': 'fresh' }, writes: 0 } },
    ],
  },
  {
    title: 'a row that arrives at the very instant of the last one is not missed',
    models: [rawOrders, followed],
    steps: [
      { sql: createApp, expect: {} },
      {
        sql: [ordersOf("(3, 5.00, 'open', '2025-01-02T00:00:00Z')")],
        expect: {
          repaired: { 'marts.totals': 2 },
          tables: {
            'marts.totals': [
              ['open', '2', '25.00'],
              ['paid', '1', '10.50'],
            ],
          },
        },
      },
    ],
  },
  {
    title: 'a row that commits late, with an earlier arrival, is found where an overlap is declared',
    models: [overlapping, followed],
    steps: [
      { sql: createApp, expect: {} },
      {
        sql: [ordersOf("(3, 5.00, 'lost', '2025-01-01T12:00:00Z')")],
        expect: { steps: { 'raw.orders': 'built: 1 new rows' }, repaired: { 'marts.totals': 1 } },
      },
    ],
  },
  {
    title: 'a row that arrives earlier than can be told makes its readers be built whole',
    models: [rawOrders, followed],
    steps: [
      { sql: createApp, expect: {} },
      {
        sql: [ordersOf("(3, 5.00, 'lost', '2024-12-01T00:00:00Z')")],
        expect: { steps: { 'raw.orders': 'built: its rows changed' }, repaired: { 'marts.totals': null } },
      },
      {
        sql: [ordersOf("(4, 2.00, 'open', '2025-01-04T00:00:00Z')")],
        expect: { repaired: { 'marts.totals': 2 } },
      },
    ],
  },
  {
    title:
      'rows of a source table that go or change within its overlap are told one by one; of older ones its readers are built whole',
    models: [overlapping, followed],
    steps: [
      { sql: createApp, expect: {} },
      {
        sql: ['delete from app.orders where id = 1'],
        expect: { repaired: { 'marts.totals': 1 }, tables: { 'marts.totals': [['open', '1', '20.00']] } },
      },
      {
        sql: ["update app.orders set amount = 7, seen = '2025-02-01T00:00:00Z' where id = 2"],
        expect: { repaired: { 'marts.totals': 2 }, tables: { 'marts.totals': [['open', '1', '7.00']] } },
      },
      { sql: [ordersOf("(3, 1.00, 'paid', '2025-03-01T00:00:00Z')")], expect: { repaired: { 'marts.totals': 1 } } },
      {
        sql: ['delete from app.orders where id = 2'],
        expect: { repaired: { 'marts.totals': null }, tables: { 'marts.totals': [['paid', '1', '1.00']] } },
      },
    ],
  },
  {
    title: 'a row without an arrival makes its readers be built whole',
    models: [rawOrders, followed],
    steps: [
      { sql: createApp, expect: {} },
      {
        sql: [ordersOf("(3, 5.00, 'lost', null)")],
        expect: { steps: { 'raw.orders': 'built: its rows changed' }, repaired: { 'marts.totals': null } },
      },
    ],
  },
  {
    title: 'a row stamped in the future is read each time until its time has come',
    models: [rawOrders, followed],
    steps: [
      { sql: createApp, expect: {} },
      {
        sql: [ordersOf("(9, 1.00, 'odd', '2031-01-01T00:00:00Z')")],
        expect: { repaired: { 'marts.totals': 1 } },
      },
      {
        sql: [ordersOf("(10, 2.00, 'paid', '2025-01-05T00:00:00Z')")],
        expect: {
          repaired: { 'marts.totals': 2 },
          tables: {
            'marts.totals': [
              ['odd', '1', '1.00'],
              ['open', '1', '20.00'],
              ['paid', '2', '12.50'],
            ],
          },
        },
      },
    ],
  },
];
