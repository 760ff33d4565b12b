import { migrations } from '../../runtime/state/migrations.ts';
import { createApp, rawOrders as tableOrders, totals as tableTotals } from './app-orders.ts';
import { first, rawOrders, second, totals } from './file-orders.ts';
import type { SampleModel } from './sample-manifest.ts';
import type { Scenario } from './scenario.ts';

const clean: SampleModel = {
  name: 'clean.orders',
  columns: 'id integer, amount decimal(10,2), status text',
  key: ['id'],
  incremental: 'key',
  sql: 'select id, amount, status from raw.orders',
};
const followed: SampleModel = { ...totals, incremental: 'key', sql: totals.sql!.replace('raw.orders', 'clean.orders') };
const files = { 'data/1.csv': first, 'data/2.csv': second };
const third = { 'data/3.csv': 'id,amount,status\n9,1,lost\n' };
const deep = { do: 'verify', deep: true } as const;
const all = 'compared clean.orders marts.totals raw.orders';
const loseState = 'drop schema etalon_state cascade';
const few = {
  name: 'few',
  model: 'marts.totals',
  failures: 'select * from marts.totals',
  tested: 'select count(*) from marts.totals',
};
const age = [
  'steps set ended_at',
  'test_results set recorded_at',
  'failures set recorded_at',
  'errors set recorded_at',
].map((what) => `update etalon_state.${what} = timestamptz '2020-01-01T00:00:00Z'`);

/** Giving up what stands, and dropping what nothing needs. */
export const upkeepScenarios: readonly Scenario[] = [
  {
    title: 'a table that is gone under its published name is built again, whatever it was',
    models: [rawOrders, clean, followed],
    steps: [
      { files, expect: {} },
      { files: third, expect: { repaired: { 'marts.totals': 1 } } },
      {
        tamper: ['drop table {marts.totals} cascade'],
        expect: { steps: { 'clean.orders': 'fresh', 'marts.totals': 'built: its table is gone' } },
      },
      {
        tamper: ['drop table {clean.orders} cascade'],
        expect: {
          steps: { 'raw.orders': 'fresh', 'clean.orders': 'built: its table is gone', 'marts.totals': 'built: input' },
          repaired: { 'clean.orders': null, 'marts.totals': null },
        },
      },
      {
        tamper: ['drop table {raw.orders} cascade'],
        expect: {
          steps: { 'raw.orders': 'built: its table is gone: 3 files', 'clean.orders': 'built: input' },
          // Computed whole, and found to be what stands.
          repaired: { 'clean.orders': 0, 'marts.totals': 0 },
        },
      },
      { upkeep: deep, expect: { told: [all] } },
      { expect: { writes: 0 } },
    ],
  },
  {
    title: 'what is given up stays for readers until the next run has built it whole',
    models: [rawOrders, clean, followed],
    steps: [
      { files, expect: {} },
      { files: third, expect: {} },
      {
        upkeep: { do: 'rebuild', select: ['clean.orders'] },
        expect: {
          told: ['clean.orders: 4 rows, 0 gone', 'below marts.totals'],
          tables: {
            'marts.totals': [
              ['lost', '1', '1.00'],
              ['open', '1', '20.00'],
              ['paid', '2', '15.50'],
            ],
          },
        },
      },
      { run: { select: ['marts.totals'] }, expect: { steps: { 'marts.totals': 'fresh' } } },
      {
        expect: {
          steps: { 'raw.orders': 'fresh', 'clean.orders': 'built: it was given up', 'marts.totals': 'built: input' },
          repaired: { 'clean.orders': null, 'marts.totals': null },
        },
      },
      { upkeep: deep, expect: { told: [all] } },
    ],
  },
  {
    title: 'a source that is given up is loaded again, unless its files are gone',
    models: [rawOrders, totals],
    steps: [
      { files, expect: {} },
      {
        files: { 'data/1.csv': null },
        upkeep: { do: 'rebuild', select: ['raw.orders'] },
        expect: { told: ['raw.orders: 3 rows, 1 gone', 'below marts.totals'] },
      },
      {
        expect: {
          exit: 5,
          steps: {
            'raw.orders':
              'failed: it was given up, so its files are loaded again, and `data/1.csv` is gone: put it back, or let the rows go with --accept-loss; lost would be 2 rows',
          },
        },
      },
      { files: { 'data/1.csv': first }, expect: { steps: { 'raw.orders': 'built: it was given up: 2 files' } } },
    ],
  },
  {
    title: 'a lost state is given up as a whole, and the history of its sources with it only where that is meant',
    models: [rawOrders, clean, followed],
    steps: [
      { files: { ...files, ...third }, expect: {} },
      {
        files: { 'data/1.csv': null },
        tamper: [loseState],
        upkeep: { do: 'rebuild', select: ['clean.orders'] },
        expect: {
          told: [
            'clean.orders: ? rows, 0 gone',
            'marts.totals: ? rows, 0 gone',
            'raw.orders: ? rows, 0 gone',
            'below ',
          ],
          tables: {
            'marts.totals': [
              ['lost', '1', '1.00'],
              ['open', '1', '20.00'],
              ['paid', '2', '15.50'],
            ],
          },
        },
      },
      {
        expect: {
          exit: 5,
          steps: {
            'raw.orders': 'failed: it was given up, so its files are loaded again, and `data/1.csv` is gone',
            'clean.orders': 'skipped',
          },
        },
      },
      {
        run: { acceptLoss: true },
        expect: {
          steps: {
            'raw.orders': 'built: it was given up: 2 files',
            'clean.orders': 'built: it was given up',
            'marts.totals': 'built: it was given up',
          },
          tables: {
            'marts.totals': [
              ['lost', '1', '1.00'],
              ['paid', '1', '5.00'],
            ],
          },
        },
      },
      { upkeep: deep, expect: { told: [all] } },
      {
        files: { 'data/4.csv': 'id,amount,status\n10,2,open\n' },
        expect: { repaired: { 'clean.orders': 1, 'marts.totals': 1 } },
      },
    ],
  },
  {
    title: 'what is left over is dropped, what was published a moment ago waits, what is published stays',
    models: [rawOrders, clean, { ...totals, snapshots: 2 }],
    steps: [
      { files, expect: {} },
      { run: { fullRefresh: true }, expect: {} },
      {
        tamper: [
          'create table etalon_tables.left_over as select 1 as a union all select 2',
          'create view etalon_tables.left_view as select a from etalon_tables.left_over',
          'create table etalon_tables.left_young as select 1 as a',
          "update etalon_state.versions set relation = 'left_young' where model = 'clean.orders' and valid_to is not null",
        ],
        upkeep: { do: 'collect', olderThan: '1 hour', dryRun: true },
        expect: {
          writes: 0,
          told: [
            'dropped left_over',
            'dropped left_view',
            'kept left_young: it was published until 2025-06-01T00:',
            'changes 0',
            'journal 0 0 0 0',
          ],
        },
      },
      {
        upkeep: { do: 'collect', olderThan: '1 hour' },
        expect: {
          told: ['dropped left_over', 'dropped left_view', 'kept left_young', 'changes 0', 'journal 0 0 0 0'],
          state: {
            "select count(*) from information_schema.tables where table_schema = 'etalon_tables' and table_name like 'left%'":
              ['1'],
            "select count(*) from information_schema.tables where table_schema = 'etalon_tables' and table_name like 'marts%'":
              ['2'],
          },
        },
      },
      {
        upkeep: { do: 'collect', olderThan: '0 seconds' },
        expect: { told: ['dropped left_young', 'changes 0', 'journal 3 0 0 0'] },
      },
      { upkeep: deep, expect: { told: [all] } },
      { expect: { writes: 0 } },
    ],
  },
  {
    title: 'changes that all readers have seen are forgotten',
    models: [rawOrders, clean, followed],
    steps: [
      { files, expect: {} },
      { files: third, expect: {} },
      {
        tamper: [
          "insert into {clean.orders}__changes (id, amount, status, _build, _came) values (1, 1, 'paid', 1, true)",
        ],
        upkeep: { do: 'collect', olderThan: '7 days' },
        expect: { told: ['changes 1', 'journal 0 0 0 0'] },
      },
      { upkeep: deep, expect: { told: [all] } },
    ],
  },
  {
    title: 'the journal is trimmed, but for what planning goes by',
    models: [
      tableOrders,
      tableTotals,
      { name: 'clean.bad', columns: 'id integer', sql: 'select cast(status as bigint) as id from raw.orders' },
    ],
    steps: [
      { sql: createApp, expect: { exit: 5, steps: { 'marts.totals': 'built', 'clean.bad': 'failed' } } },
      {
        tests: [few],
        run: { select: ['marts.totals'], fullRefresh: true },
        expect: { exit: 5, steps: { 'marts.totals': 'failed' } },
      },
      { expect: { exit: 5, steps: { 'marts.totals': 'failed' } } },
      { expect: { exit: 5, steps: { 'marts.totals': 'failed' } } },
      {
        tamper: age,
        upkeep: { do: 'collect', olderThan: '7 days', dryRun: true },
        expect: { told: ['changes 0', 'journal 5 2 4 3'], writes: 0 },
      },
      { upkeep: { do: 'collect', olderThan: '7 days' }, expect: { told: ['changes 0', 'journal 5 2 4 3'] } },
      {
        upkeep: { do: 'collect', olderThan: '7 days' },
        expect: {
          told: ['changes 0', 'journal 0 0 0 0'],
          state: {
            'select count(*) from etalon_state.steps': ['3'],
            'select count(*) from etalon_state.test_results': ['1'],
            'select count(*) from etalon_state.failures': ['2'],
          },
        },
      },
      {
        models: [tableOrders, tableTotals],
        tests: [],
        expect: {
          steps: { 'raw.orders': 'fresh', 'marts.totals': 'built: the last build failed: a data test failed' },
        },
      },
    ],
  },
  {
    title: 'a target that was never built has nothing to collect, to adopt or to give up',
    models: [rawOrders, totals],
    steps: [
      { upkeep: { do: 'collect', olderThan: '7 days' }, expect: { told: ['changes 0', 'journal 0 0 0 0'], writes: 0 } },
      { upkeep: { do: 'adopt' }, expect: { told: ['absent marts.totals', 'absent raw.orders'], writes: 0 } },
      { upkeep: { do: 'rebuild' }, expect: { told: ['below '], writes: 0 } },
      { files, expect: {} },
    ],
  },
  {
    title: 'a state that an earlier version wrote is brought up to date by the run, and told until then',
    models: [rawOrders, totals],
    steps: [
      { files, expect: {} },
      {
        tamper: ['delete from etalon_state.migrations where version > 1', ...undoLater(1)],
        upkeep: { do: 'verify' },
        expect: { told: ['state -: the schema `etalon_state` has version 1'], writes: 0 },
      },
      { upkeep: { do: 'rebuild' }, expect: { error: 'brings it up to date' } },
      { expect: { steps: { 'raw.orders': 'fresh', 'marts.totals': 'fresh' } } },
      { upkeep: { do: 'verify' }, expect: { told: [] } },
    ],
  },
];

/** Takes away what migrations after `version` made: views first, then columns of older tables, then tables. */
function undoLater(version: number): readonly string[] {
  const statements = migrations.filter((one) => one.version > version).flatMap((one) => one.statements);
  const namesOf = (kind: string) =>
    statements.flatMap((sql) => new RegExp(`^create ${kind} (etalon_state\\.\\w+)`).exec(sql)?.[1] ?? []);
  const tables = namesOf('table');
  const columns = statements.flatMap((sql) => {
    const [, table, column] = /^alter table (etalon_state\.\w+) add column (\w+)/.exec(sql) ?? [];
    return table === undefined || tables.includes(table) ? [] : [`alter table ${table} drop column ${column}`];
  });
  return [
    ...namesOf('view')
      .reverse()
      .map((name) => `drop view ${name}`),
    ...columns,
    ...tables.map((name) => `drop table ${name}`),
  ];
}
