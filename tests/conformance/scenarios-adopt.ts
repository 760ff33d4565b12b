import { createApp, rawOrders as tableOrders, totals as tableTotals } from './app-orders.ts';
import { first, rawOrders, reloading, second, totals } from './file-orders.ts';
import type { SampleModel, SampleTest } from './sample-manifest.ts';
import type { Scenario } from './scenario.ts';

const clean: SampleModel = {
  name: 'clean.orders',
  columns: 'id integer, amount decimal(10,2), status text',
  key: ['id'],
  incremental: 'key',
  sql: 'select id, amount, status from raw.orders',
};
const followed: SampleModel = { ...totals, incremental: 'key', sql: totals.sql!.replace('raw.orders', 'clean.orders') };
const shown: SampleModel = {
  name: 'marts.shown',
  columns: 'status text',
  materialized: 'view',
  sql: 'select status from marts.totals where orders > 0',
};
const tests: readonly SampleTest[] = [
  { name: 'positive', model: 'clean.orders', fails: 'amount <= 0' },
  { name: 'spanning', failures: 'select 1 as a where 1 = 0', tested: 'select count(*) from marts.totals' },
];
const files = { 'data/1.csv': `${first}x,1,paid\n`, 'data/2.csv': second };
const third = { 'data/3.csv': 'id,amount,status\n9,1,lost\n' };
const deep = { do: 'verify', deep: true } as const;
const adopt = { do: 'adopt' } as const;
const loseState = ['drop schema etalon_state cascade'];
const proven = 'name, columns and rows are those of a rebuild';

/** Tables are there and their marks are not. */
export const adoptScenarios: readonly Scenario[] = [
  {
    title: 'a lost state is adopted: the next run does nothing, and the one after goes on with the news alone',
    models: [rawOrders, clean, followed, shown],
    tests,
    steps: [
      { files, expect: {} },
      { files: third, expect: { repaired: { 'clean.orders': 1, 'marts.totals': 1 } } },
      { tamper: loseState, expect: { error: '`etalon_state`, which says what is in them, is gone' } },
      {
        upkeep: { do: 'verify' },
        expect: { told: ['state -: `etalon_tables` holds 8 relations, and `etalon_state`'], writes: 0 },
      },
      {
        upkeep: adopt,
        expect: {
          told: [
            'adopted raw.orders: 3 files read again, with the rows that stand',
            `adopted clean.orders: ${proven}`,
            `adopted marts.totals: ${proven}`,
            `adopted marts.shown: ${proven}`,
            'tests done: 2',
          ],
        },
      },
      { expect: { writes: 0, steps: { 'raw.orders': 'fresh', 'marts.shown': 'fresh' } } },
      {
        upkeep: adopt,
        expect: {
          writes: 0,
          told: [
            'known clean.orders',
            'known marts.shown',
            'known marts.totals',
            'known raw.orders: its record is there',
          ],
        },
      },
      { upkeep: deep, expect: { told: ['compared clean.orders marts.shown marts.totals raw.orders'] } },
      {
        files: { 'data/4.csv': 'id,amount,status\n10,2,open\n' },
        expect: {
          repaired: { 'clean.orders': 1, 'marts.totals': 2 },
          state: {
            "select row_count, rejected_count from etalon_state.versions where model = 'raw.orders' and valid_to is null":
              ['5', '1'],
          },
        },
      },
      { upkeep: deep, expect: { told: ['compared clean.orders marts.shown marts.totals raw.orders'] } },
    ],
  },
  {
    title: 'a table that was stale when the state was lost is not adopted',
    models: [rawOrders, clean, followed],
    steps: [
      { files, expect: {} },
      {
        files: third,
        tests: [{ name: 'none', model: 'marts.totals', fails: "status = 'lost'" }],
        expect: { exit: 5, steps: { 'clean.orders': 'built', 'marts.totals': 'failed' } },
      },
      {
        tamper: loseState,
        tests: [],
        upkeep: adopt,
        expect: {
          told: [
            'adopted raw.orders: 3 files read again',
            `adopted clean.orders: ${proven}`,
            'given-up marts.totals: its rows are not those of a rebuild: 1 row missing, 0 more',
            'tests done: 0',
          ],
        },
      },
      {
        expect: {
          steps: { 'raw.orders': 'fresh', 'clean.orders': 'fresh', 'marts.totals': 'built: it was given up' },
          repaired: { 'marts.totals': null },
        },
      },
      { upkeep: deep, expect: { told: ['compared clean.orders marts.totals raw.orders'] } },
    ],
  },
  {
    title: 'what another definition made is not adopted, and readers keep it until it is built anew',
    models: [rawOrders, clean, totals],
    steps: [
      { files, expect: {} },
      {
        tamper: loseState,
        models: [rawOrders, { ...clean, sql: `${clean.sql} where amount > 9` }, totals],
        upkeep: adopt,
        expect: {
          told: [
            'adopted raw.orders',
            'given-up clean.orders: it is of another definition',
            `adopted marts.totals: ${proven}`,
            'tests done',
          ],
          tables: {
            'clean.orders': [
              ['1', '10.50', 'paid'],
              ['2', '20.00', 'open'],
              ['3', '5.00', 'paid'],
            ],
          },
        },
      },
      {
        expect: {
          steps: { 'raw.orders': 'fresh', 'clean.orders': 'built: it was given up', 'marts.totals': 'fresh' },
          state: {
            "select count(*) from information_schema.tables where table_schema = 'etalon_tables' and table_name like 'clean%'":
              ['1'],
          },
        },
      },
    ],
  },
  {
    title: 'without a look at their rows only sources are adopted',
    models: [rawOrders, totals],
    steps: [
      { files, expect: {} },
      {
        tamper: loseState,
        upkeep: { do: 'adopt', deep: false },
        expect: {
          told: [
            'adopted raw.orders: 2 files read again',
            'given-up marts.totals: its rows were not compared',
            'tests done: 0',
          ],
        },
      },
      { expect: { steps: { 'raw.orders': 'fresh', 'marts.totals': 'built: it was given up' } } },
    ],
  },
  {
    title: 'a state that was emptied is adopted like one that is gone',
    models: [rawOrders, clean, totals],
    steps: [
      { files, expect: {} },
      { tamper: ['delete from etalon_state.migrations'], expect: { error: '`etalon_state.migrations`' } },
      { upkeep: adopt, expect: { error: 'hold rows of which nothing says how to read them' } },
      {
        tamper: [
          'versions',
          'loaded_files',
          'runs',
          'steps',
          'cursors',
          'intervals',
          'test_results',
          'failures',
          'errors',
          'locks',
          'source_history',
          'source_arrivals',
          'source_rejections',
          'backfills',
          'backfill_batches',
          'source_arrivals',
          'source_rejections',
        ].map((table) => `delete from etalon_state.${table}`),
        upkeep: adopt,
        expect: {
          told: ['adopted raw.orders', 'adopted clean.orders', 'adopted marts.totals', 'tests done'],
        },
      },
      { expect: { writes: 0 } },
      { upkeep: deep, expect: { told: ['compared clean.orders marts.totals raw.orders'] } },
    ],
  },
  {
    title: 'records that are lost of some models stop a run before it drops or builds anything',
    models: [rawOrders, clean, followed],
    tests,
    steps: [
      { files, expect: {} },
      { files: third, expect: {} },
      {
        tamper: ["delete from etalon_state.versions where model in ('clean.orders', 'raw.orders')"],
        expect: {
          error: '`clean.orders` and 1 more is published, and `etalon_state` has no record of it',
          writes: 0,
        },
      },
      {
        upkeep: { do: 'verify' },
        expect: {
          told: [
            'unmarked clean.orders: `clean.orders` is published, and `etalon_state` has no record of it',
            'unmarked raw.orders',
            'stray -: 5 relations',
          ],
        },
      },
      {
        upkeep: adopt,
        expect: {
          told: [
            'adopted raw.orders: 3 files read again',
            `adopted clean.orders: ${proven}`,
            'known marts.totals: its record is there',
            'tests done: 1',
          ],
        },
      },
      { expect: { steps: { 'clean.orders': 'fresh', 'marts.totals': 'built: input `clean.orders` changed' } } },
      { upkeep: deep, expect: { told: ['compared clean.orders marts.totals raw.orders'] } },
    ],
  },
  {
    title: 'files are marked by what they give: proven, changed, gone and new ones apart',
    models: [reloading, totals],
    steps: [
      { files: { ...files, ...third, 'data/5.csv': 'id,amount,status\n' }, expect: {} },
      {
        files: {
          'data/2.csv': 'id,amount,status\n3,7,paid\n',
          'data/3.csv': null,
          'data/4.csv': 'id,amount,status\n10,2,open\n',
        },
        tamper: loseState,
        upkeep: adopt,
        expect: {
          told: [
            'adopted raw.orders: 2 files read again, with the rows that stand; 1 file with other rows: the next run takes it for changed; 1 file not loaded yet; 1 file gone, whose rows are kept',
            `adopted marts.totals: ${proven}`,
            'tests done',
          ],
        },
      },
      { upkeep: { do: 'verify' }, expect: { told: [] } },
      {
        expect: {
          steps: { 'raw.orders': 'built: 1 new file, 1 changed, loaded again' },
          tables: {
            'raw.orders': [
              ['1', '10.50', 'paid'],
              ['10', '2.00', 'open'],
              ['2', '20.00', 'open'],
              ['3', '7.00', 'paid'],
              ['9', '1.00', 'lost'],
            ],
          },
        },
      },
      { expect: { writes: 0 } },
    ],
    rebuild: { equal: false, because: 'rows of a file that is gone are kept' },
  },
  {
    title: 'a source table is taken as read up to now, and its readers only where they have seen it all',
    models: [tableOrders, { ...tableTotals, incremental: 'key' }],
    steps: [
      { sql: createApp, expect: {} },
      {
        tamper: loseState,
        upkeep: adopt,
        expect: {
          told: [
            'adopted raw.orders: it reads its table; what is there now counts as seen',
            `adopted marts.totals: ${proven}`,
            'tests done',
          ],
        },
      },
      { expect: { writes: 0 } },
      {
        sql: ["insert into app.orders values (3, 5.00, 'paid', '2025-01-03T00:00:00Z')"],
        expect: { steps: { 'raw.orders': 'built: 1 new rows' }, repaired: { 'marts.totals': 2 } },
      },
      {
        sql: ["insert into app.orders values (4, 5.00, 'paid', '2025-01-04T00:00:00Z')"],
        tamper: loseState,
        upkeep: adopt,
        expect: {
          told: [
            'adopted raw.orders',
            'given-up marts.totals: its rows are not those of a rebuild: 1 row missing, 1 more',
            'tests done',
          ],
        },
      },
      { expect: { steps: { 'raw.orders': 'fresh', 'marts.totals': 'built: it was given up' } } },
    ],
  },
  {
    title: 'a table that is gone with the state, and a model that left the project',
    models: [rawOrders, clean, totals, { name: 'marts.left', columns: 'n integer', sql: 'select 1 as n' }],
    steps: [
      { files, expect: {} },
      {
        tamper: [
          'drop table {clean.orders} cascade',
          'alter table {marts.totals} add column more bigint',
          ...loseState,
        ],
        models: [rawOrders, clean, totals],
        upkeep: adopt,
        expect: {
          told: [
            'adopted raw.orders',
            'absent clean.orders',
            'given-up marts.totals: it has the columns status, orders, amount, more; the contract says',
            'given-up marts.left: it is defined no longer',
            'tests done',
          ],
        },
      },
      {
        expect: {
          steps: { 'clean.orders': 'built: never built', 'marts.totals': 'built: it was given up' },
          tables: { 'marts.left': [['1']] },
          state: {
            "select count(*) from etalon_state.versions where model = 'marts.left' and valid_to is null": ['1'],
          },
        },
      },
      { upkeep: { do: 'verify' }, expect: { told: [] } },
    ],
    rebuild: { equal: false, because: 'a rebuild would not know the model that left' },
  },
  {
    title: 'names that had to be cut are known again',
    models: [
      rawOrders,
      {
        name: 'marts.a_name_nearly_as_long_as_the_sixty_three_bytes_of_a_server',
        columns: 'id integer',
        key: ['id'],
        sql: 'select id from raw.orders',
      },
    ],
    steps: [
      { files, expect: {} },
      { run: { fullRefresh: true }, expect: {} },
      {
        tamper: loseState,
        upkeep: adopt,
        expect: { told: ['adopted raw.orders', 'adopted marts.a_name_nearly', 'tests done'] },
      },
      { expect: { writes: 0 } },
      { run: { fullRefresh: true }, expect: {} },
    ],
  },
];
