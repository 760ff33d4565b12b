import { first, rawOrders, reloading, second, totals } from './file-orders.ts';
import type { Scenario } from './scenario.ts';

/** Sources that are files: each is loaded once, and rows and marks come together. */
export const fileScenarios: readonly Scenario[] = [
  {
    title: 'a first run loads every file that the pattern matches',
    models: [rawOrders, totals],
    steps: [
      {
        files: { 'data/1.csv': first, 'data/2.csv': second, 'data/notes.txt': 'not data', 'other/3.csv': second },
        expect: {
          steps: { 'raw.orders': 'built: never loaded: 2 files' },
          tables: {
            'raw.orders': [
              ['1', '10.50', 'paid'],
              ['2', '20.00', 'open'],
              ['3', '5.00', 'paid'],
            ],
            'marts.totals': [
              ['open', '1', '20.00'],
              ['paid', '2', '15.50'],
            ],
          },
          state: {
            'select count(*), sum(row_count), sum(rejected_count) from etalon_state.loaded_files where current': [
              '2',
              '3',
              '0',
            ],
          },
        },
      },
    ],
  },
  {
    title: 'an unchanged folder writes nothing',
    models: [rawOrders, totals],
    steps: [{ files: { 'data/1.csv': first }, expect: {} }, { expect: { writes: 0, queries: 9 } }],
  },
  {
    title: 'a new file is loaded, the ones before are not',
    models: [rawOrders, totals],
    steps: [
      { files: { 'data/1.csv': first }, expect: {} },
      {
        files: { 'data/2.csv': second },
        expect: {
          steps: { 'raw.orders': 'built: 1 new file', 'marts.totals': 'built: input `raw.orders` changes' },
          tables: {
            'marts.totals': [
              ['open', '1', '20.00'],
              ['paid', '2', '15.50'],
            ],
          },
          state: { "select batch, row_count from etalon_state.loaded_files where path = 'data/2.csv'": ['2', '1'] },
        },
      },
    ],
  },
  {
    title: 'an empty file is told of, and loaded once something is in it',
    models: [rawOrders, totals],
    steps: [
      {
        files: { 'data/1.csv': first, 'data/2.csv': '', 'data/3.csv': '\n' },
        expect: {
          steps: { 'raw.orders': 'built: never loaded: 3 files' },
          warnings: ['`data/2.csv`, `data/3.csv` are empty and have not even a header'],
        },
      },
      { expect: { writes: 0 } },
      {
        files: { 'data/2.csv': second },
        expect: {
          steps: { 'raw.orders': 'built: 1 new file' },
          warnings: [],
          tables: {
            'raw.orders': [
              ['1', '10.50', 'paid'],
              ['2', '20.00', 'open'],
              ['3', '5.00', 'paid'],
            ],
          },
        },
      },
    ],
  },
  {
    title: 'a load of which not one row can be read is told, with why',
    models: [{ ...rawOrders, source: { ...rawOrders.source!, delimiter: ';' } }, totals],
    steps: [
      {
        files: { 'data/1.csv': 'id;amount;status\n1;1,50;paid\nx;2,00;open\n' },
        expect: {
          steps: { 'raw.orders': 'built: never loaded: 1 file' },
          warnings: [
            'not one of 2 rows that came can be read as declared (models/raw/orders.yml): `amount` is not a decimal(10,2) (1 of 2); `id` is not an integer (1 of 2); numbers with a comma are read as text and turned in the clean layer: `amount: {is: "replace(amount, \',\', \'.\')", type: "decimal(10,2)"}`; see `raw.orders__rejected`',
          ],
          tables: { 'raw.orders': [] },
        },
      },
      {
        files: { 'data/2.csv': 'id;amount;status\n3;5;paid\n' },
        expect: { warnings: [], tables: { 'raw.orders': [['3', '5.00', 'paid']] } },
      },
      {
        files: { 'data/3.csv': 'id;amount;status\n;1;paid\n' },
        expect: { warnings: ['the one row that came cannot be read as declared'] },
      },
    ],
  },
  {
    title: 'a changed file is an error, and readers keep what was loaded',
    models: [rawOrders, totals],
    steps: [
      { files: { 'data/1.csv': first }, expect: {} },
      {
        files: { 'data/1.csv': 'id,amount,status\n1,99,paid\n' },
        expect: {
          exit: 5,
          steps: {
            'raw.orders': 'failed: `data/1.csv` changed after it was loaded',
            'marts.totals': 'skipped: `raw.orders` failed',
          },
          tables: {
            'raw.orders': [
              ['1', '10.50', 'paid'],
              ['2', '20.00', 'open'],
            ],
          },
        },
      },
      { files: { 'data/1.csv': first }, expect: { steps: { 'raw.orders': 'fresh' } } },
    ],
  },
  {
    title: 'a changed file is loaded again where `on_change: reload` says so, and only its rows move',
    models: [reloading, totals],
    steps: [
      { files: { 'data/1.csv': first, 'data/2.csv': second }, expect: {} },
      {
        files: { 'data/1.csv': 'id,amount,status\n1,99,paid\nbroken,1,x\n' },
        expect: {
          steps: { 'raw.orders': 'built: 1 changed, loaded again' },
          tables: {
            'raw.orders': [
              ['1', '99.00', 'paid'],
              ['3', '5.00', 'paid'],
            ],
            'marts.totals': [['paid', '2', '104.00']],
          },
          state: {
            'select count(*) from etalon_state.loaded_files where current': ['2'],
            'select count(*) from etalon_state.loaded_files': ['3'],
            'select count(*) from raw.orders__rejected': ['1'],
          },
        },
      },
      { files: { 'data/1.csv': first }, expect: { state: { 'select count(*) from raw.orders__rejected': ['0'] } } },
    ],
  },
  {
    title: 'a file that was moved is not loaded twice; a copy is another file',
    models: [rawOrders, totals],
    steps: [
      { files: { 'data/1.csv': first }, expect: {} },
      {
        files: { 'data/1.csv': null, 'data/moved.csv': first },
        expect: { steps: { 'raw.orders': 'fresh: 1 file moved or touched', 'marts.totals': 'fresh' } },
      },
      { expect: { writes: 0 } },
      { files: { 'data/copy.csv': first }, expect: { steps: { 'raw.orders': 'built: 1 new file' } } },
    ],
  },
  {
    title: 'rows of a file that is gone stay',
    models: [rawOrders, totals],
    steps: [
      { files: { 'data/1.csv': first, 'data/2.csv': second }, expect: {} },
      {
        files: { 'data/1.csv': null },
        expect: {
          writes: 0,
          tables: {
            'raw.orders': [
              ['1', '10.50', 'paid'],
              ['2', '20.00', 'open'],
              ['3', '5.00', 'paid'],
            ],
          },
        },
      },
    ],
    rebuild: { equal: false, because: 'raw keeps every row that arrived, a rebuild sees only the files that are left' },
  },
  {
    title: 'a failed data test on a source loads nothing, and the rest is skipped',
    models: [rawOrders, totals],
    tests: [{ name: 'positive', model: 'raw.orders', fails: 'amount < 0' }],
    steps: [
      { files: { 'data/1.csv': first }, expect: {} },
      {
        files: { 'data/2.csv': 'id,amount,status\n3,-5,paid\n' },
        expect: {
          exit: 5,
          steps: { 'raw.orders': 'failed: a data test failed: `positive`', 'marts.totals': 'skipped' },
          tables: {
            'raw.orders': [
              ['1', '10.50', 'paid'],
              ['2', '20.00', 'open'],
            ],
          },
          state: { 'select count(*) from etalon_state.loaded_files': ['1'] },
        },
      },
      { files: { 'data/2.csv': second }, expect: { steps: { 'raw.orders': 'built: 1 new file' } } },
    ],
  },
  {
    title: 'a model whose tests look at one that failed and never stood waits for it',
    models: [
      reloading,
      { name: 'clean.kinds', columns: 'status text', key: ['status'], sql: 'select distinct status from raw.orders' },
      totals,
    ],
    tests: [
      { name: 'few', model: 'clean.kinds', fails: "status = 'lost'" },
      {
        name: 'known',
        model: 'marts.totals',
        failures:
          'select t.status from marts.totals t where not exists (select 1 from clean.kinds k where k.status = t.status)',
        tested: 'select count(*) from marts.totals',
      },
    ],
    steps: [
      {
        files: { 'data/1.csv': first, 'data/2.csv': 'id,amount,status\n3,5,lost\n' },
        expect: {
          exit: 5,
          steps: {
            'clean.kinds': 'failed: a data test failed: `few`',
            'marts.totals': 'skipped: `clean.kinds` failed',
          },
        },
      },
      { files: { 'data/2.csv': second }, expect: { steps: { 'clean.kinds': 'built', 'marts.totals': 'built' } } },
    ],
    rebuild: { equal: false, because: 'raw keeps every row that arrived, a rebuild sees only the files that are left' },
  },
  {
    title: 'other declared columns are a new version, loaded again from the files',
    models: [rawOrders, totals],
    steps: [
      { files: { 'data/1.csv': first, 'data/2.csv': second }, expect: {} },
      {
        models: [
          { ...rawOrders, columns: 'id integer!, amount double, status text' },
          { ...totals, columns: 'status text, orders integer, amount double' },
        ],
        expect: {
          steps: {
            'raw.orders': 'built: the definition changed: 2 files',
            'marts.totals': 'built: the definition changed',
          },
          tables: {
            'marts.totals': [
              ['open', '1', '20'],
              ['paid', '2', '15.5'],
            ],
          },
          state: { 'select count(*) from etalon_state.loaded_files where current': ['2'] },
        },
      },
    ],
  },
  {
    title: 'a new version is refused where files are gone that were loaded, unless the loss is accepted',
    models: [rawOrders],
    steps: [
      { files: { 'data/1.csv': first, 'data/2.csv': second }, expect: {} },
      {
        files: { 'data/1.csv': null },
        models: [{ ...rawOrders, columns: 'id integer, amount double, status text' }],
        expect: {
          exit: 5,
          steps: {
            'raw.orders': 'failed: the definition changed, so its files are loaded again, and `data/1.csv` is gone',
          },
          tables: {
            'raw.orders': [
              ['1', '10.50', 'paid'],
              ['2', '20.00', 'open'],
              ['3', '5.00', 'paid'],
            ],
          },
        },
      },
      { run: { acceptLoss: true }, expect: { tables: { 'raw.orders': [['3', '5', 'paid']] } } },
    ],
  },
  {
    title: 'a pattern that leads out of the project is refused',
    models: [{ ...rawOrders, source: { ...rawOrders.source!, pattern: '../*.csv' } }],
    steps: [
      { expect: { exit: 5, steps: { 'raw.orders': 'failed: the pattern `../*.csv` leads out of the project' } } },
    ],
  },
];
