import { createApp, rawOrders, totals } from './app-orders.ts';
import type { SampleModel } from './sample-manifest.ts';
import type { Scenario } from './scenario.ts';

/** What a run does and leaves alone, whatever its sources. */
export const runScenarios: readonly Scenario[] = [
  {
    title: 'a failing model is tried again though nothing changed',
    models: [rawOrders, totals],
    tests: [
      {
        name: 'few',
        model: 'marts.totals',
        failures: 'select * from marts.totals',
        tested: 'select count(*) from marts.totals',
      },
    ],
    steps: [
      { sql: createApp, expect: { exit: 5, steps: { 'marts.totals': 'failed' } } },
      { expect: { exit: 5, steps: { 'raw.orders': 'fresh', 'marts.totals': 'failed' } } },
      { tests: [], expect: { steps: { 'marts.totals': 'built' } } },
    ],
  },
  {
    title: 'one broken branch does not stop the other',
    models: [
      rawOrders,
      totals,
      { name: 'clean.bad', columns: 'id integer', sql: 'select cast(status as bigint) as id from raw.orders' },
      { name: 'marts.below', columns: 'id integer', sql: 'select id from clean.bad' },
    ],
    steps: [
      {
        sql: createApp,
        expect: {
          exit: 5,
          steps: {
            'clean.bad': 'failed: `clean.bad` could not be built',
            'marts.below': 'skipped: `clean.bad` failed',
            'marts.totals': 'built',
          },
          state: {
            "select count(*) from etalon_state.steps where status = 'skipped'": ['1'],
            "select count(*), sum(case when message like '%paid%' then 1 else 0 end) from etalon_state.errors": [
              '1',
              '0',
            ],
          },
        },
      },
    ],
  },
  {
    title: 'a model that left the project keeps its table until it is cleaned away',
    models: [rawOrders, totals],
    steps: [
      { sql: createApp, expect: {} },
      {
        models: [rawOrders],
        expect: {
          writes: 0,
          tables: {
            'marts.totals': [
              ['open', '1', '20.00'],
              ['paid', '1', '10.50'],
            ],
          },
        },
      },
    ],
    rebuild: { equal: false, because: 'a rebuild would not know the model' },
  },
  {
    title: 'a table that somebody dropped is built again',
    models: [rawOrders, totals],
    steps: [
      { sql: createApp, expect: {} },
      {
        sql: ['drop view marts.totals'],
        expect: {
          steps: { 'raw.orders': 'fresh', 'marts.totals': 'built: its table is gone' },
          tables: {
            'marts.totals': [
              ['open', '1', '20.00'],
              ['paid', '1', '10.50'],
            ],
          },
        },
      },
    ],
    rebuild: { equal: false, because: 'the drop cannot be played on an empty target' },
  },
  {
    title: 'a selection builds only what is asked for, and says what is missing',
    models: [rawOrders, totals],
    steps: [
      {
        sql: createApp,
        run: { select: ['marts.totals'] },
        expect: {
          exit: 5,
          steps: { 'marts.totals': 'failed: `raw.orders` is read and was never built: select it too' },
        },
      },
      { run: { select: ['raw.orders'] }, expect: { steps: { 'raw.orders': 'built' } } },
      { run: { select: ['marts.totals'] }, expect: { steps: { 'marts.totals': 'built' } } },
    ],
  },
  {
    title: 'a full refresh builds what is fresh',
    models: [rawOrders, totals],
    steps: [
      { sql: createApp, expect: {} },
      {
        run: { fullRefresh: true },
        expect: { steps: { 'raw.orders': 'built: forced by --full-refresh', 'marts.totals': 'built' } },
      },
    ],
  },
  {
    title: 'old versions are dropped, those that snapshots keep are not',
    models: [rawOrders, { ...totals, snapshots: 2 }],
    steps: [
      {
        sql: createApp,
        expect: {
          state: {
            "select count(*) from information_schema.tables where table_schema = 'etalon_tables' and table_name like 'marts%'":
              ['1'],
          },
        },
      },
      { run: { fullRefresh: true }, expect: {} },
      {
        run: { fullRefresh: true },
        expect: {
          state: {
            "select count(*) from information_schema.tables where table_schema = 'etalon_tables' and table_name like 'marts%'":
              ['2'],
          },
        },
      },
      {
        run: { fullRefresh: true },
        expect: {
          state: {
            "select count(*) from information_schema.tables where table_schema = 'etalon_tables' and table_name like 'marts%'":
              ['2'],
            'select count(*) from etalon_state.versions where valid_to is null': ['2'],
          },
        },
      },
    ],
  },
  {
    title: 'many models over few threads are built in order',
    models: [
      rawOrders,
      ...Array.from(
        { length: 12 },
        (_, index): SampleModel => ({
          name: `marts.m${index}`,
          columns: 'n integer',
          sql: index < 4 ? 'select count(*) as n from raw.orders' : `select n + 1 as n from marts.m${index - 4}`,
        }),
      ),
    ],
    steps: [
      {
        sql: createApp,
        run: { threads: 4 },
        expect: {
          tables: { 'marts.m11': [['4']], 'marts.m3': [['2']] },
          state: { 'select built from etalon_state.runs': ['13'] },
        },
      },
    ],
  },
];
