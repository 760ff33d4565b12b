import { createApp, rawOrders as tableOrders, totals as tableTotals } from './app-orders.ts';
import { first, rawOrders, second, totals } from './file-orders.ts';
import type { SampleModel } from './sample-manifest.ts';
import type { Scenario } from './scenario.ts';

const followed: SampleModel = { ...totals, incremental: 'key' };
const clean: SampleModel = {
  name: 'clean.orders',
  columns: 'id integer, amount decimal(10,2), status text#',
  key: ['id'],
  incremental: 'key',
  sql: 'select id, amount, status from raw.orders',
};
const shown: SampleModel = {
  name: 'marts.shown',
  columns: 'status text#, share double',
  key: ['status'],
  materialized: 'view',
  sql: 'select status, cast(sum(amount) as double precision) / 3 as share from clean.orders group by status',
};
const files = { 'data/1.csv': `${first}x,1,paid\n`, 'data/2.csv': second };
const verify = { do: 'verify' } as const;
const deep = { do: 'verify', deep: true } as const;
const because = 'the target is left broken on purpose';

/** A target held to its own record, whole and broken. */
export const verifyScenarios: readonly Scenario[] = [
  {
    title: 'a target that was built agrees with its record, row for row',
    models: [rawOrders, clean, followed, shown],
    steps: [
      { upkeep: verify, expect: { told: [], writes: 0 } },
      { files, expect: {} },
      { upkeep: verify, expect: { told: [], writes: 0 } },
      {
        upkeep: deep,
        expect: { told: ['compared clean.orders marts.shown marts.totals raw.orders'] },
      },
      { files: { 'data/3.csv': 'id,amount,status\n9,1,lost\n' }, expect: { repaired: { 'marts.totals': 1 } } },
      { upkeep: deep, expect: { told: ['compared clean.orders marts.shown marts.totals raw.orders'] } },
    ],
  },
  {
    title: 'a source table is not compared, what is built from it is',
    models: [tableOrders, tableTotals],
    steps: [
      { sql: createApp, expect: {} },
      {
        upkeep: deep,
        expect: {
          told: ['not compared raw.orders: it reads its table where that stands', 'compared marts.totals'],
          writes: 0,
        },
      },
    ],
  },
  {
    title: 'a row changed by hand is found by its key, and keys with personal data are masked',
    models: [rawOrders, clean, shown, { ...totals, columns: 'status text#, orders integer, amount decimal(12,2)' }],
    steps: [
      { files, expect: {} },
      {
        tamper: [
          'update {clean.orders} set amount = 11 where id = 1',
          "delete from {marts.totals} where status = 'open'",
        ],
        upkeep: verify,
        expect: { told: ['row-count marts.totals: `etalon_tables.marts__totals__'] },
      },
      {
        upkeep: { ...deep, select: ['clean.orders', 'marts.totals'] },
        expect: {
          told: [
            'row-count marts.totals',
            'rows clean.orders: 1 row of a rebuild is not there, 1 row is there that a rebuild would not have [[{"id":1}],[{"id":1}]]',
            'rows marts.totals: 1 row of a rebuild is not there [[{"status":"***"}],[]]',
            'compared clean.orders marts.totals',
          ],
        },
      },
      {
        upkeep: { do: 'rebuild', select: ['clean.orders', 'marts.totals'] },
        expect: { told: ['clean.orders: 3 rows', 'marts.totals: 2 rows', 'below marts.shown'] },
      },
      {
        upkeep: deep,
        expect: {
          told: [
            'row-count marts.totals',
            'not compared clean.orders: it was given up: the next run builds it anew',
            'not compared marts.totals: it was given up',
            'compared marts.shown raw.orders',
          ],
        },
      },
      {
        expect: {
          steps: {
            'clean.orders': 'built: it was given up',
            'marts.totals': 'built: it was given up',
            'raw.orders': 'fresh',
          },
          repaired: { 'clean.orders': null, 'marts.totals': null },
        },
      },
      { upkeep: deep, expect: { told: ['compared clean.orders marts.shown marts.totals raw.orders'] } },
    ],
  },
  {
    title: 'the last digits of doubles are no difference, the seventh is',
    models: [rawOrders, { ...totals, columns: 'status text, orders integer, amount double' }],
    steps: [
      { files, expect: {} },
      {
        tamper: ['update {marts.totals} set amount = amount * (1 + 1e-14)'],
        upkeep: deep,
        expect: { told: ['compared marts.totals raw.orders'] },
      },
      {
        tamper: ['update {marts.totals} set amount = amount * (1 + 1e-5)'],
        upkeep: deep,
        expect: { told: ['rows marts.totals: 2 rows of a rebuild are not there, 2 rows are there', 'compared'] },
      },
    ],
    rebuild: { equal: false, because },
  },
  {
    title: 'rows of a raw table that are not those of the file are found',
    models: [rawOrders, totals],
    steps: [
      { files, expect: {} },
      {
        tamper: ['update {raw.orders} set amount = 99 where id = 3', 'delete from {raw.orders}__rejected'],
        upkeep: deep,
        expect: {
          told: [
            'files raw.orders: `data/1.csv` has 2 rows, marked are 2 rows and 1 rejected',
            'rows marts.totals: 1 row of a rebuild is not there, 1 row is there',
            'rows raw.orders: the rows of `data/1.csv`, `data/2.csv` are not those of the file: 2 missing, 1 more',
            'compared marts.totals raw.orders',
          ],
        },
      },
    ],
    rebuild: { equal: false, because },
  },
  {
    title: 'marks of files that do not account for the rows are found, and stop the next run from appending',
    models: [rawOrders, totals],
    steps: [
      { files, expect: {} },
      {
        tamper: [
          "delete from etalon_state.loaded_files where path = 'data/1.csv'",
          "insert into etalon_state.loaded_files (model, relation, path, size, modified, sha256, row_count, rejected_count, batch, current) values ('raw.orders', 'x', 'data/7.csv', 1, '1', 'a', 4, 0, 1, true)",
        ],
        upkeep: verify,
        expect: {
          told: [
            'files raw.orders: 3 rows of `data/1.csv`, which is not marked as loaded',
            'files raw.orders: `data/7.csv` is marked as loaded, and no row is from there',
          ],
        },
      },
      {
        expect: {
          exit: 5,
          steps: {
            'raw.orders': 'failed: its table has 3 rows, the files marked as loaded have 5',
            'marts.totals': 'skipped',
          },
        },
      },
      {
        upkeep: { do: 'adopt' },
        expect: {
          told: [
            'adopted raw.orders: 2 files read again, with the rows that stand',
            'known marts.totals: its record is there',
            'tests done: 0',
          ],
        },
      },
      { upkeep: deep, expect: { told: ['compared marts.totals raw.orders'] } },
      { expect: { steps: { 'raw.orders': 'fresh', 'marts.totals': 'fresh' } } },
    ],
  },
  {
    title: 'a view that reads something else, and one that is gone, are found',
    models: [rawOrders, totals, clean],
    steps: [
      { files, expect: {} },
      {
        tamper: ['create or replace view marts.totals as select status, orders, amount from {marts.totals} limit 1'],
        upkeep: verify,
        expect: { told: [] },
      },
      {
        tamper: [
          'drop view marts.totals',
          'create table public_totals as select * from {clean.orders}',
          'create view marts.totals as select * from public_totals',
          'drop view clean.orders',
        ],
        upkeep: verify,
        expect: {
          told: [
            'view clean.orders: `clean.orders`, which is recorded as published, is not there',
            'view marts.totals: `marts.totals` reads `',
          ],
        },
      },
      { upkeep: { do: 'rebuild' }, expect: { told: ['clean.orders', 'marts.totals', 'raw.orders', 'below'] } },
      { expect: {} },
      { upkeep: deep, expect: { told: ['compared clean.orders marts.totals raw.orders'] } },
    ],
  },
  {
    title: 'columns that are not those of the contract, a table that is gone and one too many are found',
    models: [rawOrders, totals, clean],
    steps: [
      { files, expect: {} },
      {
        tamper: [
          'drop table {marts.totals} cascade',
          'create table etalon_tables.marts__left__over as select 1 as a',
          'alter table {clean.orders} add column more bigint',
          'drop table {raw.orders}__changes',
        ],
        upkeep: deep,
        expect: {
          told: [
            'columns clean.orders: `etalon_tables.clean__orders__',
            'table marts.totals: `etalon_tables.marts__totals__',
            'stray -: 1 relation of `etalon_tables` that nothing points to: `marts__left__over`',
            'not compared clean.orders: see above',
            'not compared marts.totals: see above',
            'compared raw.orders',
          ],
        },
      },
      { upkeep: { do: 'rebuild' }, expect: { told: ['clean.orders', 'marts.totals', 'raw.orders', 'below'] } },
      { expect: {} },
      { upkeep: deep, expect: { told: ['compared clean.orders marts.totals raw.orders'] } },
    ],
  },
  {
    title: 'a log of changes is missed where a reader has not seen all of them',
    models: [rawOrders, clean, { ...followed, sql: followed.sql!.replace('raw.orders', 'clean.orders') }],
    steps: [
      { files: { 'data/1.csv': files['data/1.csv'] }, expect: {} },
      { files, expect: { repaired: { 'clean.orders': 1, 'marts.totals': 2 } } },
      {
        files: { 'data/3.csv': 'id,amount,status\n9,1,lost\n' },
        run: { select: ['raw.orders', 'clean.orders'] },
        expect: { repaired: { 'clean.orders': 1 } },
      },
      { upkeep: verify, expect: { told: [] } },
      {
        upkeep: deep,
        expect: {
          told: [
            'not compared marts.totals: it has not seen all of `clean.orders` yet',
            'compared clean.orders raw.orders',
          ],
        },
      },
      {
        tamper: ['drop table {clean.orders}__changes'],
        upkeep: verify,
        expect: {
          told: ['changes marts.totals: `marts.totals` has seen `clean.orders` up to build 2 of 3, and the log'],
        },
      },
      { upkeep: { do: 'rebuild', select: ['marts.totals'] }, expect: { told: ['marts.totals: 2 rows', 'below '] } },
      { expect: { repaired: { 'marts.totals': null } } },
    ],
  },
  {
    title: 'a run that died is named',
    models: [rawOrders],
    steps: [
      { files, expect: {} },
      {
        tamper: ["insert into etalon_state.runs (id, number, status) values ('dead', 99, 'running')"],
        upkeep: verify,
        expect: { told: ['open-run -: the run `dead` has not said how it ended'] },
      },
      { expect: { steps: { 'raw.orders': 'fresh' } } },
      { upkeep: verify, expect: { told: [] } },
    ],
  },
];
