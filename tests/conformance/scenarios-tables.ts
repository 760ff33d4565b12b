import type { SampleModel } from './sample-manifest.ts';
import type { Scenario } from './scenario.ts';

const createApp = [
  'create schema app',
  'create table app.orders (id bigint, amount numeric(10, 2), status varchar, seen timestamptz)',
  "insert into app.orders values (1, 10.50, 'paid', '2025-01-01T00:00:00Z'), (2, 20.00, 'open', '2025-01-02T00:00:00Z')",
];

const rawOrders: SampleModel = {
  name: 'raw.orders',
  columns: 'id integer, amount decimal(10,2), status text, seen timestamp',
  source: { from: 'table', table: 'app.orders', loadedAt: 'seen' },
};
const totals: SampleModel = {
  name: 'marts.totals',
  columns: 'status text, orders integer, amount decimal(12,2)',
  key: ['status'],
  sql: 'select status, count(*) as orders, sum(amount) as amount from raw.orders group by status',
};

/** Sources that are tables of the target, and what any model does whatever its source. */
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
          queries: 9,
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
    title: 'a failed data test keeps the old data, skips what is below, and is over when the data is right',
    models: [rawOrders, totals, { name: 'marts.top', columns: 'status text', sql: 'select status from marts.totals' }],
    tests: [{ name: 'positive', model: 'marts.totals', fails: 'amount < 0' }],
    steps: [
      { sql: createApp, expect: { tests: { positive: 'passed' } } },
      {
        sql: ["insert into app.orders values (3, -50, 'void', '2025-01-03T00:00:00Z')"],
        expect: {
          exit: 5,
          steps: {
            'marts.totals': 'failed: a data test failed: `positive`; what was published before stays',
            'marts.top': 'skipped: `marts.totals` failed',
          },
          tests: { positive: 'failed' },
          tables: {
            'marts.totals': [
              ['open', '1', '20.00'],
              ['paid', '1', '10.50'],
            ],
            'marts.top': [['open'], ['paid']],
          },
          state: {
            'select test, row_keys, reason from etalon_state.failures': ['positive', '{"status":"void"}', 'positive'],
            'select status from etalon_state.runs order by number desc': ['part'],
          },
        },
      },
      {
        sql: ['delete from app.orders where id = 3'],
        expect: {
          steps: { 'marts.totals': 'built', 'marts.top': 'built' },
          tests: { positive: 'passed' },
        },
      },
    ],
  },
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
    title: 'severity warn publishes and reports',
    models: [rawOrders, totals],
    tests: [{ name: 'small', model: 'marts.totals', fails: 'amount > 15', severity: 'warn' }],
    steps: [{ sql: createApp, expect: { steps: { 'marts.totals': 'built' }, tests: { small: 'warned' } } }],
  },
  {
    title: 'failing rows within the allowance pass, by count and by share',
    models: [rawOrders],
    tests: [
      { name: 'one row is borne', model: 'raw.orders', fails: 'amount > 15', max: { rows: 1 } },
      { name: 'half is borne', model: 'raw.orders', fails: 'amount > 15', max: { share: 0.5 } },
      { name: 'a third is not', model: 'raw.orders', fails: 'amount > 15', max: { share: 0.3 }, severity: 'warn' },
      { name: 'of those tested only', model: 'raw.orders', fails: 'amount > 15', where: "status = 'paid'" },
    ],
    steps: [
      {
        sql: createApp,
        expect: {
          tests: {
            'one row is borne': 'passed',
            'half is borne': 'passed',
            'a third is not': 'warned',
            'of those tested only': 'passed',
          },
        },
      },
    ],
  },
  {
    title: 'an edited test runs again on what is published, a passed one does not',
    models: [rawOrders, totals],
    tests: [{ name: 'few', model: 'marts.totals', fails: 'orders > 5' }],
    steps: [
      { sql: createApp, expect: { tests: { few: 'passed' } } },
      {
        tests: [{ name: 'few', model: 'marts.totals', fails: 'orders > 0' }],
        expect: { exit: 5, steps: { 'raw.orders': 'fresh', 'marts.totals': 'failed: a data test failed: `few`' } },
      },
      {
        tests: [{ name: 'few', model: 'marts.totals', fails: 'orders > 7' }],
        expect: { steps: { 'marts.totals': 'fresh: 1 data test is due' }, tests: { few: 'passed' } },
      },
      { expect: { writes: 0 } },
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
    title: 'tests that span models run after everything; a failed one is told and fails the run',
    models: [rawOrders, totals],
    tests: [
      {
        name: 'agree',
        failures: 'select 1 as difference from marts.totals having sum(orders) <> (select count(*) from raw.orders)',
      },
      { name: 'disagree', failures: 'select status from marts.totals', tested: 'select count(*) from marts.totals' },
    ],
    steps: [
      {
        sql: createApp,
        expect: { exit: 5, tests: { agree: 'passed', disagree: 'failed' }, steps: { 'marts.totals': 'built' } },
      },
      { expect: { exit: 5, tests: { disagree: 'failed' }, steps: { 'marts.totals': 'fresh' } } },
    ],
  },
  {
    title: 'only the tests, all of them, on what is published',
    models: [rawOrders, totals],
    tests: [
      { name: 'few', model: 'marts.totals', fails: 'orders > 5' },
      { name: 'none', model: 'marts.totals', fails: 'orders > 0', severity: 'warn' },
    ],
    steps: [
      { sql: createApp, expect: {} },
      { run: { testsOnly: true }, expect: { tests: { few: 'passed', none: 'warned' } } },
      {
        tests: [
          { name: 'none', model: 'marts.totals', fails: 'orders > 0' },
          { name: 'broken', failures: 'select 1 as a from marts.totals where status > 5' },
        ],
        run: { testsOnly: true },
        expect: { exit: 1, tests: { none: 'failed' } },
      },
    ],
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
    title: 'tagged columns are masked in kept rows',
    models: [{ ...rawOrders, columns: 'id integer#, amount decimal(10,2), status text, seen timestamp', key: ['id'] }],
    tests: [{ name: 'positive', model: 'raw.orders', column: 'amount', fails: 'amount > 15', severity: 'warn' }],
    steps: [
      {
        sql: createApp,
        expect: { state: { 'select row_keys from etalon_state.failures': ['{"id":"***","amount":"20.00"}'] } },
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
