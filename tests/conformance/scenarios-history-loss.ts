import { createApp, rawOrders as tableOrders, totals as tableTotals } from './app-orders.ts';
import { first, rawOrders, reloading, second, totals } from './file-orders.ts';
import type { SampleModel } from './sample-manifest.ts';
import type { Scenario } from './scenario.ts';

const wider: SampleModel = { ...rawOrders, columns: 'id integer!, amount decimal(12,2), status text' };
const otherBranch: SampleModel = { name: 'clean.one', columns: 'n integer', sql: 'select 1 as n' };
const standing = [
  ['1', '10.50', 'paid'],
  ['2', '20.00', 'open'],
  ['3', '5.00', 'paid'],
];

/** A source that no longer has what was loaded from it is not read anew unless somebody says that the loss is meant. */
export const historyLossScenarios: readonly Scenario[] = [
  {
    title: 'a full refresh leaves a source alone whose files are gone, and goes on elsewhere',
    models: [rawOrders, totals, otherBranch],
    steps: [
      { files: { 'data/1.csv': first, 'data/2.csv': second }, expect: {} },
      {
        files: { 'data/1.csv': null },
        run: { fullRefresh: true },
        expect: {
          exit: 5,
          steps: {
            'raw.orders':
              'failed: forced by --full-refresh, so its files are loaded again, and `data/1.csv` is gone: put it back, or let the rows go with --accept-loss; lost would be 2 rows that arrived on 2025-06-01',
            'marts.totals': 'skipped: `raw.orders` failed',
            'clean.one': 'built: forced by --full-refresh',
          },
          tables: { 'raw.orders': standing },
        },
      },
      { expect: { steps: { 'raw.orders': 'fresh', 'marts.totals': 'fresh' } } },
      {
        run: { fullRefresh: true, acceptLoss: true },
        expect: {
          steps: { 'raw.orders': 'built: forced by --full-refresh: 1 file' },
          tables: { 'raw.orders': [['3', '5.00', 'paid']] },
        },
      },
    ],
  },
  {
    title: 'a file that has another name now is no loss',
    models: [rawOrders, totals],
    steps: [
      { files: { 'data/1.csv': first, 'data/2.csv': second }, expect: {} },
      {
        files: { 'data/1.csv': null, 'data/9.csv': first },
        run: { fullRefresh: true },
        expect: { steps: { 'raw.orders': 'built' }, tables: { 'raw.orders': standing } },
      },
    ],
  },
  {
    title: 'a file that was moved and then changed takes the place of its own rows',
    models: [reloading, totals],
    steps: [
      { files: { 'data/1.csv': first, 'data/2.csv': second }, expect: {} },
      {
        files: { 'data/1.csv': null, 'data/9.csv': first },
        expect: {
          steps: { 'raw.orders': 'fresh: 1 file moved or touched' },
          state: { "select count(*) from raw.orders__rejected where _file = 'data/9.csv'": ['0'] },
        },
      },
      {
        files: { 'data/9.csv': 'id,amount,status\n1,11,paid\n' },
        expect: {
          tables: {
            'raw.orders': [
              ['1', '11.00', 'paid'],
              ['3', '5.00', 'paid'],
            ],
          },
        },
      },
    ],
  },
  {
    title: 'a new definition does not take fewer rows from a file than were loaded from it',
    models: [reloading, totals],
    steps: [
      { files: { 'data/1.csv': first, 'data/2.csv': `${second}4,5,paid\nx,5,paid\n` }, expect: {} },
      {
        files: { 'data/2.csv': 'id,amount,status\n3,5,paid\n' },
        models: [{ ...wider, source: reloading.source! }, totals],
        expect: {
          exit: 5,
          steps: {
            'raw.orders':
              'failed: the definition changed: 2 files, and its files hold less than was loaded from them: lost would be of `data/2.csv` 2 rows; put them back',
            'marts.totals': 'skipped',
          },
          tables: { 'raw.orders': [...standing, ['4', '5.00', 'paid']] },
          state: { 'select count(*) from etalon_state.loaded_files where current': ['2'] },
        },
      },
      {
        run: { acceptLoss: true },
        expect: { steps: { 'raw.orders': 'built: the definition changed' }, tables: { 'raw.orders': standing } },
      },
    ],
  },
  {
    title: 'a row that a new definition rejects is no loss',
    models: [rawOrders],
    steps: [
      { files: { 'data/1.csv': first }, expect: {} },
      {
        models: [{ ...rawOrders, columns: 'id integer!, amount decimal(10,2), status integer' }],
        expect: {
          tables: { 'raw.orders': [] },
          state: { 'select count(*) from raw.orders__rejected': ['2'] },
        },
      },
    ],
  },
  {
    title: 'a source table that begins later than it did is not taken over by a full refresh',
    models: [tableOrders, tableTotals],
    steps: [
      { sql: createApp, expect: {} },
      {
        sql: [
          "insert into app.orders values (3, 5.00, 'paid', '2025-03-01T00:00:00Z'), (4, 1.00, 'open', '2025-03-31T23:59:59Z'), (5, 2.00, 'open', null)",
        ],
        expect: {
          state: {
            "select count(*), min(cast(month as varchar)), max(cast(month as varchar)), sum(row_count) from etalon_state.source_history where model = 'raw.orders'":
              ['3', '2025-01-01', '2025-03-01', '5'],
          },
        },
      },
      {
        sql: [
          "delete from app.orders where seen < '2025-02-01T00:00:00Z'",
          "insert into app.orders select 10 + n, 1.00, 'paid', timestamptz '2025-04-01T00:00:00Z' from generate_series(1, 9) as s(n)",
        ],
        run: { fullRefresh: true },
        expect: {
          exit: 5,
          steps: {
            'raw.orders':
              'failed: forced by --full-refresh, and `app.orders` has lost history: 2 rows that arrived in 2025-01; put them back, or let them go with --accept-loss',
            'marts.totals': 'skipped',
          },
        },
      },
      {
        run: { fullRefresh: true, acceptLoss: true },
        expect: {
          steps: { 'raw.orders': 'built: forced by --full-refresh' },
          state: { 'select sum(row_count) from etalon_state.source_history': ['12'] },
        },
      },
      { run: { fullRefresh: true }, expect: { steps: { 'raw.orders': 'built: forced by --full-refresh' } } },
    ],
    rebuild: { equal: false, because: 'rows that were deleted between runs cannot be told from those never there' },
  },
  {
    title: 'months that only grew are counted again, and no others',
    models: [{ ...tableOrders, source: { ...tableOrders.source!, overlap: '1 day' } }],
    steps: [
      { sql: createApp, expect: {} },
      {
        sql: ["insert into app.orders values (3, 5.00, 'paid', '2025-02-10T00:00:00Z')"],
        expect: { steps: { 'raw.orders': 'built: 1 new rows' } },
      },
      {
        sql: [
          "insert into app.orders values (4, 5.00, 'paid', '2025-02-09T12:00:00Z'), (5, 5.00, 'paid', '2025-03-09T12:00:00Z')",
        ],
        expect: {
          steps: { 'raw.orders': 'built: 2 new rows' },
          state: {
            "select sum(case when month = date '2025-01-01' then row_count end), sum(case when month = date '2025-02-01' then row_count end), sum(case when month = date '2025-03-01' then row_count end), sum(case when month = date '2025-01-01' then build end), sum(case when month = date '2025-02-01' then build end) from etalon_state.source_history":
              ['2', '2', '1', '2', '3'],
          },
        },
      },
    ],
  },
  {
    title: 'a source table that says no arrivals is compared by its number of rows',
    models: [{ ...tableOrders, source: { from: 'table', table: 'app.orders' } }],
    steps: [
      { sql: createApp, expect: {} },
      {
        sql: ['delete from app.orders where id = 1'],
        models: [
          {
            ...tableOrders,
            columns: 'id integer, amount decimal(12,2)',
            source: { from: 'table', table: 'app.orders' },
          },
        ],
        expect: {
          exit: 5,
          steps: {
            'raw.orders': 'failed: the definition changed, and `app.orders` has lost history: 1 row; put them back',
          },
          tables: { 'raw.orders': [['2', '20.00', 'open', '2025-01-02T00:00:00Z']] },
        },
      },
      { run: { acceptLoss: true }, expect: { tables: { 'raw.orders': [['2', '20.00']] } } },
    ],
    rebuild: { equal: false, because: 'the step that is refused has other columns' },
  },
];
